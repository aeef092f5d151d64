"""Which tests are run on a mutant, and in which order, so that most are noticed within seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ONE_TEST_SECONDS = 150
"""How long a test may take: a mutant that makes it wait for ever fails it then."""

NEAR = {
    "state": "position cursor memory resume legacy union states_page input_states windows",
    "stripe": "rate_limiter request_queue http errors query objects base_url reasons",
    "listing": "splitter shared_list windows",
    "changes": "objects memory cursor",
    "records": "objects types union",
    "sync": "progress stream_reader cursor memory shared_list",
    "airbyte": "input_states input_catalog files stdout queue options source_files",
    "declaration": "catalog coverage",
    "windows.py": "position shared_list splitter",
    "runtime.py": "request_queue http",
}
"""By package: the unit tests that are about it."""
FAR = (
    "streams changes requests children failures untold answers permissions writer boundaries types states "
    "interruptions check catalog_rules time platforms promises secrets histories fuzz"
)
"""The tests of whole syncs, those first that notice most in the shortest time."""
OF_TOOLS = "benchmarks comparison coverage find_python generated laws locks mutants packaging pages products"
"""Unit tests of the tools and of the documents, which are no laws of the engine."""
OF_OTHERS = "environment pyairbyte standard"
"""Tests of whole syncs that are about environments and clients; those of the sandbox are no laws of the engine."""


@dataclass(frozen=True)
class Stage:
    """What is run together, up to the first thing that fails."""

    name: str
    program: str
    arguments: tuple[str, ...]
    limit_seconds: float


def pytest_of(name: str, paths: tuple[str, ...], seed: int, limit_seconds: float, *, to_the_end: bool = False) -> Stage:
    """Runs tests; `to_the_end` goes on after a failure."""
    options = ["-q", "-rfE", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist"]
    # What is loaded before pytest begins is not rewritten, and need not be.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    limits = [f"--timeout={ONE_TEST_SECONDS}", f"--hypothesis-seed={seed}", *([] if to_the_end else ["-x"])]
    return Stage(name, "pytest", (*options, *limits, *paths), limit_seconds)


def stages(path: str, root: Path, seed: int) -> list[Stage]:
    """For a module of the connector, in a tree: its own tests, those of its package, types, syncs, all the rest."""
    _, package, *_ = path.split("/")
    own = Path(path).stem
    unit = {file.stem.removeprefix("test_") for file in sorted((root / "unit_tests").glob("test_*.py"))}
    whole = {file.stem.removeprefix("test_") for file in sorted((root / "integration_tests").glob("test_*.py"))}
    first = [own] if own in unit else []
    near = [name for name in NEAR.get(package, "").split() if name in unit and name not in first]
    far = [name for name in FAR.split() if name in whole]
    far += [name for name in sorted(whole) if name not in {*far, *OF_OTHERS.split()} and "sandbox" not in name]
    rest = [name for name in sorted(unit) if name not in {*first, *near, *OF_TOOLS.split()}]
    found = [
        pytest_of("its own tests", _paths("unit_tests", first), seed, 600),
        pytest_of("the tests of its package", _paths("unit_tests", near), seed, 900),
        # What the type checker refuses is no mutant that could be committed.
        Stage("types", "mypy", ("--strict", "--cache-dir=../.mypy_cache", "source_stripe"), 900),
        pytest_of("syncs", _paths("integration_tests", far), seed, 3600),
        pytest_of("the rest", _paths("unit_tests", rest), seed, 1800),
    ]
    return [stage for stage in found if stage.program != "pytest" or stage.arguments[-1].endswith(".py")]


def _paths(folder: str, names: list[str]) -> tuple[str, ...]:
    return tuple(f"{folder}/test_{name}.py" for name in names)
