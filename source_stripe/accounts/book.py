"""What the state of each stream says of every account: opened when a sync begins, kept while accounts are read, and
printed when that is worth its bytes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from source_stripe.account import Account
from source_stripe.accounts.absent import absent_until
from source_stripe.accounts.pace import SharedPace
from source_stripe.declaration.resource import ACCOUNT_ID, Resource, Scope
from source_stripe.declaration.scopes import own_member, own_part
from source_stripe.runtime import Runtime
from source_stripe.state.accounts import AccountStates, groups, without_block, written
from source_stripe.state.pace import StatePace, size_of
from source_stripe.state.resume import OtherAccountError
from source_stripe.state.wire import MEMBERS, NOTHING_KEPT, load_memory, of_member
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.sync.given import Output, Selected

Blob = Mapping[str, Any]


class Book(Output):
    """Takes what the key's own account brings; `of` takes what another does. May be used from many threads."""

    def __init__(self, output: Output, runtime: Runtime, pace: StatePace, *, by_account: bool = False) -> None:
        """With `by_account` rows say which account they are of."""
        self._output, self._by_account = output, by_account
        self.accounts = AccountStates(())
        self.lock = threading.Lock()
        """Of `accounts`."""
        self.unreadable: dict[str, StripeError] = {}
        """Streams whose states cannot be understood."""
        self.whole_until: int | None = None
        """The second up to which every account is read, once that is certain."""
        self._pace = SharedPace(pace, runtime.monotonic)
        self._account = Account()
        self._own: dict[str, Blob] = {}
        self._dirty: set[str] = set()
        self._untold: set[str] = set()
        """Streams that no state was given for, nor printed."""
        self._locks: dict[str, threading.Lock] = {}
        self._resources: dict[str, Resource] = {}
        """Those that have states."""
        self.emitted: Counter[str] = Counter()
        """Records of other accounts that are out, by stream; off by the odd one where threads meet."""
        self._told_apart: set[str] = set()
        """Streams whose rows say which account they are of."""

    # When a sync begins.

    def open(self, selection: Sequence[Selected], account: Account, *, several: bool) -> list[Selected]:
        """The selection with what its states say of the key's own account; what they say of others is kept here.

        `account` is the own one; with `several` others are read beside it, so that a state of one of these is not a
        mistake.
        """
        self._account = account
        if self._by_account:
            self._told_apart = {one.resource.name for one in selection if one.resource.scope is Scope.ACCOUNT}
        self._resources = {one.resource.name: one.resource for one in selection if one.incremental}
        self._untold = {one.resource.name for one in selection if one.incremental and not one.state}
        self._locks = {name: threading.Lock() for name in self._resources}
        names, rows, opened = list(self._resources), dict[str, list[str | None]](), list[Selected]()
        for one in selection:
            if not one.incremental:
                opened.append(one._replace(state=None))
                continue
            try:
                own, others = self._split(one.resource, one.state or {}, several=several)
            except OtherAccountError as error:
                self.unreadable[one.resource.name] = _refusal(one.resource, error)
                continue
            except ValueError as error:
                sentence = f"cannot be understood: {error}. Reset the stream to sync it anew."
                self.unreadable[one.resource.name] = _unusable(one.resource, sentence)
                continue
            number, texts = names.index(one.resource.name), dict[int, str]()
            for other, blob in others.items():
                text = texts.get(id(blob)) or texts.setdefault(id(blob), written(blob))
                rows.setdefault(other, [None] * len(names))[number] = text
            self._own[one.resource.name] = own
            opened.append(one._replace(state=own))
        self.accounts = AccountStates(names)
        while rows:
            other, states = rows.popitem()
            self.accounts.move(other, tuple(states))
        return opened

    def _split(self, resource: Resource, blob: Blob, *, several: bool) -> tuple[Blob, dict[str, Blob]]:
        """What a state says of the own account, and of each other. Raises ValueError."""
        others = {account: state for state, ids in groups(blob) for account in ids}
        top = without_block(blob)
        whose = load_memory(of_member(top, next(iter(top[MEMBERS]))) if top.get(MEMBERS) else top).account
        mine = self._account
        is_another = bool(whose.id and mine.id and whose.id != mine.id)
        if mine.id in others:
            before, top, whose = top, dict(others.pop(mine.id)), Account("", whose.live)
            if is_another and resource.scope is Scope.ACCOUNT:
                others[load_memory(before).account.id] = unnamed(before)
        elif is_another and several:
            if resource.scope is Scope.ACCOUNT:
                others[whose.id] = unnamed(top)
            top, whose = {}, Account("", whose.live)
        if absent_until(top) is not None:
            top = {}
        if whose.differs_from(mine):
            raise OtherAccountError(f"is of {whose}, and the key reads {mine}")
        if resource.scope is Scope.PLATFORM:
            top = of_member(top, own_member(resource)) if own_part(resource) else {}  # type: ignore[assignment]
        return top, others

    # What comes.

    def records(self, stream: str, records: Sequence[Object], /) -> int:
        """Records of the own account."""
        return self.take(self._account.id, stream, records)

    def state(self, stream: str, state: Blob, /) -> None:
        """How far the own account has come."""
        if stream not in self._locks:
            self._output.state(stream, state)
            return
        self._own[stream] = state
        with self._locks[stream]:
            self._dirty.add(stream)
            if self._speaks_of_others(stream):
                self._emit_at_times(stream)
            else:
                self._emit(stream)

    def estimate(self, stream: str, rows: int, /) -> None:
        self._output.estimate(stream, rows)

    def of(self, account: str) -> AccountOutput:
        """Takes what another account brings."""
        return AccountOutput(self, account)

    def put(self, account: str, stream: str, state: Blob) -> None:
        """A stream of another account has come so far; all that vouches for is in the queue."""
        if state == NOTHING_KEPT:
            return
        with self.lock:
            self.accounts.put(account, stream, state)
            self._dirty.add(stream)
        self.emit_due()

    def move(self, account: str, states: tuple[str | None, ...]) -> None:
        """All streams of another account have come so far."""
        with self.lock:
            self._dirty.update(self.accounts.move(account, states))

    def drop(self, account: str) -> None:
        """Another account is gone for good."""
        with self.lock:
            self.accounts.drop(account)
            self._dirty.update(self._resources)

    def take(self, account: str, stream: str, records: Sequence[Object]) -> int:
        """Records of an account. Gives their bytes."""
        if stream in self._told_apart:
            for record in records:
                record[ACCOUNT_ID] = account
        size = self._output.records(stream, records)
        self._pace.add_records(size)
        return size

    # What goes out.

    def emit_first(self, streams: Iterable[str]) -> None:
        """Prints a state of those streams that have none yet, so that it comes before the first record."""
        for stream in self._untold.intersection(streams):
            with self._locks[stream]:
                self._emit(stream)

    def emit_due(self) -> None:
        """Prints the states that have something new to say, where that is worth their bytes; looks now and then."""
        if not self._pace.is_due():
            return
        for stream in [*self._dirty]:
            with self._locks[stream]:
                self._emit_at_times(stream)

    def emit_last(self, stream: str) -> None:
        """Prints the last state of a stream."""
        if stream not in self._locks:
            self._output.state(stream, NOTHING_KEPT)
            return
        with self._locks[stream]:
            if self._speaks_of_others(stream) or stream not in self._own or stream in self._dirty:
                self._emit(stream)

    def _speaks_of_others(self, stream: str) -> bool:
        resource = self._resources[stream]
        return bool(len(self.accounts)) or resource.scope is Scope.PLATFORM

    def _emit_at_times(self, stream: str) -> None:
        if stream in self._dirty and self._pace.allows(stream):
            self._emit(stream, only_if_allowed=True)

    def _emit(self, stream: str, *, only_if_allowed: bool = False) -> None:
        with self.lock:
            self._dirty.discard(stream)
            self._untold.discard(stream)
            state = self._joined(stream)
        size = size_of(state)
        if only_if_allowed:
            # Before it was measured it was taken for a small one.
            self._pace.measured(stream, size)
            if not self._pace.allows(stream):
                self._dirty.add(stream)
                return
        self._output.state(stream, state)
        self._pace.emitted(stream, size)

    def _joined(self, stream: str) -> dict[str, Any]:
        block = self.accounts.pack(stream)
        resource, own = self._resources[stream], dict(self._own.get(stream, {}))
        if resource.scope is not Scope.PLATFORM:
            return own | block
        same = block["accounts"]["same"] if block else []
        positions = [state.get(resource.cursor) for state, _ in same]
        if own_part(resource):
            positions.append(own.get(resource.cursor))
        elif not positions:
            positions = [self.whole_until]
        # For people, and to tell whose state it is.
        top: dict[str, Any] = {} if None in positions else {resource.cursor: min(filter(None, positions))}
        if not own_part(resource):
            top |= {"account": self._account.id} if self._account.id else {}
            top |= {"livemode": self._account.live} if self._account.live is not None else {}
        return top | own | block


class AccountOutput(Output):
    """Where what one account brings goes."""

    def __init__(self, book: Book, account: str) -> None:
        self._book, self._account = book, account

    def records(self, stream: str, records: Sequence[Object], /) -> int:
        self._book.emitted[stream] += len(records)
        return self._book.take(self._account, stream, records)

    def state(self, stream: str, state: Blob, /) -> None:
        self._book.put(self._account, stream, state)

    def estimate(self, stream: str, rows: int, /) -> None:
        """What one of many has is not what the stream has."""


def unnamed(blob: Blob) -> Blob:
    """A state without the account that it is of, which stands beside it."""
    bare = {name: value for name, value in blob.items() if name != "account"}
    if isinstance(members := bare.get(MEMBERS), Mapping):
        bare[MEMBERS] = {number: unnamed(state) for number, state in members.items()}
    return bare


def _refusal(resource: Resource, error: OtherAccountError) -> StripeError:
    return _unusable(
        resource,
        f"{error}. Rows of two accounts do not belong in one table: use the key that the state was written with, or "
        "reset the stream to sync it anew.",
    )


def _unusable(resource: Resource, what: str) -> StripeError:
    return StripeError(f"The state of the stream {resource.name} {what}", Failure.CONFIG)
