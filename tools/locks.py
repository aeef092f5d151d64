"""The locks that are made from pyproject.toml, and `make lock`, which writes them anew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

from tools.environment import ROOT, Pin, pins

PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = {
    "x86_64-manylinux_2_28": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "aarch64-manylinux_2_28": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "aarch64-apple-darwin": {"sys_platform": "darwin", "platform_machine": "arm64"},
}
"""uv's names of the platforms that the locks are for, and what their markers see."""
OLDEST_MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
COMPILE = (
    *("pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", PYTHONS[0], "--generate-hashes"),
    *("--strip-extras", "--no-emit-index-url", "--no-header", "--no-annotate"),
)


@dataclass(frozen=True)
class Lock:
    """A file, and what of pyproject.toml it is made from."""

    name: str
    groups: Sequence[str] = ()
    project: bool = False
    """Whether the project's own dependencies are in it."""
    within: str = ""
    """The lock whose versions it takes."""
    sources: Sequence[str] = ()
    """Packages that have no wheel."""
    pythons: Sequence[str] = PYTHONS

    @property
    def path(self) -> Path:
        return ROOT / self.name

    def pins(self) -> list[Pin]:
        return pins(self.path.read_text())

    def roots(self, declared: Mapping[str, object]) -> list[Requirement]:
        """What pyproject.toml, parsed, asks for."""
        match declared:
            case {"project": {"dependencies": [*own]}, "dependency-groups": dict(groups)}:
                asked = [Requirement(one) for one in own] if self.project else []
                return asked + [Requirement(one) for group in self.groups for one in _group(groups, group)]
        raise ValueError("pyproject.toml has no dependencies or no dependency-groups")


BENCH_AIRBYTE = Lock("benchmarks/airbyte.lock", ("bench-airbyte",), sources=("pendulum",), pythons=PYTHONS[:1])
BENCH_SINGER = Lock("benchmarks/singer.lock", ("bench-singer",), sources=("singer-python", "tap-stripe"))
LOCKS = (
    Lock("requirements-build.lock", ("build",)),
    Lock("requirements.lock", project=True),
    Lock("requirements-dev.lock", ("dev",), project=True, within="requirements.lock"),
    Lock("requirements-pyairbyte.lock", ("pyairbyte",), pythons=PYTHONS[:2]),
    Lock("requirements-docs.lock", ("docs",)),
    Lock("requirements-dbt.lock", ("dbt",)),
    Lock("requirements-clients.lock", ("clients",)),
    Lock("requirements-dagster.lock", ("dagster",)),
    Lock("requirements-airflow.lock", ("airflow",)),
    BENCH_AIRBYTE,
    BENCH_SINGER,
)


def lock_named(name: str) -> Lock:
    return next(lock for lock in LOCKS if lock.name == name)


@dataclass(frozen=True)
class Place:
    """A Python on a platform."""

    python: str
    platform: str

    def __str__(self) -> str:
        return f"Python {self.python} on {self.platform}"

    def markers(self) -> dict[str, str]:
        seen = {key: str(value) for key, value in default_environment().items()}
        system = {"linux": "Linux", "darwin": "Darwin"}[PLATFORMS[self.platform]["sys_platform"]]
        python = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        return seen | PLATFORMS[self.platform] | python | {"platform_system": system}


def places(lock: Lock) -> list[Place]:
    """Where it is to be installed."""
    return [Place(python, platform) for python in lock.pythons for platform in PLATFORMS]


def _group(groups: Mapping[str, object], name: str) -> Iterator[str]:
    """The requirements of a dependency group, with those of the groups that it includes."""
    match groups.get(name):
        case [*members]:
            for member in members:
                match member:
                    case str():
                        yield member
                    case {"include-group": str(other)}:
                        yield from _group(groups, other)
        case _:
            raise ValueError(f"pyproject.toml has no dependency group {name}")


def main() -> int:
    """Writes the locks with the newest releases; 1 if one of them could not be installed where it is to be."""
    uv, refused = Path(sys.executable).with_name("uv"), False
    for lock in LOCKS:
        print(f"{lock.name} ...", flush=True)
        asked = ["pyproject.toml"] if lock.project else []
        asked += [option for group in lock.groups for option in ("--group", group)]
        asked += ["--constraints", lock.within] if lock.within else []
        subprocess.run([uv, *COMPILE, *_kinds(lock), *asked, "--output-file", lock.name], check=True, cwd=ROOT)
    for lock in LOCKS:
        for place in places(lock):
            if why := _refusal(uv, lock, place):
                refused = True
                print(f"{lock.name} cannot be installed with {place}: {why}", flush=True)
    return int(refused)


def _refusal(uv: Path, lock: Lock, place: Place) -> str:
    """Why a lock could not be installed in a place, by what the index holds; empty if it could."""
    where = ("--python-version", place.python, "--python-platform", place.platform, "--target", "build/none")
    how = ("--dry-run", "--quiet", "--no-deps", "--require-hashes")
    done = subprocess.run(
        [uv, "pip", "install", *how, *_kinds(lock), *where, "--requirements", lock.name],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | OLDEST_MACOS,
    )
    return done.stderr.strip() if done.returncode else ""


def _kinds(lock: Lock) -> list[str]:
    """uv's options: wheels for all but what has none."""
    return ["--only-binary", ":all:", *(option for name in lock.sources for option in ("--no-binary", name))]


if __name__ == "__main__":
    sys.exit(main())
