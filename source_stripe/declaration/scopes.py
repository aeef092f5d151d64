"""Which part of a stream is the own account's, and which is a connected account's. Pure."""

from __future__ import annotations

from dataclasses import replace

from source_stripe.declaration.origins import Events, Listing, Single
from source_stripe.declaration.resource import Follow, Resource, Route, Scope


def of_platform(resource: Resource) -> Resource:
    """A stream of the accounts that are connected to a platform, or of what lies under them."""
    return replace(resource, scope=Scope.PLATFORM)


def of_stripe(resource: Resource) -> Resource:
    """A stream that is the same for everybody."""
    return replace(resource, scope=Scope.STRIPE)


def own_part(resource: Resource) -> Resource | None:
    """What is read once, of the account that the key is of; None where there is nothing."""
    if resource.scope is not Scope.PLATFORM:
        return resource
    own = next((part for part in resource.parts if part.scope is not Scope.PLATFORM), None)
    return None if own is None else replace(own, name=resource.name)


def own_member(resource: Resource) -> int:
    """The number of the own part among the members of a union."""
    return next((number for number, part in enumerate(resource.parts) if part.scope is not Scope.PLATFORM), 0)


def connected_part(resource: Resource, account: str, *, may_be_new: bool = False) -> Resource | None:
    """What is read of a connected account; None where there is nothing.

    With `may_be_new` it was created so late that an earlier sync may have come before what lies under it showed.
    What a platform has of it is read from its own address, and followed by the account's own events: those of a
    platform do not tell of it (https://github.com/stripe/stripe-go/issues/315).
    """
    if resource.scope is Scope.ACCOUNT:
        return resource
    part = next((part for part in resource.parts if part.scope is Scope.PLATFORM), None)
    if part is None:
        return None
    path, expand = f"{part.first.origin.path}/{account}", part.first.origin.expand
    itself = Listing(path, kind=Single("account", "created"), expand=expand)
    routes = tuple(
        replace(route, origin=_its_own(route.origin, itself if may_be_new else None)) for route in part.routes
    )
    return replace(part, name=resource.name, first=replace(part.first, origin=itself), later=Follow(routes))


def _its_own(origin: Events, itself: Listing | None) -> Events:
    """Nothing but events tells of one account; that it is there is known, or told by `itself` while it is new."""
    if itself and origin.listing and not origin.created_has_event:
        return replace(origin, listing=itself)
    return replace(origin, listing=None, created_has_event=True)


def is_told(resource: Resource) -> bool:
    """Whether an account's events tell of all that happens in a stream, so that it rests where there are none."""
    return bool(resource.cursor) and all(
        isinstance(part.later, Follow) and all(map(_is_told, part.routes)) for part in resource.parts
    )


def _is_told(route: Route[Events]) -> bool:
    """API v2 has a feed of its own, which an account is not asked for to know whether it rests."""
    return not route.origin.thin and (route.origin.created_has_event or route.origin.listing is None)
