"""Random answers in the place of Stripe's: a sync survives them or says so, and the next calm one is right."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from collections.abc import Collection, Mapping
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration_tests.answer_faults import FAULTS, Fault, Odd
from integration_tests.fuzz_configurations import KEY, with_key
from integration_tests.in_process import file, said, selecting
from integration_tests.odd_values import KEYS
from integration_tests.oracle import held
from integration_tests.printed import Printed, WrongError, understood
from integration_tests.sandbox import Request, Response, Sandbox
from integration_tests.vocabulary import BY_NAME, DAY, HOUR, settled
from integration_tests.warehouse import Warehouse

STREAMS = (
    *("customers", "charges", "invoices", "invoice_line_items", "balance_transactions", "customer_tax_ids"),
    *("payment_methods", "balance", "subscription_items", "customer_balance_transactions", "country_specs", "refunds"),
    *("products", "prices", "subscriptions"),
)
MOST_REQUESTS = 5_000
"""That a sync of such a small account sends, whatever is answered; a sound one sends some 20."""
TARGETS = ("", "", "/v1/account", "/v1/events", "/v1/customers", "/v1/charges", "/v1/invoices")
"""How the addresses begin whose answers go wrong, as often as each is tried."""
BY_ID = "/v1/*/"
"""Those of single objects, and of lists below them."""
_BUILD = HTTPAdapter()


class Wire(BaseAdapter):
    """Between the connector and a sandbox, where answers go wrong: the same way whichever thread asks first."""

    def __init__(self, stripe: Sandbox, fault: Fault, target: str, times: int, share: float, seed: str) -> None:
        """The first `times` answers of a share of the addresses below `target` are put to the fault."""
        super().__init__()
        self._stripe, self._fault, self._target, self._times = stripe, fault, target, times
        self._share, self._seed = share, seed
        self._asked: Counter[str] = Counter()
        self.requests = self.sound = 0
        """How many there were, and how many were answered as they should be."""
        self.hits: list[tuple[str, Odd]] = []
        self.broken: Exception | None = None
        """What is wrong with the fault itself."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        url = urlsplit(str(request.url))
        query = parse_qsl(url.query, keep_blank_values=True)
        asked = Request(request.method or "GET", url.path, query, dict(request.headers))
        self.requests += 1
        answer = self._odd(asked, self._stripe.handle(asked))
        if answer.error:
            raise answer.error
        raw = HTTPResponse(
            body=io.BytesIO(answer.body if answer.length is None else answer.body[: answer.length]),
            headers={
                **answer.headers,
                "Content-Length": str(len(answer.body) if answer.length is None else answer.length),
            },
            status=answer.status,
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,
            request_method=request.method,
        )
        response: requests.Response = _BUILD.build_response(request, raw)
        return response

    def _odd(self, request: Request, response: Response) -> Odd:
        name = f"{request.path}?{sorted(request.query)}"
        time = self._asked[name]
        self._asked[name] += 1
        sound = Odd(response.status, response.headers, response.body, breaks=False)
        is_meant = self.requests <= MOST_REQUESTS and time < self._times and self._is_meant(request.path)
        if not is_meant or response.status != 200 or random.Random(f"{self._seed} {name}").random() >= self._share:
            self.sound += response.status < 500
            return sound
        try:
            answer = self._fault(random.Random(f"{self._seed} {name} {time}"), request, response, KEY)
        except Exception as error:
            self.broken = error
            raise
        self.hits.append((name, answer))
        return answer

    def _is_meant(self, path: str) -> bool:
        return path.count("/") > 2 if self._target == BY_ID else path.startswith(self._target)

    def close(self) -> None:
        """Nothing is held open."""

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", self)
        return session


class Answers:
    """An account that was synced, lived on, and is synced again over a bad line."""

    def __init__(self, directory: Path) -> None:
        self.tally: Counter[str] = Counter()
        self._directory = directory
        account = settled(customers=5, seed=3).account
        account.has("customer", 105, between=(account.now - 900 * DAY, account.now - DAY))
        account.has("charge", 120, between=(account.now - 20 * DAY, account.now - HOUR))
        account.advance(2 * HOUR)
        self._stripe = with_key(account, KEY)
        self._ever = {name: set(held(account, BY_NAME[name])) for name in STREAMS}
        self._before = Warehouse()
        first = self._sync(self._stripe.session(), "read", STREAMS)
        _take(self._before, first)
        self._state = first.states
        account.live(5 * HOUR, 60, silent=False)
        for customer in account.rows("/v1/customers")[:15]:
            account.update(customer["id"], name="Changed")
        account.advance(2 * HOUR)
        self._date = formatdate(account.now, usegmt=True)
        self._rows = {name: _without_nulls(held(account, BY_NAME[name])) for name in STREAMS}
        for name, rows in self._rows.items():
            self._ever[name] |= set(rows)

    def try_one(self, rng: random.Random) -> None:
        """Raises WrongError."""
        streams = rng.sample(STREAMS, rng.choice((1, 2, 4)))
        later = rng.random() < 0.6
        command = "check" if rng.random() < 0.1 else "read"
        fault, times = rng.choice(FAULTS), rng.choice((1, 1, 2, 5, 1 << 30))
        target = rng.choice((*TARGETS, *((BY_ID, "/v1/events", BY_ID) if later else ())))
        share = rng.choice((1.0, 1.0, 0.5, 0.1))
        options = rng.choice(({}, {}, {}, {"incremental_records": "event"}, {"recheck_days": 3}, {"reconcile": True}))
        wire = Wire(self._stripe, fault, "" if command == "check" else target, times, share, str(rng.random()))
        faulty = f"{fault.__name__} of {target!r} {times} times"
        shown = f"{command} {streams}, {'later' if later else 'first'}, {faulty}, {options}"
        try:
            state = _last(self._state, streams) if later else b""
            printed = self._sync(wire.session(), command, streams, state, options)
            if wire.requests > MOST_REQUESTS:
                raise WrongError(f"{wire.requests} requests")
            if command == "check":
                self._judge_check(printed, wire)
            else:
                # Rows that are what an event shows are other than what the lists show.
                lies = any(one.lies for _, one in wire.hits) or options.get("incremental_records") == "event"
                self._judge(printed, wire.hits, streams, state, lies)
        except WrongError as error:
            if wire.broken:
                raise wire.broken from None
            hits = "\n".join(
                f"{name} {one.status} {dict(one.headers)} {one.length} {one.error!r} {one.hurt} {one.body[:200]!r}"
                for name, one in wire.hits[:3]
            )
            raise WrongError(f"{shown}\n{error}\n{len(wire.hits)} answers, the first:\n{hits}") from None
        self.tally["examples"] += 1
        self.tally["met by no fault"] += not wire.hits
        self.tally["sound all the same" if printed.succeeded else "said to be unsound"] += 1

    def _sync(
        self,
        session: requests.Session,
        command: str,
        streams: tuple[str, ...] | list[str],
        state: bytes | None = None,
        options: Mapping[str, object] | None = None,
    ) -> Printed:
        config = {"client_secret": KEY, "start_date": "2000-01-01", "num_workers": 3, **(options or {})}
        argv = [command, "--config", file(self._directory, "config.json", config)]
        if command == "read":
            argv += ["--catalog", file(self._directory, "catalog.json", selecting(*streams))]
        if command == "read" and state:
            path = self._directory / "state.json"
            path.write_bytes(state)
            argv += ["--state", str(path)]
        return understood(command, said(argv, lambda: session, self._stripe.account.now), (KEY, *KEYS))

    @staticmethod
    def _judge_check(printed: Printed, wire: Wire) -> None:
        """It may succeed where anything can be read, if only what is not the account."""
        if printed.succeeded and not wire.sound and all(one.breaks and not one.lies for _, one in wire.hits):
            raise WrongError("check succeeds without an answer")
        if not wire.hits and not printed.succeeded:
            raise WrongError("check fails though nothing is wrong")

    def _judge(
        self, printed: Printed, hits: list[tuple[str, Odd]], streams: list[str], state: bytes, lies: bool
    ) -> None:
        hurt = frozenset(one_id for _, one in hits for one_id in one.hurt)
        warehouse = self._before.copy() if state else Warehouse()
        _take(warehouse, printed)
        # Who says that it is another time decides how far is read, which is said in a warning.
        told_the_time = any(one.headers.get("Date") != self._date for _, one in hits)
        if printed.succeeded and not lies and not told_the_time:
            self._right(warehouse, streams, hurt, "after the sync with the faults")
        elif not hits and not printed.succeeded:
            raise WrongError(f"It fails though nothing is wrong: {printed.synced.error}")
        if hits and not printed.succeeded and all(name.startswith("/v1/events?") and one.hurt for name, one in hits):
            raise WrongError(f"An odd event is a reason to read no others: {printed.synced.errors}")
        calm = self._sync(self._stripe.session(), "read", streams, _last(state + b"\n" + printed.states, streams))
        if lies:
            return
        if not calm.succeeded:
            raise WrongError(f"The next calm sync fails: {calm.synced.error} {calm.synced.errors}")
        _take(warehouse, calm)
        self._right(warehouse, streams, hurt, "after the next calm sync")

    def _right(self, warehouse: Warehouse, streams: list[str], hurt: frozenset[str], when: str) -> None:
        """Only rows of the object that was odd, and of what belongs to it, may be wrong."""
        for name in streams:
            expected, actual = self._rows[name], _without_nulls(warehouse.rows(BY_NAME[name]))
            wrong = {key for key in expected.keys() | actual.keys() if expected.get(key) != actual.get(key)}
            for key in wrong:
                if not hurt or not self._excused(name, key, {**actual, **expected}[key], hurt):
                    what = f"{key}: {str(actual.get(key))[:300]}\nnot {str(expected.get(key))[:300]}"
                    raise WrongError(f"{name}: {len(wrong)} rows are wrong {when}, such as {what}")

    def _excused(self, name: str, key: str, row: Mapping[str, object], hurt: frozenset[str]) -> bool:
        values = {value for value in row.values() if isinstance(value, str)}
        return key not in self._ever[name] or bool(hurt & {*str(key).split("/"), *values})


def _without_nulls(rows: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """What is null at the top of a row is not printed."""
    return {key: {name: value for name, value in row.items() if value is not None} for key, row in rows.items()}


def _last(states: bytes, streams: Collection[str]) -> bytes:
    """The last state of each of the streams."""
    last: dict[str, bytes] = {}
    for line in filter(None, states.splitlines()):
        last[json.loads(line)["state"]["stream"]["stream_descriptor"]["name"]] = line
    return b"\n".join(line for name, line in last.items() if name in streams)


def _take(warehouse: Warehouse, printed: Printed) -> None:
    """Raises WrongError where a row has no key, or nothing to tell by which is the later one."""
    for message in printed.synced.messages:
        if message.record and (cursor := BY_NAME[message.record.stream].cursor):
            message.record.data.setdefault(cursor, None)
    try:
        warehouse.take(printed.synced)
    except (KeyError, TypeError) as error:
        raise WrongError(f"A row that no destination can keep: {error!r}") from None
