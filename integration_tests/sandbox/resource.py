"""What there is to know of one kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from .facts import FIXTURES, SHAPES, Json

if TYPE_CHECKING:
    from .birth import Birth

Fill: TypeAlias = "Callable[[Birth], Json]"
"""The fields of a new object that its example cannot know; those that are given win over them."""


def nothing(_: Birth) -> Json:
    return {}


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of `field` to `value` that events of its own announce (in place of the plain `changed` ones)."""

    field: str
    value: object
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object.

    `owner` is the object under whose id Stripe lists it, `owner_field` the field that says so (None: no field does),
    `others` further kinds it may stand under instead, each with its field; `alone` whether it may exist without one.
    `born`, `changed` and `died` are the events about it, unless one of its `turns` has its own. `stamp` is the field of
    its time, `stub` whether a deleted one still answers. `plain` overrides the example's values, `fill` those that
    depend on what is around.
    """

    object: str
    prefix: str
    born: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    died: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    owner: str | None = None
    owner_field: str | None = None
    others: Mapping[str, str | None] = field(default_factory=dict)
    alone: bool = False
    shelf: str = ""
    stamp: str | None = "created"
    stub: bool = False
    plain: Mapping[str, Any] = field(default_factory=dict)
    fill: Fill = nothing

    @property
    def owners(self) -> tuple[str, ...]:
        """The kinds it may stand under."""
        return (*((self.owner,) if self.owner else ()), *self.others)

    def link(self, given: Mapping[str, Any]) -> str:
        """The field that holds the owner's id among those that are given; `owner` where the object has none."""
        names = [name or "owner" for name in (self.owner_field, *self.others.values())]
        return next((name for name in names if name in given), names[0])

    @property
    def shelved(self) -> str:
        """The name of the list it stands in: cards and bank accounts share one."""
        return self.shelf or self.object

    @property
    def template(self) -> Json:
        """Stripe's example in the pinned version's shape, its lists and what is expanded left to rendering."""
        shape = SHAPES[self.object]
        body = {k: v for k, v in FIXTURES[self.object].items() if k not in shape.sublists and k not in shape.includable}
        return {**body, **self.plain}


def turns(field_name: str, **types: str) -> tuple[Turn, ...]:
    """The events of a field's values: `turns("status", paid="invoice.paid invoice.updated")`."""
    return tuple(Turn(field_name, value, tuple(names.split())) for value, names in types.items())


def plain(nulls: str = "", **values: Any) -> Json:
    """Fields that a new object has empty, and fields with a value other than the example's."""
    return dict.fromkeys(nulls.split()) | values
