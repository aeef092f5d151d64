#!/usr/bin/env bash
# Builds the Dockerfile without a container engine or an image registry, and runs the image as a stranger would: with no
# network, on a read-only file system, as a user that is not root. Needs root on Debian; keeps its base image below
# WORK_DIR. Where .venv is there (`make setup`), the image also syncs a sandbox account.
set -euo pipefail

context=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
work=${WORK_DIR:-${TMPDIR:-/tmp}/source-stripe-image}
base=localhost/python-base:bookworm
image=localhost/source-stripe:check
certificates=/etc/ssl/certs/ca-certificates.crt
most_megabytes=160 # of /opt/venv

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
die() { printf 'FAIL %s\n' "$*" >&2; exit 1; }
# Runs a command with its output in a file, and says every ten seconds what was written last.
telling() {
  local log=$1 told=$SECONDS
  shift
  "$@" >"$log" 2>&1 &
  local job=$!
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.5
    if ((SECONDS - told >= 10)); then
      told=$SECONDS
      say "  ... $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-100)"
    fi
  done
  wait "$job" || { tail -n 30 "$log" >&2; return 1; }
}

tools=(buildah podman runc debootstrap)
if ! command -v "${tools[@]}" >/dev/null || [ "$(command -v "${tools[@]}" | wc -l)" -lt "${#tools[@]}" ]; then
  command -v apt-get >/dev/null || die "this check needs ${tools[*]}, and installs them on Debian only."
  [ "$(id -u)" = 0 ] || die "this check needs root to install ${tools[*]}."
  say "Installing ${tools[*]}, a minute ..."
  mkdir -p "$work"
  telling "$work/apt.log" apt-get update -qq || die "the lists of Debian's packages cannot be read."
  DEBIAN_FRONTEND=noninteractive telling "$work/apt.log" \
    apt-get install -y -qq --no-install-recommends "${tools[@]}" || die "${tools[*]} cannot be installed."
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
  say "Making a base image from Debian's packages, a minute or two ..."
  rm -rf "$work/rootfs"
  telling "$work/debootstrap.log" debootstrap --variant=minbase \
    --include=python3,python3-venv,python3-pip,ca-certificates,tzdata bookworm "$work/rootfs" || die "debootstrap failed."
  rm -rf "$work"/rootfs/var/cache/apt/archives/*.deb "$work"/rootfs/var/lib/apt/lists/*
  container=$(buildah from scratch)
  telling "$work/base.log" buildah add "$container" "$work/rootfs" / || die "the base image cannot be written."
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

say "Building the image, a minute or two ..."
telling "$work/build.log" buildah bud --layers --pull-never --build-arg BASE_IMAGE="$base" --file "$context/Dockerfile" \
  --tag "$image" "$context" || die "the image does not build, see $work/build.log."

contained() { podman run --rm --network none --read-only --tmpfs /tmp "$@" </dev/null; }
inside() { contained --entrypoint /bin/sh "$image" -c "$1"; }

say "Running spec with no network, read-only ..."
said=$(contained "$image" spec) || die "spec ended with an error."
[ "$(grep -c '"type": *"SPEC"' <<<"$said")" = 1 ] || die "spec did not print one SPEC message: ${said:0:500}"
grep -q '"airbyte_secret": *true' <<<"$said" || die "the key is not marked as a secret."

say "Looking at what it holds ..."
user=$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
[[ "$user" =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]] || die "the image's user is '$user', not a number other than root's."
[ -n "$(inside 'echo "$AIRBYTE_ENTRYPOINT"')" ] || die "AIRBYTE_ENTRYPOINT is not set."
[ "$(inside 'test -d "$HOME" && test -O "$HOME" && echo its own')" = "its own" ] || die "HOME is no folder of the user's."
[ -z "$(inside 'ls /opt/venv/bin | grep -i pip; find /opt/venv -iname "pip-*.dist-info"')" ] || die "pip is in the environment."
megabytes=$(inside 'du -sm /opt/venv' | cut -f 1)
((megabytes <= most_megabytes)) || die "the environment has $megabytes MB, more than $most_megabytes."
version=$(contained "$image" --version)
label=$(buildah inspect --type image --format '{{index .OCIv1.Config.Labels "io.airbyte.version"}}' "$image")
[ "$version" = "source-stripe $label" ] || die "it says '$version', and its label $label."

synced="no sandbox was there to sync"
if [ -x "$context/.venv/bin/python" ]; then
  say "Syncing every stream of a sandbox account, read-only ..."
  cd "$context"
  mkdir -p "$work/sandbox"
  .venv/bin/python -m integration_tests.sandbox --customers 5 --follow-clock >"$work/sandbox/line" &
  sandbox=$!
  trap 'kill "$sandbox"' EXIT
  until [ -s "$work/sandbox/line" ]; do kill -0 "$sandbox" 2>/dev/null || die "the sandbox did not start."; sleep 0.2; done
  address=$(grep -o 'http://[0-9.:]*' "$work/sandbox/line") || die "the sandbox did not start."
  cp integration_tests/sandbox_config.json "$work/sandbox/config.json"
  with_sandbox() {
    podman run --rm --network host --read-only --tmpfs /tmp --volume "$work/sandbox:/data:ro" \
      --env "STRIPE_API_BASE=$address" "$image" "$@" </dev/null
  }
  with_sandbox check --config /data/config.json | grep -q '"SUCCEEDED"' || die "check did not succeed."
  with_sandbox catalog --config /data/config.json >"$work/catalog.json" && mv "$work/catalog.json" "$work/sandbox"
  with_sandbox read --config /data/config.json --catalog /data/catalog.json >"$work/read.jsonl" ||
    { tail -n 3 "$work/read.jsonl" | cut -c 1-1000 >&2; die "read did not end well."; }
  synced="syncs $(grep -c '"type":"RECORD"' "$work/read.jsonl") records of a sandbox"
fi

size=$(buildah images --format '{{.Size}}' "$image")
say "PASS the image builds, answers spec as user $user without network or a writable disk, and has $size, of these"
say "     $megabytes MB in its environment; $synced."
