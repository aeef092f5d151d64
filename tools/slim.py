"""Takes out of the image's environment what the connector does not run: `/opt/venv/bin/python slim.py /opt/venv`.

The CDK is installed whole, with what its other features need. This removes the packages of those features, the scripts
of all packages but the connector's, and pip; then it compiles what is left, as a file system that is read-only keeps
nothing that Python compiles. It takes the standard library only, and is run in the Dockerfile.
"""

from __future__ import annotations

import compileall
import importlib.metadata
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = "source-stripe"
UNUSED = {
    "flit-core": "builds the connector",
    "google-cloud-secret-manager": "`airbyte-cdk secrets`",
    "nltk": "sources of unstructured files",
    "pandas": "SQL destinations, and downloads of the declarative CDK",
    "pip": "installs the rest",
    "rapidfuzz": "sources of unstructured files",
}
"""Distributions that only features need which are none of this connector's, and what those are. They go with all that
nothing else requires: numpy with pandas, grpcio with the secret manager."""
SCRIPTS = re.compile(r"source-stripe|python[0-9.]*")
"""What stays of the environment's `bin`."""


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> dict[str, set[str]]:
    """What each installed distribution requires of the others, extras aside."""
    found = {normal(one.metadata["Name"]): one.requires or [] for one in importlib.metadata.distributions()}
    return {name: set(_named(lines)) & found.keys() for name, lines in found.items()}


def _named(lines: list[str]) -> Iterator[str]:
    for line in lines:
        name, _, marker = line.partition(";")
        if "extra" not in marker and (matched := re.match(r"[A-Za-z0-9._-]+", name)):
            yield normal(matched[0])


def removed(requires: Mapping[str, set[str]]) -> set[str]:
    """The unused distributions, and those that the connector needs for nothing else."""
    needed, ahead = set[str](), [ROOT]
    while ahead:
        name = ahead.pop()
        if name not in needed and name not in UNUSED:
            needed.add(name)
            ahead += requires.get(name, ())
    return requires.keys() - needed


def main(arguments: list[str]) -> int:
    if arguments != [sys.prefix]:
        return _refused("say which environment to cut down, and run this with the Python of that one")
    installed = requirements()
    if ROOT not in installed:
        return _refused(f"{ROOT} is not installed in {sys.prefix}")
    gone = removed(installed)
    for distribution in list(importlib.metadata.distributions()):
        if normal(distribution.metadata["Name"]) in gone:
            _delete([Path(str(file.locate())) for file in distribution.files or ()])
    scripts = Path(sys.prefix) / "bin"
    _delete([path for path in scripts.iterdir() if not SCRIPTS.fullmatch(path.name)])
    packages = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    compileall.compile_dir(packages, quiet=2, workers=0, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    total = sum(path.lstat().st_size for path in Path(sys.prefix).rglob("*"))
    print(f"Removed {len(gone)} packages; {total / 1e6:.0f} MB are left.")
    return 0


def _refused(why: str) -> int:
    print(f"Nothing was removed: {why}.", file=sys.stderr)
    return 2


def _delete(files: list[Path]) -> None:
    """Files, what was compiled of them, and the folders that are empty then."""
    folders = set[Path]()
    for path in files:
        path.unlink(missing_ok=True)
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
            folders.add(compiled.parent)
        folders.add(path.parent)
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        for path in (folder, *folder.parents):
            if not path.is_dir() or any(path.iterdir()):
                break
            path.rmdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
