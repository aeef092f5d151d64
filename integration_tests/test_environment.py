"""An environment that is made from a lock holds what the lock says, whatever the index has and the user has set."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.environment import ROOT, Environment, Failed, make, ready

LISTING = "import importlib.metadata as m; print(*sorted(f'{d.name}=={d.version}' for d in m.distributions()))"
VERSION = ".".join(map(str, sys.version_info[:3]))


class Index:
    """A directory of packages, and locks of some of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()

    def wheel(self, name: str, version: str, *requires: str) -> None:
        path, folder = self.directory / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
        needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(f"{name}.py", "")
            file.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
            file.writestr(
                f"{folder}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            file.writestr(f"{folder}/RECORD", "")

    def lock(self, *pinned: str) -> Path:
        """A lock of packages that the directory holds, each with its hash."""
        path = self.directory.with_name("some.lock")
        with path.open("w") as file:
            for pin in pinned:
                name, version = pin.split(" ")[0].split("==")
                content = next(self.directory.glob(f"{name}-{version}[-.]*")).read_bytes()
                file.write(f"{pin} \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n")
        return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The only one that pip knows, by the user's file of settings."""
    made = Index(tmp_path / "packages")
    settings = tmp_path / "pip" / "pip.conf"
    settings.parent.mkdir()
    settings.write_text(f"[global]\nno-index = true\nfind-links = {made.directory}\n")
    for name in [name for name in os.environ if name.startswith(("PIP_", "PYTHON"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return made


def test_what_a_user_has_set_changes_the_way_to_packages_and_not_what_is_installed(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.wheel("a", "1", "b[x]>=1", "c; python_version < '3'")
    index.wheel("b", "1", "d; extra == 'x'")
    index.wheel("b", "2")
    index.wheel("c", "1")
    index.wheel("d", "1")
    (tmp_path / "constraints").write_text("b==2\n")
    (tmp_path / "other").write_text("c==1\n")
    with (tmp_path / "pip" / "pip.conf").open("a") as file:
        file.write(f"[install]\nuser = true\nrequire-hashes = false\nconstraint = {tmp_path / 'constraints'}\n")
        file.write(f"no-binary = :all:\nquiet = 3\ntarget = {tmp_path / 'elsewhere'}\n")
    elsewhere = {"PIP_PREFIX": tmp_path / "prefix", "PIP_PYTHON": sys.executable, "PIP_REQUIREMENT": tmp_path / "other"}
    seen = {"PIP_CONSTRAINT": tmp_path / "constraints", "PYTHONPATH": ROOT, "PYTHONHOME": tmp_path, "PIP_DRY_RUN": "1"}
    for name, value in (elsewhere | seen).items():
        monkeypatch.setenv(name, str(value))
    wanted = Environment(tmp_path / "a directory" / "env", index.lock("a==1", "b==1", "d==1"))
    said: list[str] = []
    make(wanted, said.append, "a moment")
    assert ready(wanted)
    assert packages(wanted) == ["a==1", "b==1", "d==1"]
    assert said[0] == f"Installing 3 packages into {wanted.directory}, a moment ..."
    # It does not count for another Python, another place, another lock, or when its Python is gone.
    assert ready(wanted, VERSION)
    assert not ready(wanted, "3.0.1")
    moved = Environment(tmp_path / "moved", wanted.lock)
    shutil.copytree(wanted.directory, moved.directory, symlinks=True)
    assert not ready(moved)
    moved.mark.write_text(moved.described())
    assert ready(moved)
    moved.python.unlink()
    moved.python.symlink_to(tmp_path / "a python that was uninstalled")
    assert not ready(moved)
    index.lock("a==1", "b==1")
    assert not ready(wanted)


def test_what_was_interrupted_does_not_count_and_leaves_nothing_behind(index: Index, tmp_path: Path) -> None:
    index.wheel("a", "1")
    index.wheel("b", "1")
    wanted = Environment(tmp_path / "env", index.lock("a==1"))
    wanted.directory.mkdir()
    wanted.mark.write_text(wanted.described())
    begun = subprocess.Popen(
        [sys.executable, ROOT / "tools" / "environment.py", wanted.directory, wanted.lock], stdout=subprocess.DEVNULL
    )
    while not list(wanted.directory.glob("lib/*/site-packages/pip")):
        time.sleep(0.05)
    begun.terminate()
    assert begun.wait() == 143
    assert not ready(wanted)
    left = next(wanted.directory.glob("lib/*/site-packages")) / "a-1.dist-info"
    left.mkdir()
    (left / "METADATA").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\n")
    index.lock("b==1")
    make(wanted, silent)
    assert ready(wanted)
    assert packages(wanted) == ["b==1"]


def _source(index: Index) -> Path:
    (index.directory / "a-1.tar.gz").write_bytes((index.directory / "a-1-py3-none-any.whl").read_bytes())
    (index.directory / "a-1-py3-none-any.whl").unlink()
    return index.lock("a==1")


def _open(index: Index) -> Path:
    index.wheel("a", "1", "b")
    return index.lock("a==1")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        # It could be built, with whatever its backend is today.
        (_source, "No matching distribution found for a==1"),
        (_open, "a 1 requires b, which is not installed"),
    ],
)
def test_a_lock_that_leaves_something_open_is_not_installed(
    made: Callable[[Index], Path], said: str, index: Index, tmp_path: Path
) -> None:
    index.wheel("a", "1")
    index.wheel("b", "1")
    wanted = Environment(tmp_path / "env", made(index))
    with pytest.raises(Failed, match=said):
        make(wanted, silent)
    assert not ready(wanted)


def test_an_environment_counts_until_what_is_installed_of_the_project_changes(index: Index, tmp_path: Path) -> None:
    index.wheel("a", "1")
    wanted = Environment(tmp_path / "env", index.lock("a==1"), project=tmp_path)
    said = []
    for settings in ('version = "1"', 'version = "1"\n[tool.ruff]\nline-length = 120', 'version = "2"'):
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "b"\n{settings}\n')
        said.append(wanted.described())
    assert [one == said[0] for one in said] == [True, True, False]


def test_a_package_without_a_wheel_is_built_with_what_the_lock_pins(index: Index, tmp_path: Path) -> None:
    index.wheel("backend", "1")
    with zipfile.ZipFile(index.directory / "backend-1-py3-none-any.whl", "a") as file:
        file.writestr("backend/__init__.py", BACKEND)
    index.wheel("backend", "2")
    source = tmp_path / "a-1"
    source.mkdir()
    (source / "pyproject.toml").write_text('[build-system]\nrequires = ["backend"]\nbuild-backend = "backend"\n')
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\n")
    shutil.make_archive(str(index.directory / "a-1"), "gztar", tmp_path, "a-1")
    wanted = Environment(tmp_path / "env", index.lock("a==1", "backend==1"), sources=("a",))
    make(wanted, silent)
    assert packages(wanted) == ["a==1", "backend==1"]


BACKEND = """
import zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{directory}/a-1-py3-none-any.whl", "w") as file:
        file.writestr("a-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: a\\nVersion: 1\\n")
        file.writestr("a-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        file.writestr("a-1.dist-info/RECORD", "")
    return "a-1-py3-none-any.whl"
"""


def silent(line: str) -> None:
    """Says nothing."""


def packages(made: Environment) -> list[str]:
    """What it holds beside what every environment holds, as names and versions."""
    listed = subprocess.run(
        [made.python, "-I", "-c", LISTING], capture_output=True, text=True, check=True
    ).stdout.split()
    return [one for one in listed if not one.startswith(("pip==", "setuptools=="))]
