"""Who asks, about which account, and whether they may."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

from integration_tests.sandbox.account import linked, listing
from integration_tests.sandbox.account.account import Account
from integration_tests.sandbox.api.faults import below
from integration_tests.sandbox.api.keys import Ended, Granted, needs
from integration_tests.sandbox.api.messages import Request
from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.facts import ENDPOINTS, UNIQUE
from integration_tests.sandbox.world.permissions import Permissions, of_endpoint, of_object
from integration_tests.sandbox.world.rendering import expanded_types, tree_of

Route = listing.Route | linked.LinkedRoute
Key = tuple[str, ...] | Granted | Ended
"""What a key may: all but what lies below some addresses, and types of objects inside others; or what it was given."""
ADDRESS = "203.0.113.7"
"""Whence requests come."""


@dataclass
class Admitted:
    """A request whose key may make it."""

    account: Account
    """The one it is about."""
    used: tuple[str, ...] = ()
    """The permissions that let it pass, if its key was given any."""


@dataclass
class Door:
    """Lets requests pass that are of a known key, about an account it has to do with, and that it may make."""

    account: Account
    wording: str
    status: int
    """Of the refusal for want of a permission."""
    members: Mapping[str, Account] = field(default_factory=dict)
    """The accounts of the organization, by id."""

    def admit(self, request: Request, keys: Mapping[str, Key], at: Route | None) -> Admitted:
        """Raises StripeError."""
        name = key_of(request)
        if not name:
            raise errors.no_key()
        key = keys.get(name)
        if key is None:
            raise errors.invalid_key(name)
        if isinstance(key, Ended):
            raise errors.expired_key(name) if key.expired else errors.foreign_address(ADDRESS)
        account = self._concerned(request, name)
        if isinstance(key, Granted):
            return Admitted(account, self._granted(request, name, key, account, at))
        if any(below(request.path, prefix) for prefix in key):
            raise self._refusal(name, account, _of(request.path, at))
        self._let_see(request, name, key, account, at)
        return Admitted(account)

    def _concerned(self, request: Request, name: str) -> Account:
        """The account that the headers name, or a path of accounts each of which is connected to the one before it:
        https://docs.stripe.com/context."""
        by_account, context = request.header("Stripe-Account"), request.header("Stripe-Context")
        if by_account and context:
            raise errors.invalid("You cannot provide both Stripe-Account and Stripe-Context.", "Stripe-Context")
        if name.startswith("sk_org_"):
            if not context:
                raise errors.invalid("You did not provide a Stripe-Context, which this key needs.", "Stripe-Context")
            if not request.header("Stripe-Version"):
                raise errors.invalid("You did not provide an API version.", "Stripe-Version")
        asked = by_account or context or self.account.id
        path = asked.split("/")
        account: Account | None = self.account
        if name.startswith("sk_org_") and path[0] in self.members:
            account = self.members[path.pop(0)]
        elif path[0] == self.account.id:
            del path[0]
        for id in path:
            account = None if account is None or id in account.refusing else account.of(id)
        foreign_mode = account is not None and account.test_only and "_live_" in name
        if account is None or foreign_mode or account.id in self.account.refusing:
            raise errors.no_access(name, asked.rpartition("/")[2])
        return account

    def _granted(
        self, request: Request, name: str, key: Granted, account: Account, at: Route | None
    ) -> tuple[str, ...]:
        if at is None and request.path not in UNIQUE:
            return ()
        wanted, connected = needs(request.path, request.query, at), account is not self.account
        used = [key.used(wanted.itself, wanted.endpoint, for_connected=connected)]
        if used[0] is None:
            raise self._refusal(name, account, wanted.itself)
        for some in wanted.expanded:
            used.append(key.used(some, "", for_connected=connected))
            if used[-1] is None:
                raise self._refusal(name, account, some)
        return tuple(one for one in used if one)

    def _let_see(
        self, request: Request, name: str, denied: tuple[str, ...], account: Account, at: Route | None
    ) -> None:
        """Expanding takes the permission for what is expanded."""
        paths = [value for param, value in request.query if param.startswith("expand[")]
        if not isinstance(at, listing.Route) or not paths or not denied:
            return
        tree = tree_of(path.removeprefix("data." if at.id is None else "") for path in paths)
        seen = {kind for object in at.endpoint.objects for kind in expanded_types(object, tree)}
        for one in denied:
            types = ENDPOINTS[one].objects if one in ENDPOINTS else (one,)
            for kind in seen.intersection(types):
                raise self._refusal(name, account, of_object(kind) or (f"rak_{kind.replace('.', '_')}_read",))

    def _refusal(self, key: str, account: Account, permissions: Permissions) -> errors.StripeError:
        return errors.not_permitted(key, account.id, permissions, self.wording, self.status)


def key_of(request: Request) -> str:
    """The key a request is signed with; empty if it is not."""
    scheme, _, credentials = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer" or not credentials:
        return credentials
    return b64decode(credentials).decode().partition(":")[0]


def _of(path: str, at: Route | None) -> Permissions:
    if isinstance(at, linked.LinkedRoute):
        return of_object(at.endpoint.object)
    return of_endpoint(path, at.endpoint if at else None)
