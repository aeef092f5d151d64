#!/usr/bin/env bash
# Prints the first Python found that is of one of the versions named and can make environments:
#   find_python.sh [--only PYTHON] [--first PYTHON]... 3.11 3.12 ...
# --only: no other is taken; --first: it is tried before those on the path. An empty PYTHON is none.
set -euo pipefail

only=
candidates=()
while [[ ${1:-} == --* ]]; do
  [ "$1" != --only ] || only=$2
  [ -z "$2" ] || candidates+=("$2")
  shift 2
done
[ -z "$only" ] || candidates=("$only")
versions=("$@")

if [ -z "$only" ]; then
  for version in "${versions[@]}"; do candidates+=("python$version"); done
  candidates+=(python3 python)
  for version in "${versions[@]}"; do
    # Where pyenv and uv keep those that are not on the path.
    candidates+=("${HOME:-}"/.pyenv/versions/"$version".*/bin/python)
    candidates+=("${HOME:-}"/.local/share/uv/python/cpython-"$version".*/bin/python3)
  done
fi

for candidate in "${candidates[@]}"; do
  if "$candidate" -c 'import sys, venv, ensurepip
sys.exit(sys.implementation.name != "cpython" or "%d.%d" % sys.version_info[:2] not in sys.argv[1:])' \
    "${versions[@]}" </dev/null >/dev/null 2>&1; then
    printf '%s\n' "$candidate"
    exit
  fi
done

all=${versions[*]}
all=${all// / or }
if [ -n "$only" ]; then
  printf '%s is not Python %s with venv.\n' "$only" "$all" >&2
else
  printf 'No Python %s with venv was found: install one (on Debian: apt-get install python3 python3-venv),' "$all" >&2
  printf ' or name one: make ... PYTHON=/path/to/python.\n' >&2
fi
exit 1
