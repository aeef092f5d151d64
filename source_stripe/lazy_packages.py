"""Loads of the CDK only what is used: half of the processor time of a command that has little to read.

The `__init__` modules of the CDK's packages import all that the packages hold, the machinery of low-code connectors
among it, which takes a second and is never called here. They hold nothing else. In the process of the command line such
a package looks a name up when it is asked for, as https://peps.python.org/pep-0562/ allows; whoever imports this
connector into a process of their own gets the CDK as it is.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType

PACKAGE = "airbyte_cdk"


def install() -> None:
    """For what is imported from here on. Does nothing where the CDK is loaded already."""
    if PACKAGE in sys.modules or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    # The models' serializers are made with the comments in their source code, for a schema that nobody asks for.
    attributes_doc = import_module("attributes_doc")
    attributes_doc.get_attributes_doc = lambda _: {}  # type: ignore[attr-defined]


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.origin and spec.submodule_search_locations is not None:
            tree = ast.parse(Path(spec.origin).read_bytes())
            # The first package also sets up what is not used here.
            if fullname == PACKAGE or _only_imports(tree):
                spec.loader = _Lazy(_imported(tree, fullname))
        return spec


class _Lazy(Loader):
    """A package that imports a name when it is asked for."""

    def __init__(self, imported: Mapping[str, tuple[str, str]]) -> None:
        self._imported = imported

    def create_module(self, spec: ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = lambda name: self._found(module, name)  # type: ignore[method-assign]

    def _found(self, module: ModuleType, name: str) -> object:
        # A module that is still being loaded is no attribute of its package yet.
        if loaded := sys.modules.get(f"{module.__name__}.{name}"):
            return loaded
        if name not in self._imported:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        place, original = self._imported[name]
        value = getattr(import_module(place), original)
        setattr(module, name, value)
        return value


def _only_imports(tree: ast.Module) -> bool:
    """Whether a module does nothing but import, and list what it holds."""

    def is_plain(node: ast.stmt) -> bool:
        match node:
            case ast.Import() | ast.Expr(ast.Constant()):
                return True
            case ast.ImportFrom():
                return node.names[0].name != "*"
            case ast.Assign([ast.Name("__all__")]) | ast.AnnAssign(ast.Name("__all__")):
                return True
        return False

    return bool(tree.body) and all(map(is_plain, tree.body))


def _imported(tree: ast.Module, package: str) -> dict[str, tuple[str, str]]:
    """By name: the module that it is imported from, and what it is called there."""
    return {
        alias.asname or alias.name: (resolve_name("." * node.level + (node.module or ""), package), alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
