"""One round over many accounts: asks each whether anything has happened, lets those rest where nothing has, and reads
the others, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from source_stripe.account_options import ALL
from source_stripe.accounts.absent import absent_until
from source_stripe.accounts.book import Book
from source_stripe.accounts.departed import drop_departed
from source_stripe.accounts.inbox import Inbox
from source_stripe.accounts.members import Member, Members, Unlisted
from source_stripe.accounts.reading import Explain, Reading
from source_stripe.accounts.report import Report
from source_stripe.accounts.sessions import Sessions
from source_stripe.accounts.standing import Kept, Standing, standing
from source_stripe.accounts.turns import Turns
from source_stripe.changes.feed import PATH as EVENTS
from source_stripe.declaration.resource import Scope
from source_stripe.declaration.scopes import is_told
from source_stripe.limits import MOST_PASSES, MOST_PROBES
from source_stripe.runtime import Cancelled
from source_stripe.state.accounts import States
from source_stripe.stripe.arrival import may_follow
from source_stripe.stripe.errors import Failure, Kind, StripeError
from source_stripe.stripe.query import Endpoint, Page, Query
from source_stripe.sync.crew import Crew, Steps
from source_stripe.sync.given import Selected
from source_stripe.sync.session import SyncSession
from source_stripe.waiting import Wait
from source_stripe.windows import Window

MOST_STANDINGS = 5_000
"""States that many accounts may share, of which it is kept what they mean."""


class Round:
    """Made before anything is read; `steps` are a job of the crew."""

    def __init__(
        self,
        own: SyncSession,
        book: Book,
        selection: list[Selected],
        explain: Explain,
        crew: Crew,
    ) -> None:
        """`own` is the session that reads the key's own account; `selection` are the streams that other accounts
        have; `crew` reads them."""
        self._own, self._book, self._selection, self._explain = own, book, selection, explain
        self._crew = crew
        self._config = own.config
        self.report = Report(own.runtime.monotonic)
        account = "" if self._config.contexts else own.arrival.account.id
        self._members = Members(self._config, own.client, account, own.arrival.now, own.budget)
        self._sessions = Sessions(own, self.report.note)
        self._inbox = Inbox()
        self._is_listed = self._awaits_list = False
        """Whether all accounts are known, and whether more of them are about to be."""
        self._probes = self._running = 0
        """Accounts that were asked, and passes that are made."""
        self._left: dict[Reading, int] = {}
        self._turns = Turns()
        self._standings: dict[tuple[tuple[bool, bool], States], Standing] = {}
        self._quiet_until = own.end - self._config.quiet_hours * 3_600
        """What is known up to then only is asked for again, though no event tells of it."""
        self._is_closed = False
        self.crash: Exception | None = None

    def steps(self) -> Steps:
        """All of it. What goes wrong that should not, each stream says."""
        try:
            yield from self._decide()
        except Cancelled:
            return
        except Exception as error:
            self.crash = error
        finally:
            for reading in self._left:
                reading.cancel()

    def close(self) -> None:
        """Nothing more is begun."""
        self._is_closed = True
        self._members.cancel()
        self._inbox.put(_nothing)

    def missing(self, stream: str, others: int) -> StripeError | None:
        """Why a stream is not read whole in every account; None where it is."""
        if self.crash:
            return StripeError(self._explain(self.crash, stream), Failure.SYSTEM)
        return self.report.missing(stream, others)

    # What decides, which is in one thread at a time.

    def _decide(self) -> Steps:
        self._book.emit_first(one.resource.name for one in self._selection)
        seen: set[str] = set()
        found = self._find(seen)
        while not self._is_closed:
            while not (self._is_listed or self._awaits_list) and self._probes < MOST_PROBES:
                match next(found, None):
                    case None:
                        self._is_listed = True
                    case Wait() as wait:
                        self._awaits_list = True
                        wait.when_over(lambda: self._inbox.put(self._list_goes_on))
                    case member:
                        self._meet(member)
            self._admit()
            if self._is_listed and not (self._probes or self._running or self._turns):
                break
            yield self._inbox.news()
            self._inbox.answer()
            self._book.emit_due()
            self.report.progress(len(self._left), len(self._turns))
        if self._is_closed:
            return
        self._miss(seen)
        if not self.report.has_failed():
            self._book.whole_until = self._own.end

    def _list_goes_on(self) -> None:
        self._awaits_list = False

    def _find(self, seen: set[str]) -> Iterator[Member | Wait]:
        platform = [one.resource.name for one in self._selection if one.resource.scope is Scope.PLATFORM]
        for found in self._members.all(for_platform=bool(platform)):
            if isinstance(found, Wait):
                yield found
            elif isinstance(found, Unlisted):
                every = [one.resource.name for one in self._selection]
                is_whole = ALL in self._config.connected_accounts
                self.report.refused(found.platform, every if is_whole else platform, found.error)
            elif found.id not in seen:
                seen.add(found.id)
                self.report.found += 1
                yield found

    def _miss(self, seen: set[str]) -> None:
        accounts = self._book.accounts
        gone = [account for account in accounts if account not in seen] if self._members.is_complete else []
        self.report.gone = len(gone)
        if self._config.several:
            cursors = {one.resource.name: one.resource.cursor for one in self._selection}
            drop_departed(self._book, gone, cursors, self._own.end)

    def _meet(self, member: Member) -> None:
        """Decide what becomes of an account, as far as that is known before it is asked."""
        states = self._book.accounts.of(member.id)
        key = member.kind, states
        known = self._standings.get(key)
        if known is None:
            if len(self._standings) >= MOST_STANDINGS:
                self._standings.clear()
            known = self._standings[key] = self._stand(member)
        is_young = known.events and member.is_connected and member.created >= known.events.start
        member = replace(member, may_be_new=True) if is_young else member
        if known.is_new:
            self._look_ahead(member)
            self.report.new += 1
            self._turns.add_first(partial(self._begin, member, None))
        elif known.is_unfinished or known.events is None or is_young:
            self._turns.add_first(partial(self._begin, member, None))
        else:
            self._ask(replace(member, body=b""), known, states, known.events)

    def _look_ahead(self, member: Member) -> None:
        """Says in the first sync already if later ones will not be allowed to follow the accounts."""
        if self.report.new or len(self._book.accounts) or not self._own.client.key.limited:
            return
        followers = [one for one in self._selected(member) if one.incremental and one.resource.routes]
        if followers:
            may_follow(self._own.client.of(member.path), len(followers))

    def _stand(self, member: Member) -> Standing:
        kept = Kept()
        session = self._sessions.of(member, kept, self._own.client)
        repeats = bool(self._config.recheck_days or self._config.reconcile)
        return standing(self._selected(member), session, kept, repeats=repeats)

    def _ask(self, member: Member, known: Standing, states: States, window: Window) -> None:
        """Whether anything has happened in an account."""
        client = self._own.client.of(member.path)
        query = Query(window=window)
        asked: Future[Page] = client.request_queue.submit(EVENTS, lambda: client.page(Endpoint(EVENTS), query))
        self._probes += 1
        asked.add_done_callback(
            lambda answer: self._inbox.put(partial(self._answered, member, known, states, query, answer))
        )

    def _answered(self, member: Member, known: Standing, states: States, query: Query, answer: Future[Page]) -> None:
        self._probes -= 1
        try:
            page = answer.result()
        except StripeError as error:
            if error.kind is Kind.FORBIDDEN or error.denied:
                # Of the events alone: what does not follow them can be read.
                self._wait_for_turn(member, known, None)
            else:
                self.report.refused(member.id, [one.resource.name for one in self._selected(member)], error)
            return
        if page.data:
            self._wait_for_turn(member, known, (query, page))
            return
        self._book.move(member.id, known.advanced(self._book.accounts.streams, states))
        is_due = known.untold_until is not None and known.untold_until <= self._quiet_until
        if known.every_time or is_due:
            self.report.quiet += 1
            self._turns.add_first(partial(self._begin, member, None, only=_untold if is_due else _always))
        else:
            self.report.idle += 1
            self.report.lack(known.absent)

    def _wait_for_turn(self, member: Member, known: Standing, page: tuple[Query, Page] | None) -> None:
        self._turns.add_news(known.events.start if known.events else 0, partial(self._begin, member, page))

    # Reading.

    def _admit(self) -> None:
        """Begin what there is room for."""
        while self._turns and self._running < MOST_PASSES:
            self._turns.next()()

    def _begin(
        self, member: Member, page: tuple[Query, Page] | None, only: Callable[[Selected], bool] | None = None
    ) -> None:
        client = self._own.client.of(member.path)
        if page:
            client.has_read_page(EVENTS, *page)
        every = self._selected(member)
        selection = [one for one in every if (only is None or only(one)) and not self._rests(one)]
        read = {one.resource.name for one in selection}
        lacking = [one.resource.name for one in every if one.absent_until is not None]
        self.report.lack([name for name in lacking if name not in read], is_idle=False)
        output = self._book.of(member.id)
        reading = Reading(
            member, self._sessions.of(member, output, client), output, selection, self.report, self._explain
        )
        works = reading.works()
        self._left[reading] = len(works)
        self._running += len(works)
        for work in works:
            self._crew.begin(work).add_done_callback(partial(self._worked, reading))
        if not works:
            self._end(reading)

    def _worked(self, reading: Reading, work: Future[None]) -> None:
        """One of its works is over; in whatever thread that was."""
        self._inbox.put(_cancelled if work.exception() else partial(self._one_less, reading))

    def _one_less(self, reading: Reading) -> None:
        self._running -= 1
        self._left[reading] -= 1
        if not self._left[reading]:
            self._end(reading)

    def _end(self, reading: Reading) -> None:
        del self._left[reading]
        reading.end()

    def _rests(self, one: Selected) -> bool:
        """Whether an account was asked for a stream of late, and cannot have it."""
        return one.absent_until is not None and one.absent_until > self._quiet_until

    def _selected(self, member: Member) -> list[Selected]:
        """The streams of an account, and where each stands."""
        accounts, selected = self._book.accounts, list[Selected]()
        for one in self._selection:
            if part := member.part(one.resource):
                state = accounts.get(member.id, one.resource.name) if one.incremental else None
                lacks = absent_until(state)
                selected.append(Selected(part, one.incremental, state if lacks is None else None, lacks))
        return selected


def _untold(one: Selected) -> bool:
    """Whether no event tells of a stream; and what is read whole in every sync."""
    return not one.incremental or one.absent_until is not None or not is_told(one.resource)


def _always(one: Selected) -> bool:
    """Whether a stream is read whole in every sync."""
    return not one.incremental


def _nothing() -> None:
    """Something to wake up for."""


def _cancelled() -> None:
    raise Cancelled
