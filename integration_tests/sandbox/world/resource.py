"""What there is to know of one kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from integration_tests.sandbox.world.facts import FIXTURES, SHAPES, Json

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger
    from integration_tests.sandbox.world.birth import Birth
    from integration_tests.sandbox.world.stored import Stored

Fill: TypeAlias = "Callable[[Birth], Json]"
"""The fields of a new object that its example cannot know; those that are given win over them."""
Consequence: TypeAlias = "Callable[[Ledger, Stored], None]"
"""What else happens with an object."""
Implied: TypeAlias = "Callable[[Stored, int], Json]"
"""Fields that change because others do, and the time."""


def nothing(_: Birth) -> Json:
    return {}


def no_consequence(_: Ledger, __: Stored) -> None:
    pass


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
    `born`, `changed` and `died` are the events about it, unless one of its `turns` has its own; `renamed` says by the
    owner's field how their names begin under another owner. `stamp` is the field of its time, `stub` whether a deleted
    one still answers. `names` are all the ids there are, where Stripe gives them: each owner has its own of each.
    `plain` overrides the example's values, `fill` those that depend on what is around. `implies` is what else a status
    brings; `came`, `altered` and `going` are what else happens after its birth, after a change and before its end.
    """

    object: str
    prefix: str
    born: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    died: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    renamed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    owner: str | None = None
    owner_field: str | None = None
    others: Mapping[str, str | None] = field(default_factory=dict)
    alone: bool = False
    shelf: str = ""
    stamp: str | None = "created"
    stub: bool = False
    names: tuple[str, ...] = ()
    plain: Mapping[str, Any] = field(default_factory=dict)
    fill: Fill = nothing
    implies: Mapping[str, Implied] = field(default_factory=dict)
    came: Consequence = no_consequence
    altered: Consequence = no_consequence
    going: Consequence = no_consequence

    @property
    def owners(self) -> tuple[str, ...]:
        """The kinds it may stand under."""
        return (*((self.owner,) if self.owner else ()), *self.others)

    def link(self, given: Mapping[str, Any]) -> str:
        """The field that holds the owner's id among those that are given; `owner` where the object has none."""
        names = [name or "owner" for name in (self.owner_field, *self.others.values())]
        return next((name for name in names if name in given), names[0])

    def link_to(self, owner: str) -> str:
        """The field that holds the id of an owner of this kind."""
        fields = {**self.others, **({self.owner: self.owner_field} if self.owner else {})}
        return fields[owner] or "owner"

    def key(self, id: str, owner: str | None) -> str:
        """What an id is kept under: one that is a name comes again under every owner."""
        return f"{owner}/{id}" if self.names and owner else id

    def told(self, types: tuple[str, ...], body: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of these events for the object as it stands."""
        start, others = self.renamed.get(self.link(body), ("", ""))
        return tuple(others + name.removeprefix(start) for name in types)

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
