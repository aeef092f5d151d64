"""What there is to know of one kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import FIXTURES, SHAPES, Json
from integration_tests.sandbox.world.stored import Key, Stored
from integration_tests.sandbox.world.world import World

Lists: TypeAlias = Mapping[str, tuple[str, ...]]
"""The lists of an object -> the kinds of objects they hold."""
Test: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Something that is or is not so of an object's fields."""
Fill: TypeAlias = Callable[[Birth], Json]
"""The fields of a new object that its example cannot know; those that are given win over them."""
Consequence: TypeAlias = Callable[[World, Stored], None]
"""What else happens with an object."""
Sequel: TypeAlias = Callable[[World, Stored, Json], None]
"""What else happens after a change, given the body before it."""
Implied: TypeAlias = Callable[[Stored, int], Json]
"""Fields that change because the status does, and the time."""
Implying: TypeAlias = Callable[[World, Stored, Json], Json]
"""Fields that change because the given ones do."""


def nothing(_: Birth) -> Json:
    return {}


def no_consequence(_: World, __: Stored) -> None:
    pass


def no_sequel(_: World, __: Stored, ___: Json) -> None:
    pass


def no_fields(_: World, __: Stored, ___: Json) -> Json:
    return {}


def nowhere(_: World, __: Stored) -> list[Key]:
    return []


def none_replaced(_: World, __: Stored) -> Stored | None:
    return None


def never(_: Mapping[str, Any]) -> bool:
    return False


def on_a_test_clock(body: Mapping[str, Any]) -> bool:
    return body.get("test_clock") is not None


@dataclass(frozen=True, slots=True)
class Hidden:
    """What lists leave out unless they are asked for it."""

    test: Test
    """Which objects, by their fields."""
    unless: tuple[str, ...] = ()
    """The parameters any of which asks for them; none where nothing does, so that no list shows them."""
    below: bool = False
    """Whether the list under an owner shows them unasked."""

    def leaves_out(self, asked: frozenset[str], owner: str | None) -> bool:
        """Whether a list that takes these parameters, of an owner or of none, leaves them out."""
        return not (asked.intersection(self.unless) or (self.below and owner is not None))


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of `field` to `value` that events of its own announce (in place of the plain `changed` ones)."""

    field: str
    value: object
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object: how it looks, where it stands, which events tell of it, and what else happens with it."""

    object: str
    prefix: str
    """How the ids begin."""

    # Events.
    born: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    died: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    """Changes that have events of their own."""
    renamed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """How the events' names begin under another owner, by that owner's field."""
    untold: Test = never
    """Of which no event tells that it has come, changed or gone."""
    told_by_owner: bool = False
    """Whether events about the owner tell of its changes, without showing them."""

    # Where it stands.
    owner: str | None = None
    """The object under whose id Stripe lists it."""
    owner_field: str | None = None
    """The field that says so; None where no field does."""
    others: Mapping[str, str | None] = field(default_factory=dict)
    """Further kinds it may stand under instead, each with its field."""
    alone: bool = False
    """Whether it may exist without an owner."""
    attached: bool = False
    """Whether one that may be alone is made with an owner all the same."""
    shelf: str = ""
    """The list that it shares with other kinds."""
    names: tuple[str, ...] = ()
    """All the ids there are, where Stripe gives them: each owner has its own of each."""
    stub: bool = False
    """Whether a deleted one still answers."""
    ends: Mapping[str, Any] = field(default_factory=dict)
    """What one looks like that is over and that Stripe still shows, as it is never deleted."""

    # Who sees it.
    hidden: tuple[Hidden, ...] = ()
    """What of it lists leave out."""
    read_by: Mapping[str, Test] = field(default_factory=dict)
    """Whether it may be read under an owner of a kind, by that owner's fields."""

    # What it holds.
    parts: Lists = field(default_factory=dict)
    """Part of it from the start: the event of its birth shows them."""
    rare_parts: Lists = field(default_factory=dict)
    """Part of it too, but of few."""
    followers: Lists = field(default_factory=dict)
    """What comes afterwards, each announced as such."""
    shows: tuple[str, ...] = ()
    """Followers that it shows from the start, so that it changes with them."""
    twin: str = ""
    """The kind of which one has the same id and is another view of the same."""

    # How it looks.
    stamp: str | None = "created"
    """The field of its time."""
    plain: Mapping[str, Any] = field(default_factory=dict)
    """Values other than the example's."""
    fill: Fill = nothing
    """Values that depend on what is around."""

    # What else happens.
    implies: Mapping[str, Implied] = field(default_factory=dict)
    """What else a status brings."""
    implied: Implying = no_fields
    """What else the given fields bring."""
    summed: Consequence = no_consequence
    """Its own sums after its parts came, changed or went."""
    settled: Consequence = no_consequence
    """Before its birth is announced."""
    replaces: Callable[[World, Stored], Stored | None] = none_replaced
    """In whose place a new one comes, so that not its birth but a change is announced."""
    came: Consequence = no_consequence
    """After its birth was announced."""
    altered: Sequel = no_sequel
    """After a change was announced."""
    shown_in: Callable[[World, Stored], list[Key]] = nowhere
    """What shows it in full and looks different after a change, although no event about that says so."""
    going: Consequence = no_consequence
    """Before its end: what depends on it goes first."""
    gone: Consequence = no_consequence
    """After its end was announced."""

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

    @property
    def gets_owner(self) -> bool:
        """Whether one that is made without a word on its owner gets one."""
        return self.owner is not None and (self.attached or not self.alone)

    @property
    def counted(self) -> Lists:
        """The lists that are there from the start, if only of a few."""
        return {**self.parts, **self.rare_parts}

    def has_ended(self, body: Mapping[str, Any]) -> bool:
        """Whether Stripe shows one that is over."""
        return bool(self.ends) and all(body.get(name) == value for name, value in self.ends.items())

    def may_be_read(self, owner: str, body: Mapping[str, Any]) -> bool:
        """Whether it may be read under an owner of a kind that has these fields."""
        return owner not in self.read_by or self.read_by[owner](body)

    def is_shown(self, body: Mapping[str, Any]) -> bool:
        """Whether any list can be made to show an object with these fields."""
        return not any(hidden.test(body) for hidden in self.hidden if not hidden.unless and not hidden.below)

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
