"""The words a declaration is made of: inert, typed values, that the families combine.

A stream answers two questions, twice. *Where do objects come from?* An origin: a list endpoint, or
`/v1/events`. *What is emitted for each?* A take: the object, the list embedded in it, or a list fetched
by its id. Once for the first sync (`first`), once for every later one (`then`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any, Generic, TypeVar

EVENT = "event"
"""Stripe's tag of an event: the one thing that tells of itself, and is never deleted."""

Params = tuple[tuple[str, str], ...]
"""Query parameters; a value may name a field of the object concerned: `("subscription", "{id}")`."""

CREATED = ("created[gte]", "created[lt]")
"""The parameters by which most lists take a stretch of time."""

Test = Callable[[Mapping[str, object]], bool]
"""Something that is or is not so of an object."""


def always(_: Mapping[str, object]) -> bool:
    return True


def never(_: Mapping[str, object]) -> bool:
    return False


# Origins: where objects come from.


@dataclass(frozen=True)
class Listing:
    """A list endpoint, newest first: https://docs.stripe.com/api/pagination."""

    path: str
    filters: tuple[Params, ...] = ((),)
    """The list is read once with each of these; together they hide no row."""
    expand: tuple[str, ...] = ()
    """Fields of the object to expand, as a retrieve names them (no `data.`)."""
    stamp: str = "created"
    """The field that the `created` filter of this list applies to; empty where the objects have no time."""
    windowed: bool = True
    """Whether the list takes a `created` filter; without one it is read from its top down to what is wanted."""
    paged: bool = True
    """Whether the list takes `limit` and a place to go on from; two of Stripe's answer all at once."""
    single: str = ""
    """The tag of the one object that the answer is, where it is no list."""
    testing: bool = False
    """Whether the list is there in test mode only; a live key is refused."""
    clock: str = ""
    """The filter without which the list leaves out what is on a test clock."""


@dataclass(frozen=True)
class Events:
    """The changes that `/v1/events` reports for one type of object: https://docs.stripe.com/api/events."""

    object: str
    """Stripe's tag, found in `event.data.object.object`."""
    types: tuple[str, ...]
    """Event types, in full or as `invoice.*`."""
    retrieve: str
    """Where one object is read again; names fields of the event's object: `/v1/invoices/{id}`."""
    expand: tuple[str, ...] = ()
    listing: Listing | None = None
    """Where the objects created in a window are read a hundred at a time."""
    announced: bool = True
    """Whether an event of these types tells of every new object."""
    complete: bool = True
    """Whether an event of these types tells of every edit; if not, no event can be taken for the row."""
    mentions: tuple[tuple[str, str], ...] = ()
    """Other objects whose events tell of a change here, and their field with the id: a refund and its `charge`."""
    only: Test = always
    """Which events count, by the event itself: those of connected accounts."""


# Takes: what is emitted for each object.


@dataclass(frozen=True)
class Whole:
    """The object itself."""


@dataclass(frozen=True)
class Children:
    """A list fetched by the object's id."""

    path: str
    params: Params = ()
    unless_null: str = ""
    """A field of the parent; where it is null the parent has no children and is not asked."""
    immutable: bool = False
    """Children never change and the list takes `created`: later syncs ask only for the new ones."""
    expand: tuple[str, ...] = ()
    """Fields of the children to expand, the same as where they are embedded."""
    only: Test = always
    """Which parents can have children; the others are not asked."""
    paged: bool = True
    """As of a Listing."""
    shrinks: bool = False
    """Whether children go without a word: what is known and no longer in the list is gone."""
    each: str = ""
    """A path inside the parent; the list is asked for once with each value found there, as `{each}`."""
    between: tuple[str, str] = CREATED
    """The parameters that take the stretch of time asked for."""
    step_seconds: int = 1
    """What the ends of such a stretch are multiples of."""
    back_days: int = 0
    """How long after its time something may still be added; what is that young is compared with what it was."""

    @property
    def names(self) -> frozenset[str]:
        """The fields of the parent that lead to the list."""
        return frozenset(fields_of(self.path)).union(*(fields_of(value) for _, value in self.params)) - {"each"}


@dataclass(frozen=True)
class Embedded:
    """What is inside the object: the items of a list, of which Stripe embeds ten at most, of an array, or one thing."""

    field: str
    """Where it is: `lines`, `computed.upfront.line_items`."""
    whole: Children | None = None
    """Where a list is read when the object does not hold all of it."""
    inside: str = ""
    """A field of each of these that holds what is taken: the `discounts` of `lines`."""
    numbered: bool = False
    """Whether these have no id, and are known by their `position`."""

    @property
    def expanded(self) -> str:
        """What has to be expanded where Stripe shows it only on request."""
        return f"{self.field}.data.{self.inside}" if self.inside else self.field


@dataclass(frozen=True)
class Orphans:
    """What is known to have been under the object, once that is deleted."""


Origin = TypeVar("Origin", Listing, Events)
Take = Whole | Children | Embedded | Orphans


@dataclass(frozen=True)
class Route(Generic[Origin]):
    """An origin, and what is taken from each of its objects."""

    origin: Origin
    take: Take = Whole()


@dataclass(frozen=True)
class Parent:
    """What a child's record says of the object it was taken from."""

    object: str
    field: str = ""
    """The child's own field that holds the parent's id, needed where the child has events of its own."""
    carries: tuple[str, ...] = ()
    """Further fields of the parent, written as `invoice_created`."""
    mortal: Test = never
    """Whether children of such a parent may yet go without a word on them; then they are remembered."""
    owner: tuple[str, str] = ("", "")
    """The field of what is listed that holds the id of the parent meant, and its tag: `("customer", "customer")` for
    what is found through a subscription and belongs to its customer."""

    @property
    def noun(self) -> str:
        """`checkout_session` for `checkout.session`."""
        return self.object.replace(".", "_")

    @property
    def id_field(self) -> str:
        return f"{self.owner[1] or self.noun}_id"


@dataclass(frozen=True)
class Maturing:
    """A field that changes at a known time, and no event tells of it."""

    field: str
    value: str
    """What it holds until then."""
    at: str
    """The field with the time."""


@dataclass(frozen=True)
class Resource:
    """One stream: its name, its key and cursor, and its two routes."""

    name: str
    """Airbyte's name for the stream."""
    object: str
    """Stripe's tag of what is emitted; nothing else is."""
    cursor: str
    """The cursor field; empty for a snapshot, which is read whole every time."""
    first: Route[Listing]
    then: tuple[Route[Events], ...] = ()
    """None: the first route again, for what was created since."""
    parent: Parent | None = None
    gone: Test = never
    """Whether an object that Stripe still shows is no longer a row of the stream."""
    matures: Maturing | None = None
    relisted: bool = False
    """Whether its list is read whole every time, and what changed is delivered; for lists that are small."""
    key: tuple[str, ...] = ("id",)
    """What tells one row from all others: the id alone, but where it repeats under another parent or there is none."""
    accrues: bool = False
    """Whether every later sync asks under every parent for what was added since, as no event tells of it."""
    members: tuple[Resource, ...] = ()
    """Declarations that bring the rows together, each as if it were a stream."""

    @property
    def parts(self) -> tuple[Resource, ...]:
        """The declarations that bring its rows: its members, or itself."""
        return self.members or (self,)

    @property
    def numbered(self) -> bool:
        """Whether its rows have no id, and are known by their position in the parent."""
        return isinstance(self.first.take, Embedded) and self.first.take.numbered

    @property
    def own_key(self) -> tuple[str, ...]:
        """The part of the key that Stripe's object has itself."""
        return tuple(name for name in self.key if name not in self.added)

    def identity(self, record: Mapping[str, Any]) -> str:
        """The key of a row in one word."""
        if self.key == ("id",):
            return str(record["id"])
        return json.dumps([record.get(name) for name in self.key])

    def identified(self, identity: str) -> dict[str, Any]:
        """The key of a row as fields."""
        return {"id": identity} if self.key == ("id",) else dict(zip(self.key, json.loads(identity), strict=True))

    @property
    def stamped(self) -> bool:
        """Whether the connector writes the cursor; `created` is Stripe's own and stays as it is."""
        return self.cursor not in ("", "created")

    @property
    def added(self) -> dict[str, str]:
        """Fields that the connector adds to Stripe's, with their JSON type."""
        fields: dict[str, str] = {}
        if self.stamped:
            fields[self.cursor] = "integer"
        if self.parent:
            fields[self.parent.id_field] = "string"
            fields |= {f"{self.parent.noun}_{carried}": "integer" for carried in self.parent.carries}
        if self.numbered:
            fields["position"] = "integer"
        if self.relisted or (self.then and self.object != EVENT):
            fields["is_deleted"] = "boolean"
        if self.versioned:
            fields |= {"event_id": "string", "event_type": "string", "event_api_version": "string"}
        return fields

    @property
    def versioned(self) -> bool:
        """Whether it emits every version of an object, and not the last."""
        return "event_id" in self.key

    @property
    def has_versions(self) -> bool:
        """Whether events show its objects whole, so that every version can be told."""
        return self.stamped and self.parent is None and bool(self.then)


def every_version(resource: Resource) -> Resource:
    """The same stream with a row for each event; as it is where no events show its objects."""
    return replace(resource, key=(*resource.key, "event_id")) if resource.has_versions else resource


def fields_of(template: str) -> set[str]:
    """The fields that a path or a parameter names."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}
