"""The reasons to read a stream: a pass each, which plans what it reads, reads it, and moves its own position alone.

What a later sync does is the passes of its kind, in `PASSES`; to add a kind is to add it there, with its pass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from source_stripe.declaration.resource import Accrue, Follow, ListNew, Relist, Resource
from source_stripe.declaration.takes import Children
from source_stripe.listing.shared_list import ListPage, SharedList
from source_stripe.records.extract import fingerprint
from source_stripe.records.flow import RecordsAndCheckpoints
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import WindowCursor
from source_stripe.state.memory import MemoryDelta
from source_stripe.stripe.query import moment
from source_stripe.sync.change_reader import ChangeReader
from source_stripe.sync.list_reader import ListReader
from source_stripe.waiting import Wait
from source_stripe.windows import DAY, Wanted, Window, merge


class Repeats(NamedTuple):
    """What the user wants read again beside all else."""

    start: int
    """The start date, in Unix seconds."""
    recheck_days: int = 0
    everything: bool = False


class Readers(NamedTuple):
    """What a pass reads with."""

    resource: Resource
    cursor: WindowCursor
    lists: ListReader
    changes: ChangeReader


class Pass(ABC):
    """One reason to read a stream."""

    name: ClassVar[str]
    reaches_beyond: ClassVar[bool] = False
    """Whether its newest window holds what is created in the future of a test clock, too."""

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        """What it has to read of the list of the stream."""
        return ()

    @classmethod
    def follows(cls, resource: Resource, cursor: WindowCursor) -> bool:
        """Whether it has changes to read that events tell."""
        return False

    def __init__(self, readers: Readers, shared: SharedList[ListPage] | None) -> None:
        """`shared` is the list that holds its windows, which other streams may read too."""
        self.resource, self.cursor, self.lists, self.changes = readers
        self.shared = shared
        self.is_following = self.follows(self.resource, self.cursor)

    @abstractmethod
    def rows(self) -> RecordsAndCheckpoints:
        """Its records, and between them checkpoints, and a `Wait` where nothing is there yet. Raises StripeError."""

    @abstractmethod
    def advance(self, checkpoint: Checkpoint) -> None:
        """All records before a checkpoint are in the queue."""

    def leave(self) -> None:
        """It reads no more; those who share its lists must not wait for it."""
        if self.shared:
            self.shared.unsubscribe(self.resource.name)
        if self.is_following:
            self.changes.source.leave(self.resource.name)

    def _pages(self) -> Iterator[ListPage | Wait]:
        return self.shared.pages(self.resource.name) if self.shared else iter(())


class Backfill(Pass):
    """The backfill: everything since the start date."""

    name = "listing"
    reaches_beyond = True

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        return cursor.backfill_gaps

    def rows(self) -> RecordsAndCheckpoints:
        return self.lists.listed(self._pages(), self.cursor.stamp)

    def advance(self, checkpoint: Checkpoint) -> None:
        self.cursor.advance_backfill(checkpoint)


class FollowChanges(Pass):
    """What events tell."""

    name = "following"

    @classmethod
    def follows(cls, resource: Resource, cursor: WindowCursor) -> bool:
        return bool(cursor.incremental_gaps and resource.routes)

    def __init__(self, readers: Readers, shared: SharedList[ListPage] | None) -> None:
        super().__init__(readers, shared)
        self._unread_from = self.cursor.unread_from

    def rows(self) -> RecordsAndCheckpoints:
        return self._changed()

    def _changed(self, delta: MemoryDelta | None = None) -> RecordsAndCheckpoints:
        return self.changes.changed(self.changes.source.batches(self.resource.name), self._unread_from, delta)

    def advance(self, checkpoint: Checkpoint) -> None:
        self.cursor.advance_changes(checkpoint)


class ListCreated(Pass):
    """What was created since, where no events tell of it."""

    name = "created"

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        return [Wanted(window) for window in cursor.incremental_gaps]

    def rows(self) -> RecordsAndCheckpoints:
        """But for what was delivered before."""
        recent, tally = self.lists.memory.recent, self.lists.tally
        for record in self.lists.listed(self._pages()):
            if isinstance(record, dict) and self.resource.identity(record) in recent:
                tally.delivered_before += 1
                tally.listed -= 1
            else:
                yield record

    def advance(self, checkpoint: Checkpoint) -> None:
        self.cursor.advance_changes(checkpoint)


class RecheckMatured(Pass):
    """Rows whose time has come, which change without an event."""

    name = "matured"

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        return [Wanted(window) for window in merge(one.span for one in cursor.due)]

    def __init__(self, readers: Readers, shared: SharedList[ListPage] | None) -> None:
        super().__init__(readers, shared)
        self._due = self.cursor.due

    def rows(self) -> RecordsAndCheckpoints:
        """Those that changed when their time came; one checkpoint, at the end."""
        matures, delta = self.resource.matures, MemoryDelta(Window(0, self.lists.end))
        for record in self.lists.listed(self._pages()):
            if not isinstance(record, dict):
                if isinstance(record, Wait):
                    yield record
                continue
            at = record.get(matures.at) if matures else None
            if at and any(one.first <= at <= one.last for one in self._due):
                self.lists.tally.read_again += 1
                if matures and record.get(matures.field) == matures.value:
                    delta.await_change(at, record["created"])
                yield record
        yield Checkpoint(0, delta, delta.window)

    def advance(self, checkpoint: Checkpoint) -> None:
        self.cursor.recheck_done(self._due, checkpoint.delta)


class Diff(Pass):
    """All of a list that may have changed, and no event tells."""

    name = "relisting"

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        return _whole(cursor)

    def rows(self) -> RecordsAndCheckpoints:
        """What is other in the list than it was, and as deleted what is no longer in it."""
        resource, lists, take = self.resource, self.lists, self.resource.first.take
        delta, tally = MemoryDelta(Window(0, lists.end)), lists.tally
        since = lists.comparable if isinstance(take, Children) and take.back_days else None
        known = {key: shape for key, shape in lists.memory.fingerprints.items() if lists.is_comparable(key)}
        for record in lists.listed(self._pages(), since=since):
            if not isinstance(record, dict):
                if isinstance(record, Wait):
                    yield record
                continue
            key = resource.identity(record)
            shape = fingerprint(record, resource.added)
            if shape == delta.fingerprints.get(key, known.get(key)):
                tally.listed -= 1
                tally.delivered_before += 1
            else:
                if key in known and resource.stamped:
                    record[resource.cursor] = lists.end
                yield record
            delta.fingerprints[key] = shape
        yield from lists.extractor.vanished(lists.missing(known.keys() - delta.fingerprints.keys()), lists.end)
        yield Checkpoint(0, delta, delta.window)

    def advance(self, checkpoint: Checkpoint) -> None:
        self.cursor.finish_diff(checkpoint)


class AskParents(FollowChanges):
    """What was added since under every parent, and then what events tell: only after both is anything closed."""

    name = "accruing"

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        return _whole(cursor)

    def __init__(self, readers: Readers, shared: SharedList[ListPage] | None) -> None:
        super().__init__(readers, shared)
        passed = self.cursor.incremental_gaps
        self._since = Window(passed[0].start if passed else self.cursor.end, self.cursor.end)

    def rows(self) -> RecordsAndCheckpoints:
        delta = MemoryDelta(Window(0, self.lists.end))
        yield from self._added(delta)
        if self.is_following:
            yield from self._changed(delta)
        else:
            yield Checkpoint(0, delta, self._since)

    def _added(self, delta: MemoryDelta) -> RecordsAndCheckpoints:
        """What was added since, but what was delivered before."""
        lists, take = self.lists, self.resource.first.take
        for record in lists.extractor.records(take, lists.walk(self._pages(), None), self._since):
            if isinstance(record, Wait):
                yield record
                continue
            if isinstance(record, Checkpoint):
                lists.note_out()
                continue
            key = self.resource.identity(record)
            delta.deliver(key, moment(record, "created"))
            if key in lists.memory.recent:
                lists.tally.delivered_before += 1
            else:
                lists.tally.listed += 1
                yield record


class Repeat(Pass):
    """What the user wants listed again beside all else; a backfill lists everything anyway."""

    name = "again"

    @classmethod
    def windows(cls, resource: Resource, cursor: WindowCursor, repeats: Repeats) -> Sequence[Wanted]:
        if not resource.cursor or not cursor.incremental_gaps or cursor.backfill_gaps:
            return ()
        end, days = cursor.end, repeats.recheck_days if resource.routes else 0
        start = repeats.start if repeats.everything else max(repeats.start, end - days * DAY)
        return [Wanted(Window(start, end))] if start < end else ()

    def rows(self) -> RecordsAndCheckpoints:
        return self.lists.listed(self._pages(), self.cursor.end - 1)

    def advance(self, checkpoint: Checkpoint) -> None:
        """It moves nothing."""


PASSES: Mapping[type, tuple[type[Pass], ...]] = {
    Follow: (FollowChanges,),
    ListNew: (ListCreated, RecheckMatured),
    Relist: (Diff,),
    Accrue: (AskParents,),
    type(None): (),
}
"""By the kind of a later sync: its passes."""


def passes_of(resource: Resource) -> tuple[type[Pass], ...]:
    """Every pass that a stream may need: the first, those of its kind, and what the user wants again."""
    return (Backfill, *PASSES[type(resource.later)], Repeat)


def _whole(cursor: WindowCursor) -> list[Wanted]:
    """All of a list since the start date, if any time has passed since the last sync."""
    return [Wanted(Window(cursor.memory.start or 0, cursor.end))] if cursor.incremental_gaps else []
