"""The shapes of Stripe's objects, read from the source of Stripe's SDK without importing it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Plain:
    """A value of one JSON type, or of a few."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """Any JSON value; the SDK does not say."""


@dataclass(frozen=True)
class Array:
    items: Shape


@dataclass(frozen=True)
class Mapping:
    """An object whose keys are data."""

    values: Shape


@dataclass(frozen=True)
class Page:
    """A list object: `data`, `has_more`, `url`."""

    items: Shape


@dataclass(frozen=True)
class Expandable:
    """An id, or on request the object itself."""

    whole: Shape


@dataclass(frozen=True)
class Either:
    options: tuple[Shape, ...]


@dataclass(frozen=True)
class Field:
    shape: Shape
    text: str
    """Stripe's description, in Markdown."""


@dataclass(frozen=True, eq=False)
class Definition:
    """A class of the SDK: one of Stripe's objects, or an object inside one."""

    module: Module
    node: ast.ClassDef
    outer: Definition | None = None

    @property
    def name(self) -> str:
        return self.node.name

    @cached_property
    def object(self) -> str:
        """Stripe's tag, `payment_intent`; empty for an object inside one."""
        for statement in self.node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id="OBJECT_NAME"), value=ast.Constant(value=str(tag))):
                    return tag
        return ""

    @cached_property
    def inner(self) -> dict[str, Definition]:
        classes = (node for node in self.node.body if isinstance(node, ast.ClassDef))
        return {node.name: Definition(self.module, node, self) for node in classes}

    @cached_property
    def fields(self) -> dict[str, Field]:
        """By the name that the field has on the wire."""
        renamed, encoded = self._table("_field_remappings"), self._table("_field_encodings")
        fields = {}
        for name, annotation, text in self._annotations():
            # Decimals and 64-bit integers travel as strings.
            shape = Plain(("string",)) if name in encoded else self.shape(annotation)
            fields[renamed.get(name, name)] = Field(shape, text)
        return fields

    def _annotations(self) -> Iterator[tuple[str, ast.expr, str]]:
        for statement, following in zip(self.node.body, [*self.node.body[1:], ast.Pass()], strict=True):
            match statement:
                case ast.AnnAssign(annotation=ast.Subscript(value=ast.Name(id="ClassVar"))):
                    continue
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if not name.startswith("_"):
                    match following:
                        case ast.Expr(value=ast.Constant(value=str(text))):
                            yield name, annotation, inspect.cleandoc(text)
                        case _:
                            yield name, annotation, ""

    def _table(self, name: str) -> dict[str, str]:
        for statement in self.node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    return dict(ast.literal_eval(value))
        return {}

    def shape(self, annotation: ast.expr) -> Shape:
        """The shape that a type annotation in this class means."""
        match annotation:
            case ast.Constant(value=str(quoted)):
                return self.shape(ast.parse(quoted, mode="eval").body)
            case ast.Subscript(value=ast.Name(id=generic), slice=argument):
                return self._generic(generic, argument)
            case ast.Name(id=name) if name in PLAIN:
                return Plain((PLAIN[name],))
            case ast.Name(id="Any" | "object" | "StripeObject" | "UntypedStripeObject"):
                return Unknown()
            case ast.Name() | ast.Attribute():
                return self._named(ast.unparse(annotation))
        raise ValueError(f"{self.module.name}.{self.name}: unknown annotation {ast.unparse(annotation)}")

    def _generic(self, generic: str, argument: ast.expr) -> Shape:
        arguments = argument.elts if isinstance(argument, ast.Tuple) else [argument]
        match generic:
            case "Optional":  # Every field is nullable in the schemas.
                return self.shape(argument)
            case "List" | "ListObject" | "ExpandableField":
                return WRAPPERS[generic](self.shape(argument))
            case "Dict" | "UntypedStripeObject":
                return Mapping(self.shape(arguments[-1]))
            case "Union":
                return Either(tuple(self.shape(option) for option in arguments))
            case "Literal":
                values = [ast.literal_eval(value) for value in arguments]
                return Plain(tuple(dict.fromkeys(PLAIN[type(value).__name__] for value in values)))
        raise ValueError(f"{self.module.name}.{self.name}: unknown generic type {generic}")

    def _named(self, dotted: str) -> Definition:
        first, *rest = dotted.split(".")
        found: Definition | None = None
        scope: Definition | None = self
        while scope and not found:
            found, scope = scope.inner.get(first), scope.outer
        definition = found or self.module.definition(first)
        for name in rest:
            definition = definition.inner[name]
        return definition


Shape = Plain | Unknown | Array | Mapping | Page | Expandable | Either | Definition

WRAPPERS: dict[str, Callable[[Shape], Shape]] = {"List": Array, "ListObject": Page, "ExpandableField": Expandable}
# `Decimal` is the SDK's; on the wire a decimal is a string.
PLAIN = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Decimal": "string"}


class Library:
    """The modules of a package, parsed when first asked for."""

    def __init__(self, package: str, folder: Path) -> None:
        self.package, self.folder = package, folder
        self._modules: dict[str, Module] = {}

    def module(self, name: str) -> Module:
        if name not in self._modules:
            path = self.folder.joinpath(*name.removeprefix(self.package + ".").split(".")).with_suffix(".py")
            self._modules[name] = Module(self, name, ast.parse(path.read_text()))
        return self._modules[name]


@dataclass(frozen=True, eq=False)
class Module:
    library: Library
    name: str
    tree: ast.Module

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        return {node.name: Definition(self, node) for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Name here -> module and name there; those made for type checkers included."""
        return {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def definition(self, name: str) -> Definition:
        if name in self.definitions:
            return self.definitions[name]
        if name not in self.imports:
            raise ValueError(f"{self.name}: unknown name {name}")
        module, original = self.imports[name]
        return self.library.module(module).definition(original)


def within(shape: Shape, name: str) -> Shape | None:
    """The shape of a field of an object, or of those that a list or an array holds."""
    match shape:
        case Definition():
            return shape.fields[name].shape if name in shape.fields else None
        case Page(items):
            return items if name == "data" else None
        case Array(items) | Expandable(items) | Mapping(items):
            return within(items, name)
        case Either(options):
            return next((found for option in options if (found := within(option, name))), None)
        case _:
            return None
