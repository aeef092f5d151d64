"""What Stripe's SDK says of Stripe's API: versions, objects, event types, endpoints; read without importing it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tools.shapes import Definition, Library, Module

PACKAGE = "stripe"
THIN_EVENT = "v2.core.event"
DATA = (
    'data: "Optional[UntypedStripeObject[Any]]"\n"""What the type of the event tells beside it; for some types only."""'
)


@dataclass(frozen=True)
class Endpoint:
    """A GET that a service of the SDK makes."""

    path: str
    """`/v1/charges/{}`; what the SDK calls the parameters does not matter."""
    object: str
    """Stripe's tag of what is answered or listed; empty where it is one of several."""
    lists: bool
    params: frozenset[str]
    """The query parameters it takes."""
    required: frozenset[str]
    written: frozenset[str]
    """The same as a query has them: `created[gte]` for what a parameter holds, `types[]` for each of several."""


def anonymous(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"{\w*}", "{}", path)


class Sdk:
    def __init__(self, library: Library) -> None:
        self.library = library

    @property
    def version(self) -> str:
        return version(PACKAGE)

    @cached_property
    def api_version(self) -> str:
        module = self.library.module("stripe._api_version")
        return str(ast.literal_eval(_assigned(module.definition("_ApiVersion").node, "CURRENT")))

    @cached_property
    def _objects(self) -> dict[str, tuple[str, str]]:
        tree = self.library.module("stripe._object_classes").tree
        v2 = dict(ast.literal_eval(_assigned(tree, "V2_OBJECT_CLASSES")))
        return v2 | dict(ast.literal_eval(_assigned(tree, "OBJECT_CLASSES")))

    def object(self, tag: str) -> Definition:
        """The class of one of Stripe's objects: `object("invoiceitem")`."""
        if tag == THIN_EVENT:
            return self._thin_event
        module, name = self._objects[tag]
        return self.library.module(module).definition(name)

    @cached_property
    def _thin_event(self) -> Definition:
        """An event of API v2, with what only the classes of its types have: the object it is about, and its data."""
        module, name = self._objects[THIN_EVENT]
        base = self.library.module(module).definition(name)
        typed = self.library.module("stripe.events._v2_core_account_created_event").definitions[
            "V2CoreAccountCreatedEvent"
        ]
        said = [*typed.node.body, ast.Pass()]
        index = next(index for index, node in enumerate(said) if _is_field(node, "related_object"))
        added = [typed.inner["RelatedObject"].node, *said[index : index + 2], *ast.parse(DATA).body]
        fields = ast.ClassDef(name, base.node.bases, [], [*base.node.body, *added], [])
        return Definition(base.module, fields)

    @cached_property
    def event_types(self) -> tuple[str, ...]:
        """Every type that an event of `/v1/events` can have."""
        annotation = _assigned(self.object("event").node, "type")
        match annotation:
            case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=types)):
                return tuple(str(ast.literal_eval(each)) for each in types)
        raise ValueError(f"Event.type is no longer a Literal: {ast.unparse(annotation)}")

    @cached_property
    def event_objects(self) -> dict[str, str]:
        """Event type -> tag of the object it is about, where the SDK says so.

        It says so for the thin twin of an event (`v1.charge.failed` for `charge.failed`), and only where that object
        can be retrieved.
        """
        return {kind.removeprefix("v1."): object for kind, object in self._related("_v1_*_event.py") if object}

    @cached_property
    def thin_event_objects(self) -> dict[str, str]:
        """Every type of an event of API v2 -> tag of the object it is about; empty where it is about none."""
        return dict(self._related("_v2_*_event.py"))

    def _related(self, files: str) -> Iterator[tuple[str, str]]:
        """Types of thin events, and what they are about."""
        for path in sorted((self.library.folder / "events").glob(files)):
            module = self.library.module(f"stripe.events.{path.stem}")
            for definition in module.definitions.values():
                if definition.name.endswith("Notification"):
                    continue
                about = ""
                for node in definition.node.body:
                    match node:
                        case ast.FunctionDef(name="fetch_related_object", returns=ast.Constant(value=str(name))):
                            about = module.definition(name).object
                if any(isinstance(node, ast.Assign) for node in definition.node.body):
                    yield str(ast.literal_eval(_assigned(definition.node, "LOOKUP_TYPE"))), about

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every GET that the SDK's services make."""
        found = []
        for path in sorted(self.library.folder.rglob("_*_service.py")):
            name = ".".join((PACKAGE, *path.relative_to(self.library.folder).with_suffix("").parts))
            module = self.library.module(name)
            for service in module.definitions.values():
                for node in service.node.body:
                    if isinstance(node, ast.FunctionDef):
                        found += [self._endpoint(module, node, path) for path in _gets(node)]
        return tuple(found)

    def _endpoint(self, module: Module, method: ast.FunctionDef, path: str) -> Endpoint:
        answer = ast.parse(ast.literal_eval(method.returns), mode="eval").body if method.returns else None
        lists = False
        match answer:
            case ast.Subscript(value=ast.Name(id="ListObject"), slice=item):
                answer, lists = item, True
        tag = module.definition(answer.id).object if isinstance(answer, ast.Name) and answer.id != "str" else ""
        taken, required, written = self._params(module, method)
        return Endpoint(anonymous(path), tag, lists, taken, required, written)

    def _params(self, module: Module, method: ast.FunctionDef) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        annotations = [each.annotation for each in method.args.args if each.arg == "params" and each.annotation]
        names = re.findall(r"\w+Params\b", ast.unparse(annotations[0])) if annotations else []
        if not names:
            return frozenset(), frozenset(), frozenset()
        params = module.definition(names[0])
        optional = {name: text.startswith("NotRequired") for name, text in _annotated(params)}
        required = frozenset(name for name, may_lack in optional.items() if not may_lack)
        return frozenset(optional), required, frozenset(_written(params))


def _is_field(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name


def _annotated(params: Definition) -> Iterator[tuple[str, str]]:
    for node in params.node.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                yield name, ast.unparse(annotation)


def _written(params: Definition) -> Iterator[str]:
    """The parameters as they stand in a query."""
    for name, text in _annotated(params):
        inner = re.search(r"\w+Params\w+", text)
        if "List[" in text:
            yield f"{name}[]"
        elif inner and "Dict[" not in text:
            yield from (f"{name}[{nested}]" for nested, _ in _annotated(params.module.definition(inner[0])))
        else:
            yield name


def _gets(method: ast.FunctionDef) -> list[str]:
    """The paths that a method of a service reads."""
    paths = []
    for node in ast.walk(method):
        match node:
            case ast.Call(func=ast.Attribute(attr="_request"), args=[ast.Constant(value="get"), where, *_]):
                match where:
                    case ast.Constant(value=str(path)):
                        paths.append(path)
                    case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(path)), attr="format")):
                        paths.append(path)
    return [path for path in paths if path.startswith(("/v1/", "/v2/"))]


def _assigned(scope: ast.Module | ast.ClassDef, name: str) -> ast.expr:
    """The value that a name is given, or its annotation where it has no value."""
    for node in scope.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=found), value=value, annotation=annotation) if found == name:
                return value or annotation
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value
    raise ValueError(f"{name} is not assigned")


@cache
def installed() -> Sdk:
    """The SDK installed beside this program."""
    spec = find_spec(PACKAGE)
    if not spec or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"PyPI's {PACKAGE} is not installed; the generators read it")
    return Sdk(Library(PACKAGE, Path(spec.submodule_search_locations[0])))
