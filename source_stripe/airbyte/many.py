"""One sync of one account or of many, as the CDK's source reads it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace

from source_stripe.account_options import ALL
from source_stripe.accounts.book import Book
from source_stripe.accounts.round import Round
from source_stripe.airbyte.errors import unforeseen
from source_stripe.airbyte.streams import StripeStream
from source_stripe.changes.feed import PATH as EVENTS
from source_stripe.changes.thin_feed import PATH as THIN_EVENTS
from source_stripe.config import Config
from source_stripe.declaration.resource import Resource, Scope, by_account, every_version
from source_stripe.declaration.scopes import own_part
from source_stripe.records.tally import Tally
from source_stripe.runtime import Runtime
from source_stripe.state.pace import StatePace
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.key import Key
from source_stripe.sync.crew import Crew, Steps
from source_stripe.sync.given import OpenSource, Output, Selected
from source_stripe.sync.session import SyncSession
from source_stripe.waiting import until

NAMELESS = (
    "The id of the key's own account is not known, and rows of several accounts are told apart by it: let the key read "
    "/v1/account."
)


class AccountsSync:
    """The key's own account, and all others that are read beside it."""

    def __init__(
        self,
        config: Config,
        runtime: Runtime,
        output: Output,
        open_source: OpenSource,
        pace: StatePace,
        key: Key | None,
        crew: Crew,
    ) -> None:
        """`crew` reads other accounts. Raises ValueError where STRIPE_API_BASE is no address."""
        self._crew = crew
        self.config = config
        self._book = Book(output, runtime, pace, by_account=config.several)
        self._own = SyncSession(config, runtime, self._book, open_source, pace, key)
        if config.contexts:
            self._own.ask_as(config.contexts[0])
        self._round: Round | None = None
        self._elsewhere: OtherAccounts | None = None
        self.streams: list[StripeStream] = []
        self.unreadable: dict[str, StripeError] = {}
        """Streams that cannot be begun, and why."""

    def begin(self, selection: list[Selected]) -> None:
        """Ask Stripe whose data it is, and find out what there is to read."""
        own, config = self._own, self.config
        own.arrive(selection)
        self.unreadable |= own.unreadable
        selection = [one for one in selection if one.resource.name not in self.unreadable]
        # Of contexts none is the key's own account.
        account = replace(own.arrival.account, id="") if config.contexts else own.arrival.account
        opened = self._book.open(selection, account, several=config.several)
        self.unreadable |= self._book.unreadable
        mine = [one for one in opened if self._is_own(one.resource)]
        if config.several and not account.id and not config.contexts and self._reads_own:
            apart = {one.resource.name for one in mine if one.resource.scope is Scope.ACCOUNT}
            self.unreadable |= dict.fromkeys(apart, StripeError(NAMELESS, Failure.CONFIG))
            opened, mine = ([one for one in some if one.resource.name not in apart] for some in (opened, mine))
        parts = ((one, own_part(one.resource)) for one in mine)
        readers = {
            planned.resource.name: planned.readers
            for planned in own.streams([one._replace(resource=part) for one, part in parts if part])
        }
        self.unreadable |= own.unreadable
        opened = [one for one in opened if one.resource.name not in self.unreadable]
        others = [one for one in opened if self._is_of_others(one.resource)]
        elsewhere = self._others(others) if others else None
        waiting = {one.resource.name for one in others}
        if elsewhere:
            own.also_watch({name: [OthersReader(elsewhere, self._book, name)] for name in waiting})
        for one in opened:
            name = one.resource.name
            self.streams.append(
                StripeStream(
                    with_options(one.resource, config),
                    readers.get(name, []),
                    elsewhere if name in waiting else None,
                    lambda name=name: self._book.emit_last(name),  # type: ignore[misc]
                )
            )

    def close(self) -> None:
        """Cancels all pending reads."""
        if self._elsewhere:
            self._elsewhere.close()
        self._own.close()

    def log_summary(self, logger: logging.Logger) -> None:
        """What the sync did, stream by stream; requests are the user's money, as Stripe counts the reads of an
        account."""
        own = self._own
        for stream in (one for one in self.streams if one.readers):
            tally = Tally()
            for reader in stream.readers:
                tally.add(reader.tally)
            logger.info(f"{stream.name}: {tally}; requests {sum(reader.requests for reader in stream.readers)}")
        malformed = (own.source.malformed if own.source else 0) + (self._round.report.malformed if self._round else 0)
        if malformed:
            logger.warning(f"Events that were left out, as they are not as Stripe documents them: {malformed}")
        if self._round:
            self._round.report.summary()
        total, feed = own.client.requests.total(), own.client.requests[EVENTS] + own.client.requests[THIN_EVENTS]
        logger.info(f"Requests to Stripe: {total}, of these {feed} for the event feed")

    @property
    def _reads_own(self) -> bool:
        named = self.config.connected_accounts
        return not self.config.several or ALL in named or self._own.arrival.account.id in named

    def _is_own(self, resource: Resource) -> bool:
        """Whether something of a stream is read with the key's own account."""
        match resource.scope:
            case Scope.ACCOUNT:
                return self._reads_own
            case Scope.STRIPE:
                return self.config.reads_once
            case Scope.PLATFORM:
                return self.config.reads_once and not self.config.contexts

    def _is_of_others(self, resource: Resource) -> bool:
        """Whether something of a stream is read of other accounts."""
        return resource.scope is Scope.PLATFORM or (resource.scope is Scope.ACCOUNT and self.config.several)

    def _others(self, selection: list[Selected]) -> OtherAccounts:
        names = [one.resource.name for one in selection]
        self._round = Round(
            self._own,
            self._book,
            selection,
            lambda error, stream: unforeseen(error, stream).message or "",
            self._crew,
        )
        self._elsewhere = OtherAccounts(self._round, names, self._own_lacks)
        return self._elsewhere

    def _own_lacks(self, name: str) -> bool:
        """Whether a stream has nothing of the key's own account, or not all of it."""
        return not any(stream.name == name and stream.readers and not stream.failure for stream in self.streams)


class OtherAccounts:
    """Begins once every stream waits for it, so that no record comes before its stream has started."""

    def __init__(self, one_round: Round, streams: Iterable[str], own_lacks: Callable[[str], bool]) -> None:
        """`own_lacks` tells whether a stream was not read of the key's own account, or not whole."""
        self._round, self._own_lacks = one_round, own_lacks
        self._missing = {*streams}
        self._over = Future[None]()
        self._lock = threading.Lock()

    def read(self, stream: str) -> Steps:
        """As of Elsewhere."""
        with self._lock:
            is_last = self._missing == {stream}
            self._missing.discard(stream)
        if not is_last:
            yield until(self._over)
            return
        try:
            yield from self._round.steps()
        finally:
            self._end()

    def close(self) -> None:
        """Nothing more is begun, and nobody waits."""
        self._round.close()
        self._end()

    def _end(self) -> None:
        with self._lock:
            if not self._over.done():
                self._over.set_result(None)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._over.done()

    def has_failed(self, stream: str) -> bool:
        """Whether it is known already that a stream is not read whole."""
        return self._round.crash is not None or self._round.report.has_failed(stream)

    def error(self, stream: str) -> StripeError | None:
        """As of Elsewhere."""
        return self._round.missing(stream, 0 if self._own_lacks(stream) else 1)


class OthersReader:
    """What is read of a stream in other accounts, for the progress of the whole sync."""

    def __init__(self, others: OtherAccounts, book: Book, stream: str) -> None:
        self._others, self._book, self._stream = others, book, stream

    @property
    def emitted(self) -> int:
        """Records that are out."""
        return self._book.emitted[self._stream]

    @property
    def requests(self) -> int:
        """Those of a stream are known once it is over."""
        return 0

    @property
    def done(self) -> bool:
        """Whether all accounts are done."""
        return self._others.is_over

    @property
    def failed(self) -> bool:
        """Whether some account was not read whole."""
        return self._others.has_failed(self._stream)

    def snapshot(self) -> None:
        """How far it has come is told in accounts."""


def with_options(resource: Resource, config: Config) -> Resource:
    """A stream as its rows are with these options."""
    versioned = every_version(resource) if config.emit_every_version else resource
    return by_account(versioned) if config.several else versioned
