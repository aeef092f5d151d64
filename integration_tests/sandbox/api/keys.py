"""Keys of an account, and what each may read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from integration_tests.sandbox.account import linked, listing
from integration_tests.sandbox.world.permissions import (
    DIRECT,
    Permissions,
    every_permission,
    of_endpoint,
    of_object,
    unpublished,
    with_implied,
)
from integration_tests.sandbox.world.rendering import expansions, tree_of


@dataclass(frozen=True)
class Granted:
    """A restricted key: what was ticked for it in the form, where no box of its own stands for anything else."""

    permissions: Collection[str] = ()
    """In the first column, that of the account itself: `rak_charge_read`."""
    connected: Collection[str] = ()
    """In the second column, that of connected accounts."""
    by_hand: Collection[str] = ()
    """Addresses whose permission nobody knows by name, and which was ticked all the same."""

    @classmethod
    def everything(cls, *but: str) -> Granted:
        """All but some."""
        return cls(every_permission() - {*but}, every_permission() - {*but}, unpublished())

    def used(self, wanted: Permissions, path: str, *, for_connected: bool) -> str | None:
        """The permission that lets a request pass, of those any one of which would do; None if it does not."""
        if not wanted:
            return path if path in self.by_hand else None
        ticked = {*self.connected} - DIRECT if for_connected else {*self.permissions}
        may = with_implied(ticked)
        return next((name for name in wanted if name in ticked), next((name for name in wanted if name in may), None))


@dataclass(frozen=True)
class Ended:
    """A key that Stripe does not accept any more, or not from here."""

    expired: bool = True
    """Whether it has expired; else it is the IP address that is not allowed for it."""


@dataclass
class Needs:
    """What a request takes."""

    endpoint: str
    """The address as it is in `unpublished`."""
    itself: Permissions
    """Of its own list or object; any one of these."""
    expanded: list[Permissions] = field(default_factory=list)
    """Of each that is expanded in it, any one of these."""


def needs(path: str, query: list[tuple[str, str]], at: listing.Route | linked.LinkedRoute | None) -> Needs:
    """What a request takes, whether what it asks for exists or not."""
    if isinstance(at, linked.LinkedRoute):
        # What API v2 includes in an object is a part of it.
        return Needs(at.endpoint.path, of_object(at.endpoint.object))
    endpoint = at.endpoint if at else None
    known = endpoint.path if endpoint and endpoint.path else path
    found = Needs(known, of_endpoint(path, endpoint))
    paths = [value for name, value in query if name.startswith("expand[")]
    if endpoint is None or at is None or not paths:
        return found
    tree = tree_of(one.removeprefix("data." if at.id is None else "") for one in paths)
    for kind in endpoint.objects:
        for inner in expansions(kind, tree):
            below = listing.route(inner.url.partition("?")[0]) if inner.url else None
            some = of_endpoint(inner.url, below.endpoint) if below else ()
            found.expanded += [one for one in ([some] if some else map(of_object, inner.objects)) if one]
    return found
