#!/usr/bin/env bash
# Builds the Dockerfile without a container engine or an image registry, and runs the image's `spec` as a stranger
# would: with no network, on a read-only file system. Needs root on Debian; keeps its base image below WORK_DIR.
set -euo pipefail

context=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
work=${WORK_DIR:-${TMPDIR:-/tmp}/source-stripe-image}
base=localhost/python-base:bookworm
image=localhost/source-stripe:check
certificates=/etc/ssl/certs/ca-certificates.crt

say() { printf '%s\n' "$*"; }
die() { printf 'FAIL %s\n' "$*" >&2; exit 1; }

tools=(buildah podman runc debootstrap)
if ! command -v "${tools[@]}" >/dev/null || [ "$(command -v "${tools[@]}" | wc -l)" -lt "${#tools[@]}" ]; then
  command -v apt-get >/dev/null || die "this check needs ${tools[*]}, and installs them on Debian only."
  [ "$(id -u)" = 0 ] || die "this check needs root to install ${tools[*]}."
  say "Installing ${tools[*]} ..."
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${tools[@]}" >/dev/null
fi
[ "$(id -u)" = 0 ] || die "this check needs root."

# A storage and a runtime of its own: nothing of an installed engine is read or changed.
mkdir -p "$work"
cat >"$work/storage.conf" <<EOF
[storage]
driver = "overlay"
graphroot = "$work/images"
runroot = "$work/run"
EOF
cat >"$work/containers.conf" <<EOF
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
volumes = ["$certificates:$certificates:ro"]
env = ["PIP_CERT=$certificates"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
EOF
export CONTAINERS_STORAGE_CONF=$work/storage.conf CONTAINERS_CONF=$work/containers.conf BUILDAH_ISOLATION=chroot

if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
  say "Making a base image from Debian's packages ..."
  rm -rf "$work/rootfs"
  debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates,tzdata bookworm \
    "$work/rootfs" >"$work/debootstrap.log" || die "debootstrap, see $work/debootstrap.log"
  rm -rf "$work"/rootfs/var/cache/apt/archives/*.deb "$work"/rootfs/var/lib/apt/lists/*
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$work/rootfs" / >/dev/null
  # As in Docker's Python images, `python` and `pip` are on the path and nobody else manages them.
  buildah run "$container" -- sh -c '
    rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
    ln -sf /usr/bin/python3 /usr/local/bin/python
    ln -sf /usr/bin/pip3 /usr/local/bin/pip'
  buildah config --env PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin --env LANG=C.UTF-8 "$container"
  buildah commit --quiet "$container" "$base" >/dev/null
  buildah rm "$container" >/dev/null
  rm -rf "$work/rootfs"
fi

say "Building the image ..."
buildah bud --layers --pull-never --quiet --build-arg BASE_IMAGE="$base" --file "$context/Dockerfile" \
  --tag "$image" "$context" >"$work/build.log" 2>&1 || { tail -n 30 "$work/build.log" >&2; die "the image does not build."; }

say "Running spec with no network, read-only ..."
said=$(podman run --rm --network none --read-only --tmpfs /tmp "$image" spec </dev/null) || die "spec ended with an error."
[ "$(grep -c '"type": *"SPEC"' <<<"$said")" = 1 ] || die "spec did not print one SPEC message: ${said:0:500}"
grep -q '"airbyte_secret": *true' <<<"$said" || die "the key is not marked as a secret."

user=$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
[[ "$user" =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]] || die "the image's user is '$user', not a number other than root's."
entrypoint=$(podman run --rm --network none --read-only --entrypoint /bin/sh "$image" -c 'echo "$AIRBYTE_ENTRYPOINT"')
[ -n "$entrypoint" ] || die "AIRBYTE_ENTRYPOINT is not set."
size=$(buildah images --format '{{.Size}}' "$image")
say "PASS the image builds, answers spec as user $user without network or a writable disk, and has $size."
