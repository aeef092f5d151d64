"""One account while it is read: its session, its passes, and how each stream ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from source_stripe.accounts.absent import absent
from source_stripe.accounts.book import AccountOutput
from source_stripe.accounts.members import Member
from source_stripe.accounts.report import Report
from source_stripe.records.tally import Tally
from source_stripe.state.cursor import emit_last_of
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.sync.crew import Steps
from source_stripe.sync.given import Selected
from source_stripe.sync.passes import Pass
from source_stripe.sync.session import Planned, SyncSession
from source_stripe.sync.stream_reader import Outcome, StreamReader

Explain = Callable[[Exception, str], str]
"""Makes a sentence of what went wrong with a stream that should not."""


class Reading:
    """Made by the thread that decides, which calls all but the works."""

    def __init__(
        self,
        member: Member,
        session: SyncSession,
        output: AccountOutput,
        selection: list[Selected],
        report: Report,
        explain: Explain,
    ) -> None:
        self.member, self._session, self._output = member, session, output
        self._report, self._explain = report, explain
        self._clock = session.runtime.monotonic
        self._begun = self._clock()
        self._failed: set[str] = set()
        self._new = {one.resource.name for one in selection if one.incremental and not one.state}
        self._absent: set[str] = set()
        """New streams that the account cannot have."""
        self._planned: list[Planned] = session.streams(selection)
        self._unions = {one.resource.name for one in self._planned if len(one.readers) > 1}
        """Streams of which the account may have a part."""
        share_outcomes(self._planned)
        for stream, error in session.unreadable.items():
            self._fail(stream, error)

    def works(self) -> list[Steps]:
        """What there is to do, side by side."""
        return [
            self._make(reader, one) for planned in self._planned for reader in planned.readers for one in reader.begin()
        ]

    def end(self) -> None:
        """All of it was done."""
        streams: dict[str, tuple[Tally, int]] = {}
        for planned in self._planned:
            tally, requests = Tally(), 0
            for reader in planned.readers:
                tally.add(reader.tally)
                requests += reader.requests
            emit_last_of([reader.cursor for reader in planned.readers])
            streams[planned.resource.name] = tally, requests
        for stream in self._absent:
            self._output.state(stream, absent(self._session.end))
        if self._session.source:
            self._report.malformed += self._session.source.malformed
        self._session.close()
        self._report.read(self.member.id, streams, self._clock() - self._begun)

    def cancel(self) -> None:
        """Nobody wants the rest."""
        self._session.close()

    def _make(self, reader: StreamReader, one: Pass) -> Steps:
        try:
            yield from reader.read(one)
        except StripeError as error:
            self._fail(reader.stream, error)
        except Exception as error:
            self._fail(reader.stream, StripeError(self._explain(error, reader.stream), Failure.SYSTEM))

    def _fail(self, stream: str, error: StripeError) -> None:
        """One error says it all."""
        if stream not in self._failed:
            self._failed.add(stream)
            if error.denied and stream in self._new and stream not in self._unions:
                self._absent.add(stream)
            self._report.failed(self.member.id, stream, error)


def share_outcomes(planned: Iterable[Planned]) -> None:
    """The members of a union end together."""
    for one in planned:
        outcome = Outcome()
        for reader in one.readers:
            reader.outcome = outcome
