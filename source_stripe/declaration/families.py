"""The families of streams: the combinations of words that Stripe needs. None has code of its own in the engine."""

from __future__ import annotations

from dataclasses import replace

from source_stripe.declaration.origins import Events, Listing, Params, Test, always, never
from source_stripe.declaration.resource import Maturing, Parent, Resource, Route
from source_stripe.declaration.takes import Children, Embedded, ParentTombstones, Take


def snapshot(
    name: str, path: str, object: str, *, paged: bool = True, single: bool = False, key: tuple[str, ...] = ("id",)
) -> Resource:
    """Read whole, every time; one object where the answer is `single`."""
    return Resource(
        name,
        object,
        "",
        Route(Listing(path, stamp="", filters_by_created=False, paged=paged, single=object if single else "")),
        key=key,
    )


def created(
    name: str, path: str, object: str, *, filters_by_created: bool = True, matures: Maturing | None = None
) -> Resource:
    """Listed once, then only what was created since, and what has matured."""
    return Resource(
        name, object, "created", Route(Listing(path, filters_by_created=filters_by_created)), matures=matures
    )


def relisted(
    name: str,
    path: str,
    object: str,
    *,
    cursor: str = "updated",
    filters: tuple[Params, ...] = ((),),
    stamp: str = "created",
    filters_by_created: bool = False,
) -> Resource:
    """Listed whole every time, as rows change and no event tells of it; only what changed is delivered."""
    listing = Listing(path, filters, stamp=stamp, filters_by_created=filters_by_created)
    return Resource(name, object, cursor, Route(listing), relisted=True)


def updated(
    name: str,
    path: str,
    object: str,
    *types: str,
    cursor: str = "updated",
    filters: tuple[Params, ...] = ((),),
    expand: tuple[str, ...] = (),
    stamp: str = "created",
    filters_by_created: bool = True,
    test_mode_only: bool = False,
    clock: str = "",
    created_has_event: bool = True,
    every_edit_has_event: bool = True,
    indirect_events: tuple[tuple[str, str], ...] = (),
    where: Test = always,
    deleted_if: Test = never,
) -> Resource:
    """Listed once, then followed through the events."""
    listing = Listing(path, filters, expand, stamp, filters_by_created, test_mode_only=test_mode_only, clock=clock)
    events = Events(
        object,
        types,
        f"{path}/{{id}}",
        expand,
        listing,
        created_has_event,
        every_edit_has_event,
        indirect_events,
        where,
    )
    return Resource(name, object, cursor, Route(listing), (Route(events),), deleted_if=deleted_if)


def embedded(
    name: str,
    parent: Resource,
    field: str,
    object: str,
    whole: Children | None = None,
    *,
    inside: str = "",
    included: bool = True,
    cursor: str = "",
    carries: tuple[str, ...] = (),
    children_vanish: Test = never,
    own: Events | None = None,
    own_parent: str = "",
    owner: tuple[str, str] = ("", ""),
    relisted: bool = False,
    deleted_if: Test = never,
    key: tuple[str, ...] = ("id",),
) -> Resource:
    """Items of a list inside the parent; `included=False` where Stripe embeds it only on request."""
    take = Embedded(field, whole, inside)
    expand = () if included else (take.expanded,)
    link = Parent(parent.object, own_parent, carries, children_vanish, owner)
    return _child(
        name, object, parent, take, link, cursor, own, expand=expand, relisted=relisted, deleted_if=deleted_if, key=key
    )


def elements(name: str, parent: Resource, field: str, *, included: bool = True) -> Resource:
    """The elements of an array inside the parent, a row each, known by their position."""
    link = Parent(parent.object)
    expand = () if included else (field,)
    # Under a parent that no event tells of, what was created with it.
    cursor = "" if parent.then else f"{link.noun}_created"
    key = (link.id_field, "position")
    return _child(name, "", parent, Embedded(field, numbered=True), link, cursor, None, expand=expand, key=key)


def children(
    name: str,
    parent: Resource,
    take: Children,
    object: str,
    *,
    cursor: str = "",
    children_vanish: Test = never,
    through: Events | None = None,
    own: Events | None = None,
    own_parent: str = "",
    owner: tuple[str, str] = ("", ""),
    relisted: bool = False,
    deleted_if: Test = never,
    key: tuple[str, ...] = ("id",),
) -> Resource:
    """Items fetched by the parent's id; those with events of their own need the parent only once.

    `through` are events that lead to the parent in place of the parent's own.
    """
    link = Parent(parent.object, own_parent, children_vanish=children_vanish, owner=owner)
    return _child(
        name,
        object,
        parent,
        take,
        link,
        cursor,
        own,
        through=through,
        relisted=relisted,
        deleted_if=deleted_if,
        key=key,
    )


def accrued(
    name: str,
    parent: Resource,
    take: Children,
    object: str,
    *,
    cursor: str = "created",
    own: Events | None = None,
    own_parent: str = "",
) -> Resource:
    """Items fetched by the parent's id; later, under every parent, what was added since, and what `own` tells."""
    link = Parent(parent.object, own_parent)
    then = (Route(own),) if own else ()
    return Resource(name, object, cursor, Route(parent.first.origin, take), then, link, append_only=True)


def union(name: str, *members: Resource) -> Resource:
    """One stream of what several declarations bring, which agree in key, cursor and object."""
    whole = members[0]
    then = tuple(route for member in members for route in member.then)
    named = tuple(replace(member, name=f"{name}.{number}") for number, member in enumerate(members))
    return replace(whole, name=name, then=then, members=named)


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
    through: Events | None = None,
    relisted: bool = False,
    deleted_if: Test = never,
    key: tuple[str, ...] = ("id",),
) -> Resource:
    first = Route(_expanding(parent.first.origin, expand), take)
    if relisted:
        return Resource(name, object, cursor or "updated", first, (), link, deleted_if, relisted=True, key=key)
    origins = (through,) if through else tuple(route.origin for route in parent.then)
    through_parent = tuple(Route(_events_expanding(origin, expand), take) for origin in origins)
    then = through_parent
    # What is remembered of a parent is told when that is deleted, which its own events tell.
    deaths = (
        () if link.children_vanish is never else tuple(Route(route.origin, ParentTombstones()) for route in parent.then)
    )
    if own:
        # What the parent's own events do not tell of, the child's do.
        births = (
            ()
            if own.created_has_event
            else (replace(r, origin=replace(r.origin, indirect_events=())) for r in through_parent)
        )
        then = (*deaths, *births, Route(own))
    elif through:
        then = (*deaths, *through_parent)
    cursor = cursor or ("updated" if own else f"{link.noun}_updated")
    return Resource(name, object, cursor, first, then, link, deleted_if, key=key)


def _expanding(listing: Listing, fields: tuple[str, ...]) -> Listing:
    return replace(listing, expand=(*listing.expand, *fields))


def _events_expanding(events: Events, fields: tuple[str, ...]) -> Events:
    listing = _expanding(events.listing, fields) if events.listing else None
    return replace(events, expand=(*events.expand, *fields), listing=listing)
