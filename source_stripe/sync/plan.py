"""What each stream has to read in a sync: its passes, and the lists that they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Semaphore
from typing import NamedTuple

from source_stripe.changes.source import FeedConsumer
from source_stripe.declaration.origins import Listing
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Embedded
from source_stripe.listing.shared_list import ListPage, SharedList
from source_stripe.records.extract import RecordExtractor
from source_stripe.records.tally import Tally
from source_stripe.state.cursor import WindowCursor
from source_stripe.stripe.client import Client
from source_stripe.stripe.expansions import needed
from source_stripe.sync.change_reader import ChangeReader
from source_stripe.sync.changed_objects import SyncContext
from source_stripe.sync.list_reader import ListReader
from source_stripe.sync.passes import Pass, Readers, Repeats, passes_of
from source_stripe.windows import FOREVER, Wanted, Window

Chosen = tuple[Resource, WindowCursor]
"""A stream, or a member of a union, and where it stands."""


def consumers(chosen: Sequence[Chosen], *, payloads: bool) -> list[FeedConsumer]:
    """Who wants which changes; with `payloads` events are taken for the rows."""
    return [
        FeedConsumer(
            resource.name,
            route.origin,
            window,
            _before(resource, route.take),
            (payloads and not route.origin.thin) or resource.versioned,
        )
        for resource, cursor in chosen
        for window in cursor.incremental_gaps
        for route in resource.routes
    ]


class _Key(NamedTuple):
    """What streams must have in common to share a list."""

    account: str
    listing: Listing
    kind: type[Pass]
    end: int
    windows: tuple[Window, ...]
    """Of a list that takes no times: it is read from its top for whatever window, so only who wants the same shares
    it."""


@dataclass
class _Share:
    """A list that one or several streams read."""

    client: Client
    members: dict[str, tuple[Resource, Sequence[Wanted]]] = field(default_factory=dict)


class Plan:
    """The passes of every stream, over lists that are read once for all of them."""

    def __init__(
        self,
        chosen: Sequence[Chosen],
        clients: Mapping[str, Client],
        repeats: Repeats,
        longest_seconds: int,
        budget: Semaphore,
    ) -> None:
        """`clients` are by stream; no window that is handed out is longer than `longest_seconds`; `budget` is for the
        pages of all lists together that wait for those who want them."""
        self._longest, self._budget, self._clients = longest_seconds, budget, clients
        shares: dict[_Key, _Share] = {}
        for resource, cursor in chosen:
            for kind in passes_of(resource):
                if windows := kind.windows(resource, cursor, repeats):
                    self._join(shares, resource, cursor, kind, windows)
        self._lists: dict[tuple[str, type[Pass]], SharedList[ListPage]] = {}
        for key, share in shares.items():
            shared = self._open(key, share)
            self._lists |= {(name, key.kind): shared for name in share.members}

    @property
    def lists(self) -> list[SharedList[ListPage]]:
        """Every list that is to be read."""
        return list(dict.fromkeys(self._lists.values()))

    def passes(self, resource: Resource, cursor: WindowCursor, context: SyncContext, tally: Tally) -> list[Pass]:
        """What there is to read of one stream; what is done is counted in `tally`."""
        kinds = passes_of(resource)
        lists = [shared for kind in kinds if (shared := self._lists.get((resource.name, kind)))]
        extra = frozenset(name for shared in lists for name in shared.expand) - {*resource.first.origin.expand}
        client, end, memory = self._clients[resource.name], cursor.end, cursor.memory
        extractor = RecordExtractor(resource, client, context.ahead, end, memory, tally)
        readers = Readers(
            resource,
            cursor,
            ListReader(resource, client, end, memory, extractor, extra),
            ChangeReader(resource, client, context, end, memory, extractor, cursor.partly_out),
        )
        return list(self._needed(readers, kinds))

    def _needed(self, readers: Readers, kinds: Sequence[type[Pass]]) -> Iterator[Pass]:
        for kind in kinds:
            shared = self._lists.get((readers.resource.name, kind))
            if shared or kind.follows(readers.resource, readers.cursor):
                yield kind(readers, shared)

    def _join(
        self,
        shares: dict[_Key, _Share],
        resource: Resource,
        cursor: WindowCursor,
        kind: type[Pass],
        windows: Sequence[Wanted],
    ) -> None:
        listing, client = resource.first.origin, self._clients[resource.name]
        # What is one object is the same at all times.
        wanted = [Wanted(Window(0, FOREVER))] if listing.single else windows
        end = 0 if listing.single else cursor.end
        same = () if listing.takes_times else tuple(one.window for one in wanted)
        key = _Key(client.account, replace(listing, expand=()), kind, end, same)
        shares.setdefault(key, _Share(client)).members[resource.name] = (resource, wanted)

    def _open(self, key: _Key, share: _Share) -> SharedList[ListPage]:
        """The list with all that its members expand."""
        resources = [resource for resource, _ in share.members.values()]
        expand = dict.fromkeys(name for resource in resources for name in resource.first.origin.expand)
        return SharedList(
            share.client,
            replace(resources[0].first.origin, expand=tuple(expand)),
            {name: wanted for name, (_, wanted) in share.members.items()},
            self._longest,
            self._budget,
            lambda page: [page],
            beyond=key.end if key.kind.reaches_beyond else 0,
            needs={one.name: needed(one.first.take, one.first.origin.expand) for one in resources},
        )


def _before(resource: Resource, take: object) -> str:
    """The field whose earlier content tells what left the stream: the list, or the link to the parent."""
    if isinstance(take, Embedded):
        return take.field.partition(".")[0]
    return resource.parent.field if resource.parent else ""
