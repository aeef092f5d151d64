"""What changed, as the events tell it, and as it is now: every later pass of a stream that they tell about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import chain

from source_stripe.changes.change import Change, Told, changes, leading
from source_stripe.changes.feed import Piece
from source_stripe.changes.refetch import Now
from source_stripe.declaration.origins import Events, Listing, always, fields_of
from source_stripe.declaration.resource import Resource, Route
from source_stripe.declaration.takes import Children, Embedded, Orphans, Take, Whole
from source_stripe.records.extract import Taker
from source_stripe.records.flow import UNEVENTFUL, Rows, Seen, side_by_side, since
from source_stripe.state.checkpoint import Mark
from source_stripe.state.memory import Memory, Notes
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.expansions import needed
from source_stripe.stripe.objects import without
from source_stripe.stripe.query import stamp_of
from source_stripe.sync.plan import Shared
from source_stripe.windows import DAY, Window

EVENT_LAG_SECONDS = 600
"""How long before a window a child may have been created that an event inside it tells of."""
MOST_DELIVERED = 200_000
"""Rows remembered of a feed of several pieces; beyond that an older state of a row may follow a later one, which the
cursor tells."""


class Following:
    """Follows one resource through the events."""

    def __init__(
        self, resource: Resource, client: Client, shared: Shared, upto: int, memory: Memory, taker: Taker
    ) -> None:
        """As for a Reader, whose `taker` this is too."""
        self._resource, self._client, self._feed, self._memory = resource, client, shared.feed, memory
        self._rereads, self._ahead = shared.rereads, shared.ahead
        self._payloads, take = shared.payloads, resource.first.take
        self._asked_for = take.expanded if isinstance(take, Embedded) else ""
        self._upto, self._taker, self.tally = upto, taker, taker.tally
        self._needs: dict[Events, list[str]] = {}
        for route in resource.then:
            self._needs.setdefault(route.origin, []).extend(needed(route.take, route.origin.expand))
        self._delivered_at: dict[str, int] = {}
        """In a feed of several pieces: when what was delivered had last changed."""

    def changed(self, pieces: Iterable[Piece], fresh: int, notes: Notes | None = None) -> Rows:
        """Everything that changed in some pieces of the feed, as it is now. Raises StripeError.

        What came before the second `fresh` was read by an earlier sync; of that only what it has not delivered counts.
        `notes` are those of what was read before, which the marks are for as well.
        """
        notes = Notes(Window(0, self._upto)) if notes is None else notes
        for piece in pieces:
            for route in self._resource.then:
                told = piece.told.get(route.origin, ())
                for record in self._of_route(route, piece, told, fresh, notes):
                    self.tally.changed += 1
                    yield record
            for window in piece.closed:
                yield Mark(0, notes, window)

    def _of_route(
        self, route: Route[Events], piece: Piece, told: Sequence[Told], fresh: int, notes: Notes
    ) -> Iterator[Object]:
        if isinstance(route.take, Children):
            # A list below another object may show what is new only some time after the event that leads to it:
            # https://docs.stripe.com/api-v2-overview. So it is asked for again as long as events are.
            records = self._of_changed(route, piece, changes(told, self._names(route)), fresh, notes)
            yield from self._not_out(records, fresh, notes)
            return
        for one in told:
            notes.deliver(one.event_id, one.at)
        news = [one for one in told if not self._is_out(one)]
        if self._resource.versioned:
            yield from self._versions(route.origin, piece, news, fresh, notes)
        else:
            yield from self._of_changed(route, piece, changes(news, self._names(route)), fresh, notes)

    def _not_out(self, records: Iterable[Object], fresh: int, notes: Notes) -> Iterator[Object]:
        """Rows of lists below objects, but those that an earlier sync found there, unless the object changed since."""
        for record in records:
            key, at = self._resource.identity(record), record.get(self._resource.cursor) or 0
            if record.get("is_deleted") or at >= fresh or key not in self._memory.recent:
                yield record
            notes.deliver(key, at)

    def _is_out(self, told: Told) -> bool:
        """Whether an earlier sync has delivered what an event tells: it read the event, or the list that shows the
        object, of whose birth the event tells."""
        recent = self._memory.recent
        if told.event_id in recent:
            return True
        listed = told.at <= recent.get(str(told.thing.get("id")), -1)
        return listed and not told.deleted and not self._resource.versioned

    def _of_changed(
        self, route: Route[Events], piece: Piece, found: dict[str, Change], fresh: int, notes: Notes
    ) -> Iterator[Object]:
        match route.take:
            case Orphans():
                for change in found.values():
                    if change.deleted:
                        yield from self._taker.orphans(change, notes)
            case Children():
                yield from self._children_of_changed(route.origin, route.take, piece, found, fresh, notes)
            case _:
                if isinstance(route.take, Whole) and not self._resource.parent and not piece.whole:
                    found = self._latest(found)
                yield from self._taken(route.take, self._current(route.origin, piece, found, fresh, notes))

    def _taken(self, take: Take, flow: Iterable[Seen], since: Window | None = None) -> Iterator[Object]:
        for record in self._taker.records(take, flow, since):
            if not isinstance(record, Mark):
                yield record

    def _versions(
        self, origin: Events, piece: Piece, told: Iterable[Told], fresh: int, notes: Notes
    ) -> Iterator[Object]:
        """A row for every event, as the event shows it; and for what is new without one, as it is now."""
        for one in told:
            if one.thing.get("object") == origin.object and one.whole:
                event = {"event_id": one.event_id, "event_type": one.type, "event_api_version": one.version}
                for record in self._taken(
                    Whole(), [Seen(one.thing, one.at, notes, one.deleted, Change(one, times=[one.at]))]
                ):
                    yield record | event
        if origin.listing and not origin.announced:
            for record in self._taken(Whole(), self._unannounced(origin, origin.listing, piece.closed, {}, notes)):
                yield record | UNEVENTFUL

    def _names(self, route: Route[Events]) -> tuple[str, ...]:
        """The fields that tell an object from all others: with those in its path, where ids repeat under parents."""
        if len(self._resource.own_key) == len(self._resource.key) or not isinstance(route.take, Whole):
            return ("id",)
        return tuple(sorted(fields_of(route.origin.retrieve)))

    def _children_of_changed(
        self, origin: Events, take: Children, piece: Piece, found: dict[str, Change], fresh: int, notes: Notes
    ) -> Iterator[Object]:
        """The lists of the changed parents, which are read again where more of them is needed than leads to them."""
        for change in found.values():
            if change.deleted:
                yield from self._taker.orphans(change, notes)
        first = min((change.first for change in found.values()), default=0)
        since = Window(max(0, first - EVENT_LAG_SECONDS), self._upto + DAY) if take.immutable else None
        living = {key: change for key, change in found.items() if not change.deleted}
        if origin.announced and take.only is always and take.names <= leading(origin):
            parents = (Seen(change.thing, change.at, notes, change=change) for change in living.values())
        else:
            current = self._current(origin, piece, living, fresh, notes)
            parents = (seen for seen in current if not seen.gone)
        yield from self._taken(take, parents, since)

    def _current(
        self, origin: Events, piece: Piece, found: dict[str, Change], fresh: int, notes: Notes
    ) -> Iterator[Seen]:
        """The changed objects as they are now: from their event where that is certain, else read again, a hundred at
        a time where several were created in the window."""
        listing = origin.listing
        if listing and not origin.announced:
            yield from self._unannounced(origin, listing, piece.closed, found, notes)
        elif listing and not self._takes_payloads(origin):
            doubtful = [change for change in found.values() if not _is_the_row(change, fresh)]
            began = min((change.first for change in doubtful), default=0)
            stamps = [stamp_of(change.thing, listing.stamp) for change in doubtful]
            young = [stamp for stamp in stamps if began <= stamp]
            if len(young) > 1:
                window = Window(min(young), max(young) + 1)
                yield from self._by_the_hundred(origin, listing, window, found, notes)
        surplus = self._rereads.surplus(origin)
        for change, thing in side_by_side(
            found.values(), lambda change: self._asked(origin, change, fresh), self._ahead
        ):
            if thing:
                self._see_whole(origin.retrieve, origin)
            if not (thing and thing.hidden):
                yield self._as_now(change, thing, surplus, notes)

    def _unannounced(
        self, origin: Events, listing: Listing, windows: Iterable[Window], found: dict[str, Change], notes: Notes
    ) -> Iterator[Seen]:
        """What was created in some windows, where no event tells of it; taken out of `found` where one tells more."""
        surplus = self._rereads.surplus(origin)
        for things in chain.from_iterable(
            self._rereads.pages(self._client, origin, listing, window) for window in windows
        ):
            self._see_whole(listing.path, origin)
            for thing in things:
                change, at = found.pop(thing["id"], None), since(thing, listing, self._upto)
                notes.deliver(thing["id"], at)
                if change:
                    yield Seen(without(thing, surplus), max(at, change.at), notes, change=change)
                elif thing["id"] not in self._memory.recent and self._delivered_at.get(thing["id"], 0) <= at:
                    yield Seen(without(thing, surplus), at, notes)

    def _by_the_hundred(
        self, origin: Events, listing: Listing, window: Window, found: dict[str, Change], notes: Notes
    ) -> Iterator[Seen]:
        """Objects of `found`, taken out of it, that a list shows; as long as a page shows more than one."""
        sought = {
            key for key, change in found.items() if window.start <= stamp_of(change.thing, listing.stamp) < window.end
        }
        surplus = self._rereads.surplus(origin)
        for things in self._rereads.pages(self._client, origin, listing, window):
            self._see_whole(listing.path, origin)
            before = len(sought)
            for thing in things:
                if thing["id"] in sought:
                    sought.remove(thing["id"])
                    change = found.pop(thing["id"])
                    at = max(since(thing, listing, self._upto), change.at)
                    yield Seen(without(thing, surplus), at, notes, change=change)
            if len(sought) < 2 or before - len(sought) < 2:
                return

    def _see_whole(self, template: str, origin: Events) -> None:
        """Raises StripeError where the key may not see what the stream takes from the objects it has read again."""
        if refusal := self._client.refusal(template, self._needs[origin]):
            raise refusal

    def _latest(self, found: dict[str, Change]) -> dict[str, Change]:
        """Without what this sync has delivered in a later state already."""
        latest = self._delivered_at
        news = {key: change for key, change in found.items() if latest.get(key, 0) <= change.at}
        if len(latest) < MOST_DELIVERED:
            latest.update((key, change.at) for key, change in news.items())
        return news

    def _takes_payloads(self, origin: Events) -> bool:
        """Whether events are taken for the rows; none shows what is inside an object only where it is asked for."""
        return self._payloads and self._asked_for not in origin.expand

    def _asked(self, origin: Events, change: Change, fresh: int) -> Future[Now] | None:
        """One changed object; nothing where it need not be read again."""
        enough = self._takes_payloads(origin) and change.at >= fresh and not change.tied
        if _is_the_row(change, fresh) or (change.latest.whole and (enough or self._taker.is_orphan(change))):
            return None
        self.tally.read_again += 1
        return self._rereads.object(self._client, origin, change.thing)

    def _as_now(self, change: Change, now: Now | None, surplus: frozenset[str], notes: Notes) -> Seen:
        if now is None:
            return Seen(change.thing, change.at, notes, change.deleted, change)
        if now.thing is None:
            return Seen(self._feed.payload(change.latest), change.at, notes, gone=True, change=change)
        return Seen(without(now.thing, surplus), change.at, notes, change=change)


def _is_the_row(change: Change, fresh: int) -> bool:
    """Whether the event shows the row; one that appeared late may be older than what was delivered already."""
    return change.is_the_row and change.at >= fresh
