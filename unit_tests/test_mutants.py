"""What is drawn as a mutant is the engine with one change, the same for a seed; what is listed as one is one."""

from __future__ import annotations

import ast

import pytest

from tools.environment import ROOT
from tools.mutants.sites import Modules, engine, equivalents
from tools.mutants.stages import FAR, NEAR, stages


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("/windows.py")


def test_a_mutant_is_a_module_with_one_change_in_a_function_and_no_two_are_the_same(modules: Modules) -> None:
    drawn = modules.draw(seed=5, number=40)
    assert len(drawn) == 40
    for mutant in drawn:
        assert (ROOT / mutant.path).read_text() == mutant.original != mutant.source
        assert {line[0] for line in mutant.change.splitlines()} <= {"-", "+"}
        assert any(
            isinstance(node, ast.FunctionDef) and node.name == mutant.function.rpartition(".")[2]
            for node in ast.walk(ast.parse(mutant.original))
        )
    assert len({(mutant.path, mutant.source) for mutant in drawn}) == 40


def test_a_seed_draws_the_same_again_and_another_draws_others(modules: Modules) -> None:
    assert modules.draw(1, 4) == modules.draw(1, 4) == modules.draw(1, 8)[:4]
    assert modules.draw(1, 4) != modules.draw(2, 4)


def test_every_equivalent_is_still_a_mutant_and_has_its_reason() -> None:
    listed = equivalents()
    assert [f"{one.path} {one.function}\n{one.change}" for one in listed if not Modules(one.path).has(one)] == []
    assert all(one.reason for one in listed)


def test_the_tests_that_are_named_are_there() -> None:
    named = [f"unit_tests/test_{name}.py" for names in NEAR.values() for name in names.split()]
    named += [f"integration_tests/test_{name}.py" for name in FAR.split()]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_law_of_the_engine_is_run_on_whatever_is_changed() -> None:
    for path in engine():
        run = {argument for stage in stages(path, ROOT, 1) for argument in stage.arguments}
        assert {"unit_tests/test_position.py", "integration_tests/test_streams.py", "source_stripe"} <= run
