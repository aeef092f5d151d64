"""Setting up takes a Python that it can use, and says so where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.environment import ROOT

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
SCRIPT = ROOT / "tools" / "find_python.sh"
ASIDE = (f".pyenv/versions/{HERE}.1/bin/python", f".local/share/uv/python/cpython-{HERE}.1-linux/bin/python3")


def found(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What is found with `bin` below the home on the path, and nothing else."""
    where = {"HOME": str(home), "PATH": str(home / "bin")}
    command = ["/bin/bash", str(SCRIPT), *arguments]
    return subprocess.run(command, env=where, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def put(path: Path, works: bool = True) -> str:
    """A Python, or what cannot make environments, there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n' if works else "#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", [f"bin/python{HERE}", "bin/python3", "bin/python", *ASIDE])
def test_a_python_is_found_where_there_is_one(name: str, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    put(home / "bin" / "python3.1", works=False)
    put(home / name)
    done = found(home, "--only", "", "--first", "", "3.1", HERE)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).name == Path(name).name


@pytest.mark.parametrize("versions", [("3.1",), ("3.1", "3.2"), ("4.11", "3.1")])
def test_a_python_of_another_version_is_none(versions: tuple[str, ...], tmp_path: Path) -> None:
    put(tmp_path / "bin" / "python3")
    done = found(tmp_path, *versions)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"No Python {' or '.join(versions)} with venv was found: install one")
    assert done.stderr.endswith("or name one: make ... PYTHON=/path/to/python.\n")


def test_the_python_that_is_named_is_taken_before_the_others(tmp_path: Path) -> None:
    put(tmp_path / "bin" / f"python{HERE}")
    named, other = put(tmp_path / "named python"), put(tmp_path / "other", works=False)
    assert found(tmp_path, "--only", named, HERE).stdout == f"{named}\n"
    assert found(tmp_path, "--first", other, "--first", named, HERE).stdout == f"{named}\n"
    assert found(tmp_path, "--first", other, HERE).stdout == f"python{HERE}\n"


def test_no_other_is_taken_for_the_one_that_is_named(tmp_path: Path) -> None:
    put(tmp_path / "bin" / f"python{HERE}")
    named = put(tmp_path / "named", works=False)
    done = found(tmp_path, "--only", named, "--first", f"python{HERE}", HERE)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{named} is not Python {HERE} with venv.\n")
