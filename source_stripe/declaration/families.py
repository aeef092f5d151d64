"""The families of streams: the combinations of words that Stripe needs. None has code of its own in the engine."""

from __future__ import annotations

from dataclasses import replace

from source_stripe.declaration.origins import TOP_DOWN, UNTIMED, Events, Listing, Test, always, never
from source_stripe.declaration.resource import Accrue, Follow, ListNew, Maturing, Parent, Relist, Resource, Route
from source_stripe.declaration.takes import Children, Embedded, ParentTombstones, Take

NO_LINK = Parent()

# Where a path is taken, a Listing is taken too, for a list that is odd in some way.


def snapshot(name: str, listing: str | Listing, object: str, *, key: tuple[str, ...] = ("id",)) -> Resource:
    """Read whole, every time."""
    listing = Listing(listing, kind=UNTIMED) if isinstance(listing, str) else listing
    return Resource(name, object, "", Route(listing), key=key)


def created(
    name: str, listing: str | Listing, object: str, *, cursor: str = "created", matures: Maturing | None = None
) -> Resource:
    """Listed once, then only what was created since, and what has matured."""
    listing = Listing(listing) if isinstance(listing, str) else listing
    return Resource(name, object, cursor, Route(listing), ListNew(matures))


def relisted(name: str, listing: str | Listing, object: str, *, cursor: str = "updated") -> Resource:
    """Listed whole every time, as rows change and no event tells of it; only what changed is delivered."""
    listing = Listing(listing, kind=TOP_DOWN) if isinstance(listing, str) else listing
    return Resource(name, object, cursor, Route(listing), Relist())


def updated(
    name: str,
    listing: str | Listing,
    object: str,
    *types: str,
    cursor: str = "updated",
    expand: tuple[str, ...] = (),
    created_has_event: bool = True,
    every_edit_has_event: bool = True,
    indirect_events: tuple[tuple[str, str], ...] = (),
    where: Test = always,
    deleted_if: Test = never,
) -> Resource:
    """Listed once, then followed through the events."""
    listing = _expanding(Listing(listing) if isinstance(listing, str) else listing, expand)
    events = Events(
        object,
        types,
        f"{listing.path}/{{id}}",
        listing.expand,
        # What is in no order cannot be looked for by when it was created, unless the list does that.
        listing if listing.ordered or listing.takes_times else None,
        created_has_event,
        every_edit_has_event,
        indirect_events,
        where,
    )
    return Resource(name, object, cursor, Route(listing), Follow((Route(events),)), deleted_if=deleted_if)


def embedded(
    name: str,
    parent: Resource,
    take: str | Embedded,
    object: str,
    *,
    included: bool = True,
    cursor: str = "",
    link: Parent = NO_LINK,
    own: Events | None = None,
    later: Relist | None = None,
    deleted_if: Test = never,
    key: tuple[str, ...] = ("id",),
) -> Resource:
    """Items of a list inside the parent, in the field `take`; `included=False` where Stripe embeds it only on request.

    `own` are events of the items themselves. What a `link` says of the parent is what the records say of it.
    """
    take = Embedded(take) if isinstance(take, str) else take
    expand = () if included else (take.expanded,)
    child = Resource(name, object, cursor, Route(parent.first.origin, take), later, link, deleted_if, key)
    return _child(child, parent, own, expand=expand)


def elements(name: str, parent: Resource, field: str, *, included: bool = True) -> Resource:
    """The elements of an array inside the parent, a row each, known by their position."""
    link = Parent(parent.object)
    # Under a parent that no event tells of, what was created with it.
    cursor = "" if parent.routes else f"{link.noun}_created"
    take = Route(parent.first.origin, Embedded(field, numbered=True))
    child = Resource(name, "", cursor, take, None, link, key=(link.id_field, "position"))
    return _child(child, parent, None, expand=() if included else (field,))


def children(
    name: str,
    parent: Resource,
    take: Children,
    object: str,
    *,
    cursor: str = "",
    link: Parent = NO_LINK,
    through: Events | None = None,
    own: Events | None = None,
    later: Relist | None = None,
    deleted_if: Test = never,
    key: tuple[str, ...] = ("id",),
) -> Resource:
    """Items fetched by the parent's id; those with events of their own need the parent only once.

    `through` are events that lead to the parent in place of the parent's own.
    """
    child = Resource(name, object, cursor, Route(parent.first.origin, take), later, link, deleted_if, key)
    return _child(child, parent, own, through=through)


def accrued(
    name: str,
    parent: Resource,
    take: Children,
    object: str,
    *,
    cursor: str = "created",
    link: Parent = NO_LINK,
    own: Events | None = None,
) -> Resource:
    """Items fetched by the parent's id; later, under every parent, what was added since, and what `own` tells."""
    later = Accrue((Route(own),) if own else ())
    return Resource(name, object, cursor, Route(parent.first.origin, take), later, replace(link, object=parent.object))


def union(name: str, *members: Resource) -> Resource:
    """One stream of what several declarations bring, which agree in key, cursor and object."""
    whole = members[0]
    routes = tuple(route for member in members for route in member.routes)
    named = tuple(replace(member, name=f"{name}.{number}") for number, member in enumerate(members))
    return replace(whole, name=name, later=Follow(routes) if routes else whole.later, members=named)


def _child(
    child: Resource,
    parent: Resource,
    own: Events | None,
    *,
    expand: tuple[str, ...] = (),
    through: Events | None = None,
) -> Resource:
    """A declaration of what is under a parent, completed with what the parent's declaration says."""
    link, take = replace(child.parent or Parent(), object=parent.object), child.first.take
    first = Route(_expanding(parent.first.origin, expand), take)
    if child.later:
        return replace(child, cursor=child.cursor or "updated", first=first, parent=link)
    routes = _through_parent(parent, take, expand, through)
    if own:
        # What the parent's own events do not tell of, the child's do.
        births = () if own.created_has_event else tuple(_directly(route) for route in routes)
        routes = (*_deaths(parent, link), *births, Route(own))
    elif through:
        routes = (*_deaths(parent, link), *routes)
    cursor = child.cursor or ("updated" if own else f"{link.noun}_updated")
    return replace(child, cursor=cursor, first=first, parent=link, later=Follow(routes) if routes else ListNew())


def _through_parent(
    parent: Resource, take: Take, expand: tuple[str, ...], through: Events | None
) -> tuple[Route[Events], ...]:
    """The routes from events about the parent to what is under it."""
    origins = (through,) if through else tuple(route.origin for route in parent.routes)
    return tuple(Route(_events_expanding(origin, expand), take) for origin in origins)


def _deaths(parent: Resource, link: Parent) -> tuple[Route[Events], ...]:
    """What is remembered of a parent is told when that is deleted, which its own events tell."""
    vanish = link.children_vanish is not never
    return tuple(Route(route.origin, ParentTombstones()) for route in parent.routes) if vanish else ()


def _directly(route: Route[Events]) -> Route[Events]:
    return replace(route, origin=replace(route.origin, indirect_events=()))


def _expanding(listing: Listing, fields: tuple[str, ...]) -> Listing:
    return replace(listing, expand=(*listing.expand, *fields))


def _events_expanding(events: Events, fields: tuple[str, ...]) -> Events:
    listing = _expanding(events.listing, fields) if events.listing else None
    return replace(events, expand=(*events.expand, *fields), listing=listing)
