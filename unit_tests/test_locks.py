"""A lock says all that is installed, so that an installer has nothing to choose, today or in a year."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from tools.closure import open_ends
from tools.environment import ROOT, Environment, normal, pins, ready
from tools.locks import LOCKS, Lock, Place, lock_named, places

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ENVIRONMENTS = {
    "requirements-pyairbyte.lock": ".venv-pyairbyte",
    "requirements-docs.lock": ".venv-docs",
    "requirements-dbt.lock": ".venv-dbt",
    "requirements-clients.lock": ".venv-clients",
    "requirements-dagster.lock": ".venv-dagster",
    "requirements-airflow.lock": ".venv-airflow",
    "benchmarks/airbyte.lock": "benchmarks/.venv-airbyte",
    "benchmarks/singer.lock": "benchmarks/.venv-singer",
}
"""The others are installed where the tests run."""
HERE = Place("3.11", "x86_64-manylinux_2_28")
HASH = "    --hash=sha256:" + "0" * 64
INSTALLS = re.compile(
    r"[\"']pip[\"']|\bpip[0-9.]* .*\b(install|download|wheel|sync)\b|\buv (run|sync|add|tool|pip)\b"
    r"|\b(uvx|pipx|easy_install|npx?|conda)\b |-m (build|flit)\b"
)
every_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)


class Made(Distribution):
    """A distribution that is made up."""

    def __init__(self, name: str, version: str, requires: tuple[str, ...] = (), python: str = "") -> None:
        lines = [
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}",
            *(f"Requires-Dist: {one}" for one in requires),
        ]
        self._text = "\n".join([*lines, f"Requires-Python: {python}"] if python else lines) + "\n"

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        raise FileNotFoundError(path)


@every_lock
def test_a_lock_pins_everything_by_hash(lock: Lock) -> None:
    found = lock.pins()
    assert found
    for pin in found:
        said, *hashes = pin.text.rstrip().split(" \\\n")
        assert said.startswith(pin.name)
        assert hashes
        assert [line for line in hashes if not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line)] == []


@every_lock
def test_a_lock_does_not_say_where_packages_come_from(lock: Lock) -> None:
    assert [line for line in lock.path.read_text().splitlines() if "://" in line or line.startswith("-")] == []


@pytest.mark.parametrize("line", ["a>=1", "a", "a[x]==1", "a==1,<2", "-r other.lock", "a @ file:///a.whl", "--pre"])
def test_a_line_that_is_no_pin_is_refused(line: str) -> None:
    # Also an extra: pip before 24 did not take `a[x]==1` as a pin of `a`, and chose one.
    with pytest.raises(ValueError, match="is not a name, == and a version"):
        pins(f"b==1 \\\n{HASH}\n{line} \\\n{HASH}\n")


@every_lock
def test_a_lock_leaves_nothing_open_on_any_python_and_platform_it_is_for(lock: Lock) -> None:
    roots = lock.roots(PROJECT)
    assert roots
    assert open_ends(lock.pins(), roots, installed(lock), places(lock)) == []


@every_lock
def test_what_a_lock_pins_is_what_is_installed(lock: Lock) -> None:
    found = {name: one.version for name, one in installed(lock).items()}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if lock.name in ENVIRONMENTS:
        config = (ROOT / ENVIRONMENTS[lock.name] / "pyvenv.cfg").read_text()
        python = re.findall(r"^version = (\d+\.\d+)", config, re.MULTILINE)[0]
    seen = {"python_version": python, "python_full_version": f"{python}.99"}
    wanted = {pin.name: pin.version for pin in lock.pins() if not pin.marker or Marker(pin.marker).evaluate(seen)}
    assert wanted.items() <= found.items()


def test_the_development_lock_holds_what_the_image_installs() -> None:
    developed = {pin.text for pin in lock_named("requirements-dev.lock").pins()}
    for name in ("requirements.lock", "requirements-build.lock"):
        assert {pin.text for pin in lock_named(name).pins()} <= developed


def test_the_build_lock_holds_the_backend_that_the_project_names() -> None:
    assert PROJECT["build-system"]["requires"] == PROJECT["dependency-groups"]["build"]
    assert [f"{pin.name}=={pin.version}" for pin in lock_named("requirements-build.lock").pins()] == [
        one.replace("_", "-") for one in PROJECT["build-system"]["requires"]
    ]


def test_nothing_is_installed_but_by_a_lock() -> None:
    """Every command that installs is in one of a few files, each of which has its own laws."""
    found = {path for path in written_by_hand() if any(INSTALLS.search(line) for line in lines(path))}
    named = {str(path.relative_to(ROOT)) for path in found}
    tests = {name for name in named if name.startswith(("unit_tests/", "integration_tests/"))}
    # What users install of dbt or of another client is theirs.
    users = {"docs/dbt.md", "source_stripe/dbt/project/profiles.yml"} | {
        n for n in named if n.startswith(("docs/recipes/", "examples/"))
    }
    removes = {"tools/slim.py"}
    assert named - tests - users - removes == {
        "Dockerfile",
        "tools/environment.py",
        "tools/locks.py",
    }


REQUIRES = ("b>=2",)


@pytest.mark.parametrize(
    ("lock", "made", "said"),
    [
        ("a==1 b==2", [Made("a", "1", REQUIRES), Made("b", "2")], []),
        ("a==1", [Made("a", "1", REQUIRES)], [f"{HERE}: a needs b>=2, which is not pinned"]),
        ("a==1 b==1", [Made("a", "1", REQUIRES), Made("b", "1")], [f"{HERE}: a needs b>=2, which is 1"]),
        ("", [], [f"{HERE}: pyproject.toml needs a, which is not pinned"]),
        # Nothing asks for the extra.
        ("a==1", [Made("a", "1", ("b; extra == 'x'",))], []),
        (
            "a==1 c==1",
            [Made("a", "1", ("c[x]",)), Made("c", "1", ("b; extra == 'x'",))],
            [f"{HERE}: c needs b, which is not pinned"],
        ),
        # An extra that is asked for after the package was met without it.
        (
            "a==1 c==1 d==1",
            [Made("a", "1", ("d", "c")), Made("c", "1", ("b; extra == 'x'",)), Made("d", "1", ("c[x]",))],
            [f"{HERE}: c needs b, which is not pinned"],
        ),
        ("a==1", [Made("a", "1", ("b; python_version >= '3.12'", "c; sys_platform == 'darwin'"))], []),
        ("a==1", [Made("a", "1", ("b; python_version < '3.12'",))], [f"{HERE}: a needs b, which is not pinned"]),
        (
            "a==1 b==2;python_version>='3.12'",
            [Made("a", "1", REQUIRES)],
            [f"{HERE}: a needs b>=2, which is not pinned"],
        ),
        ("a==1", [Made("a", "1", (), "<3.11")], [f"{HERE}: a 1 is for Python <3.11"]),
        ("a==1", [Made("a", "1", (), ">=3.11,!=3.11.0")], []),
        ("a==1 a==2", [Made("a", "2")], [f"{HERE}: a is pinned twice"]),
        ("a==1 a==2;python_version>='3.12'", [Made("a", "1")], []),
        ("a==1 b==2", [Made("a", "1")], [f"{HERE}: nothing needs b"]),
        # What is not installed may need anything.
        ("a==1 b==2", [], []),
        ("a==1 b==2", [Made("a", "2")], []),
    ],
)
def test_what_a_lock_leaves_open_is_found(lock: str, made: list[Made], said: list[str]) -> None:
    pinned = pins("".join(f"{one.replace(';', ' ; ')} \\\n{HASH}\n" for one in lock.split()))
    assert open_ends(pinned, [Requirement("a")], {one.name: one for one in made}, [HERE]) == said


def test_what_is_open_in_one_place_only_is_found() -> None:
    where = [HERE, Place("3.13", "x86_64-manylinux_2_28"), Place("3.11", "aarch64-apple-darwin")]
    found = {"a": Made("a", "1", ("b; python_version >= '3.13'", "c; platform_machine == 'arm64'"))}
    said = [f"{where[1]}: a needs b, which is not pinned", f"{where[2]}: a needs c, which is not pinned"]
    assert [
        re.sub(";.*,", ",", end) for end in open_ends(pins(f"a==1 \\\n{HASH}\n"), [Requirement("a")], found, where)
    ] == said


def installed(lock: Lock) -> dict[str, Distribution]:
    """What is installed from it, by name."""
    where = ROOT / ENVIRONMENTS[lock.name] if lock.name in ENVIRONMENTS else None
    if where and not ready(Environment(where, lock.path, lock.sources)):
        made_by = "`make setup-pyairbyte`, `setup-docs`, `setup-dbt`, `setup-clients` or `bench`"
        pytest.skip(f"{ENVIRONMENTS[lock.name]} does not hold this lock: {made_by}")
    paths = [str(path) for path in where.glob("lib/python3*/site-packages")] if where else sys.path
    return {normal(one.name): one for one in reversed(list(distributions(path=paths)))}


def written_by_hand() -> Iterator[Path]:
    """The files in which a command may stand."""
    for directory, directories, names in os.walk(ROOT):
        kept = [one for one in directories if one == ".ci" or not one.startswith((".", "__"))]
        directories[:] = [one for one in kept if one not in ("build", "demo", "dist", "secrets")]
        yield from (Path(directory) / name for name in names if not name.endswith((".lock", ".json", ".svg", ".jpg")))


def lines(path: Path) -> list[str]:
    """Its lines, those that go on in the next one joined."""
    return re.sub(r"\\\n\s*", " ", path.read_text()).splitlines()
