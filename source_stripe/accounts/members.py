"""Who is read: the accounts that a configuration names, and those that are connected to the platform."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Semaphore
from typing import NamedTuple

import orjson

from source_stripe.account_options import ALL
from source_stripe.config import Config
from source_stripe.declaration.origins import Listing
from source_stripe.declaration.resource import Resource, Scope
from source_stripe.declaration.scopes import connected_part, own_part
from source_stripe.listing.shared_list import ListPage, SharedList
from source_stripe.runtime import Cancelled
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import StripeError
from source_stripe.stripe.query import stamp_of
from source_stripe.waiting import Wait
from source_stripe.windows import DAY, Wanted, Window

PATH = "/v1/accounts"


@dataclass(frozen=True)
class Member:
    """An account that is read beside the key's own."""

    id: str
    path: str
    """What is sent for it: its id, or a context that ends with it."""
    platform: str = ""
    """What is sent for the platform that it is connected to; empty for the key's own account."""
    is_connected: bool = True
    """Whether it was found among those of the platform, which has rows of it."""
    is_whole: bool = True
    """Whether all streams are read of it, and not only what the platform has of it."""
    body: bytes = b""
    """The account as its platform's list shows it, compressed; empty where it is not kept."""
    created: int = 0
    """The second it was created at, as that list shows it; 0 where it does not."""
    may_be_new: bool = False
    """Whether it was created so late that an earlier sync may have come before what lies under it showed."""

    @property
    def kind(self) -> tuple[bool, bool]:
        """What says which streams it has."""
        return self.is_connected, self.is_whole

    def part(self, resource: Resource) -> Resource | None:
        """What is read of it for a stream; None where there is nothing."""
        match resource.scope:
            case Scope.ACCOUNT:
                return resource if self.is_whole else None
            case Scope.STRIPE:
                return None
            case Scope.PLATFORM:
                if not self.is_connected:
                    return own_part(resource)
                return connected_part(resource, self.id, may_be_new=self.may_be_new)

    def listed(self) -> Object | None:
        """The account as it was listed, if that is kept."""
        if not self.body:
            return None
        obj: Object = orjson.loads(zlib.decompress(self.body))
        return obj


class Unlisted(NamedTuple):
    """The accounts of a platform cannot be listed."""

    platform: str
    """Empty for the key's own account."""
    error: StripeError


def packed(obj: Object) -> bytes:
    """An account for `Member.body`: thousands of them wait until they are read."""
    return zlib.compress(orjson.dumps(obj), 1)


class Members:
    """Finds them, page by page."""

    def __init__(self, config: Config, client: Client, own: str, now: int, budget: Semaphore) -> None:
        """`own` is the id of the key's own account; `budget` is for pages that wait."""
        self._config, self._client, self._own, self._now, self._budget = config, client, own, now, budget
        self.is_complete = True
        """Whether every list of accounts was read to its end."""
        self._list: SharedList[ListPage] | None = None
        self._is_cancelled = False

    def cancel(self) -> None:
        """Nobody wants the rest; `all` ends with Cancelled. May be called from any thread."""
        self._is_cancelled = True
        if shared := self._list:
            shared.cancel()

    def all(self, *, for_platform: bool) -> Iterator[Member | Unlisted | Wait]:
        """Those to read, each once, why some could not be found, and a `Wait` where the list goes on later.

        With `for_platform` there are streams of the platform, whose accounts are wanted, whichever are named.
        """
        contexts = self._config.contexts
        named = [one for one in self._config.connected_accounts if one not in (ALL, self._own)]
        seen: set[str] = set()
        for platform in [one for one in contexts if "/" not in one] if contexts else [""]:
            if for_platform or (ALL in self._config.connected_accounts):
                for found in self._connected(platform, named):
                    if not isinstance(found, Member):
                        yield found
                    elif found.id not in seen:
                        seen.add(found.id)
                        yield found
        for path in contexts or named:
            id = path.rpartition("/")[2]
            if id not in seen:
                yield Member(id, path, path, is_connected=False)

    def _connected(self, platform: str, named: Iterable[str]) -> Iterator[Member | Unlisted | Wait]:
        """The accounts that are connected to a platform."""
        client = self._client.of(platform) if platform else self._client
        contexts, wanted, every = {*self._config.contexts}, {*named}, ALL in self._config.connected_accounts
        try:
            for obj in self._listed(client):
                if isinstance(obj, Wait):
                    yield obj
                    continue
                id = str(obj.get("id") or "")
                path = f"{platform}/{id}" if platform else id
                whole = path in contexts or id in contexts if contexts else every or id in wanted
                if id and id != self._own:
                    yield Member(id, path, platform, is_whole=whole, body=packed(obj), created=stamp_of(obj, "created"))
        except StripeError as error:
            self.is_complete = False
            yield Unlisted(platform, error)

    def _listed(self, client: Client) -> Iterator[Object | Wait]:
        """Every account of the list, or those created in a stretch, read side by side. Raises StripeError."""
        end = self._now + DAY
        start, until = self._config.accounts_created or (0, end)
        wanted = {PATH: [Wanted(Window(start, min(until, end)))]}
        self._list = shared = SharedList(
            client, Listing(PATH), wanted, end, self._budget, lambda page: [page], beyond=end
        )
        if self._is_cancelled:
            raise Cancelled
        try:
            for page in shared.pages(PATH):
                if isinstance(page, Wait):
                    yield page
                else:
                    yield from page.objects
        finally:
            shared.unsubscribe(PATH)
