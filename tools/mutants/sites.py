"""The places at which the engine can be changed by one operator, and the modules with such a change."""

from __future__ import annotations

import difflib
import random
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tools.environment import ROOT

ENGINE = ("state", "stripe", "listing", "changes", "records", "sync", "airbyte", "declaration", "runtime", "windows")
"""The packages and modules of the connector that are changed."""
EQUIVALENTS = Path(__file__).with_name("equivalents.toml")
"""The mutants that are known to change nothing, each with its reason."""


class Site(NamedTuple):
    """A place that one operator may change, in one of several ways."""

    path: str
    function: str
    line: int
    node: cst.CSTNode
    ways: tuple[cst.CSTNode, ...]


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    path: str
    function: str
    line: int
    source: str
    original: str

    @property
    def change(self) -> str:
        """What is gone and what stands instead, a line each, without where it stands."""
        lines = difflib.unified_diff(self.original.splitlines(), self.source.splitlines(), n=0, lineterm="")
        return "\n".join(f"{line[0]} {line[1:].strip()}" for line in [*lines][2:] if line[0] in "+-")

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}"


class Equivalent(NamedTuple):
    """A mutant that is known to change nothing."""

    path: str
    function: str
    change: str
    reason: str


def _dropped(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        yield cst.Pass()


def _negated(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.If | cst.While):
        test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test))


Operator = Callable[[cst.CSTNode], Iterable[cst.CSTNode]]
OWN: tuple[tuple[type[cst.CSTNode], Operator], ...] = ((cst.Expr, _dropped), (cst.If, _negated), (cst.While, _negated))
OPERATORS: tuple[tuple[type[cst.CSTNode], Operator], ...] = (*mutation_operators, *OWN)
"""mutmut's, and two that it lacks: a call for its effect is left out, a condition is turned round."""


class _Sites(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.sites = path, list[Site]()
        self._names: list[str] = []
        self._functions = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.Annotation() | cst.Decorator() | cst.Raise():
                # What an error says is no law of the engine, and no type is.
                return False
            case cst.SimpleString() if " " in node.value or "utf-8" in node.value:
                # How a sentence is worded; and an encoding has many names.
                return False
            case cst.ClassDef() | cst.FunctionDef():
                self._names.append(node.name.value)
                self._functions += isinstance(node, cst.FunctionDef)
        if self._functions:
            for kind, operator in OPERATORS:
                if isinstance(node, kind) and (ways := tuple(operator(node))):
                    line = self.get_metadata(PositionProvider, node).start.line
                    self.sites.append(Site(self.path, ".".join(self._names), line, node, ways))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._names.pop()
            self._functions -= isinstance(original_node, cst.FunctionDef)


def engine() -> list[str]:
    """The paths of the modules of the engine."""
    package = ROOT / "source_stripe"
    files = [file for name in ENGINE for file in sorted((package / name).glob("*.py")) or [package / f"{name}.py"]]
    return [str(file.relative_to(ROOT)) for file in files]


class Modules:
    """The modules of the engine, parsed."""

    def __init__(self, only: str = "") -> None:
        """`only`: what the path of a module must hold."""
        self._modules: dict[str, cst.Module] = {}
        self.sites: list[Site] = []
        """In the functions, by module and line."""
        for path in engine():
            if only in path:
                wrapper, visitor = MetadataWrapper(cst.parse_module((ROOT / path).read_text())), _Sites(path)
                wrapper.visit(visitor)
                self._modules[path] = wrapper.module
                self.sites += visitor.sites

    def mutant(self, site: Site, way: cst.CSTNode) -> Mutant | None:
        """None where the change makes no program, or the same one."""
        module = self._modules[site.path]
        changed = module.deep_replace(site.node, way)
        source = changed.code if isinstance(changed, cst.Module) else ""
        try:
            compile(source, site.path, "exec")
        except SyntaxError:
            return None
        if source == module.code:
            return None
        return Mutant(site.path, site.function, site.line, source, module.code)

    def draw(self, seed: int, number: int) -> list[Mutant]:
        """So many at most: every place is as likely as any other, however many ways there are to change it."""
        chance = random.Random(seed)
        drawn: list[Mutant] = []
        for site in chance.sample(self.sites, len(self.sites)):
            if len(drawn) == number:
                break
            if mutant := self.mutant(site, chance.choice(site.ways)):
                drawn.append(mutant)
        return drawn

    def has(self, one: Equivalent) -> bool:
        """Whether that is still a mutant."""
        sites = [site for site in self.sites if (site.path, site.function) == (one.path, one.function)]
        mutants = (self.mutant(site, way) for site in sites for way in site.ways)
        return any(mutant is not None and mutant.change == one.change for mutant in mutants)


def equivalents() -> list[Equivalent]:
    listed = tomllib.loads(EQUIVALENTS.read_text())["mutant"]
    return [Equivalent(**{name: text.strip() for name, text in one.items()}) for one in listed]
