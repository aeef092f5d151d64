"""The words a declaration is made of: inert, typed values, and the families that combine them.

A stream answers two questions, twice. *Where do objects come from?* An origin: a list endpoint, or
`/v1/events`. *What is emitted for each?* A take: the object, the list embedded in it, or a list fetched
by its id. Once for the first sync (`first`), once for every later one (`then`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

EVENT = "event"
"""Stripe's tag of an event: the one thing that tells of itself, and is never deleted."""

Params = tuple[tuple[str, str], ...]
"""Query parameters; a value may name a field of the object concerned: `("subscription", "{id}")`."""

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
    """The field that the `created` filter of this list applies to."""
    windowed: bool = True
    """Whether the list takes a `created` filter."""


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


@dataclass(frozen=True)
class Embedded:
    """The items of a list inside the object, of which Stripe embeds ten at most."""

    field: str
    whole: Children
    """Where the list is read when the object does not hold all of it."""


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

    @property
    def noun(self) -> str:
        """`checkout_session` for `checkout.session`."""
        return self.object.replace(".", "_")

    @property
    def id_field(self) -> str:
        return f"{self.noun}_id"


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


# Families: the combinations that Stripe needs. None has code of its own in the engine.


def snapshot(name: str, path: str, object: str) -> Resource:
    """Read whole, every time."""
    return Resource(name, object, "", Route(Listing(path, windowed=False)))


def created(name: str, path: str, object: str, *, matures: Maturing | None = None) -> Resource:
    """Listed once, then only what was created since, and what has matured."""
    return Resource(name, object, "created", Route(Listing(path)), matures=matures)


def relisted(name: str, path: str, object: str) -> Resource:
    """Listed whole every time, as rows change and no event tells of it; only what changed is delivered."""
    return Resource(name, object, "created", Route(Listing(path)), relisted=True)


def updated(
    name: str,
    path: str,
    object: str,
    *types: str,
    cursor: str = "updated",
    filters: tuple[Params, ...] = ((),),
    expand: tuple[str, ...] = (),
    stamp: str = "created",
    announced: bool = True,
    complete: bool = True,
    mentions: tuple[tuple[str, str], ...] = (),
    gone: Test = never,
) -> Resource:
    """Listed once, then followed through the events."""
    listing = Listing(path, filters, expand, stamp)
    events = Events(object, types, f"{path}/{{id}}", expand, listing, announced, complete, mentions)
    return Resource(name, object, cursor, Route(listing), (Route(events),), gone=gone)


def embedded(
    name: str,
    parent: Resource,
    field: str,
    object: str,
    whole: Children,
    *,
    included: bool = True,
    cursor: str = "",
    carries: tuple[str, ...] = (),
    mortal: Test = never,
    own: Events | None = None,
    own_parent: str = "",
) -> Resource:
    """Items of a list inside the parent; `included=False` where Stripe embeds it only on request."""
    expand = () if included else (field,)
    link = Parent(parent.object, own_parent, carries, mortal)
    return _child(name, object, parent, Embedded(field, whole), link, cursor, own, expand=expand)


def children(
    name: str,
    parent: Resource,
    take: Children,
    object: str,
    *,
    cursor: str = "",
    mortal: Test = never,
    own: Events | None = None,
    own_parent: str = "",
    gone: Test = never,
) -> Resource:
    """Items fetched by the parent's id; those with events of their own need the parent only once."""
    link = Parent(parent.object, own_parent, mortal=mortal)
    return _child(name, object, parent, take, link, cursor, own, gone=gone)


def _child(
    name: str,
    object: str,
    parent: Resource,
    take: Take,
    link: Parent,
    cursor: str,
    own: Events | None,
    *,
    expand: tuple[str, ...] = (),
    gone: Test = never,
) -> Resource:
    first = Route(_expanding(parent.first.origin, expand), take)
    through_parent = tuple(Route(_events_expanding(route.origin, expand), take) for route in parent.then)
    then = through_parent
    if own:
        # What the parent's own events do not tell of, the child's do.
        births = () if own.announced else (replace(r, origin=replace(r.origin, mentions=())) for r in through_parent)
        deaths = () if link.mortal is never else (replace(route, take=Orphans()) for route in parent.then)
        then = (*deaths, *births, Route(own))
    cursor = cursor or ("updated" if own else f"{link.noun}_updated")
    return Resource(name, object, cursor, first, then, link, gone)


def _expanding(listing: Listing, fields: tuple[str, ...]) -> Listing:
    return replace(listing, expand=(*listing.expand, *fields))


def _events_expanding(events: Events, fields: tuple[str, ...]) -> Events:
    listing = _expanding(events.listing, fields) if events.listing else None
    return replace(events, expand=(*events.expand, *fields), listing=listing)
