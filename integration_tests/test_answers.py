"""What comes in the place of Stripe's answers, and answers of Stripe's that are not as documented."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, Status

from integration_tests.oracle import differences
from integration_tests.sandbox import Request, Response
from integration_tests.vocabulary import DAY, HOUR, KEY, NOW, Account, Sandbox, Time, joined, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import customer_tax_ids, invoices
from source_stripe.catalog.connect import accounts
from source_stripe.catalog.core import balance, charges, customers, events, payment_intents
from source_stripe.catalog.payment_methods import payment_methods
from source_stripe.catalog.reporting import reporting_report_types
from source_stripe.limits import CHECK, CHECK_SECONDS, READ
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

Json = dict[str, Any]
COMPLETE, INCOMPLETE = AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE

FOREIGN = {
    "nothing": {},
    "an error": {"error": {"message": "Try again later", "type": "api_error"}},
    "a list": {"object": "list", "data": [], "has_more": False},
    "another object": {"object": "invoice", "id": "in_another"},
    "another of its kind": {"object": "customer", "id": "cus_another", "name": "Somebody else"},
    "no object at all": [],
}


def with_customers(count: int = 5) -> Sandbox:
    account = Account(NOW)
    account.has("customer", count, between=(NOW - 300 * DAY, NOW))
    account.has("charge", 3)
    account.advance(HOUR)
    return Sandbox(account)


def changing(stripe: Sandbox, change: Callable[[Request, Json], Any], times: int = 1 << 30) -> None:
    """What is answered 200 from now on, so many times: `change` gets the body, and gives another or None to keep it."""
    answer, left = stripe.handle, [times]

    def changed(request: Request) -> Response:
        response = answer(request)
        if response.status != 200 or response.fault or left[0] <= 0:
            return response
        body = change(request, json.loads(response.body))
        if body is None:
            return response
        left[0] -= 1
        return replace(response, body=body if isinstance(body, bytes) else json.dumps(body).encode())

    stripe.handle = changed  # type: ignore[method-assign]


def check(stripe: Sandbox, time: Time | None = None, **options: object) -> tuple[Status, str]:
    time = time or Time()
    runtime = Runtime(stripe.session, lambda: float(NOW), time.now, time.sleep, lambda: 0.0)
    status = SourceStripe(runtime).check(logging.getLogger("airbyte"), {"client_secret": KEY, **options})
    return status.status, str(status.message)


# Answers that are not what was asked for. Catches: `Client.get` without its expectation.


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("lasting", [False, True])
def test_a_changed_object_that_is_answered_otherwise_is_asked_for_again_and_never_lost(
    body: Any, lasting: bool
) -> None:
    stripe, warehouse = with_customers(), Warehouse()
    first = warehouse.take(sync(stripe, [customers]))
    changed = stripe.account.rows("/v1/customers")[0]["id"]
    for name in ("Once", "Twice"):
        stripe.account.update(changed, name=name)
    stripe.account.advance(HOUR)
    sound, times = stripe.handle, 1 << 30 if lasting else 2
    changing(stripe, lambda request, _: body if request.path == f"/v1/customers/{changed}" else None, times)
    second = warehouse.take(sync(stripe, [customers], first.state))
    if lasting:
        assert "could not be read" in second.errors["customers"][0]
        assert second.position(customers) == first.position(customers)
        stripe.handle = sound  # type: ignore[method-assign]
        warehouse.take(sync(stripe, [customers], joined(first.state, second.state)))
    else:
        assert second.error == ""
    assert differences(stripe.account, warehouse, customers) == []


def test_what_is_deleted_is_told_by_a_stub_or_an_answer_404() -> None:
    stripe, warehouse = with_customers(), Warehouse()
    first = warehouse.take(sync(stripe, [customers]))
    stripe.account.delete(stripe.account.rows("/v1/customers")[0]["id"])
    stripe.account.advance(HOUR)
    assert warehouse.take(sync(stripe, [customers], first.state)).error == ""
    assert differences(stripe.account, warehouse, customers) == []


# Catches: `single` without the tag.
@pytest.mark.parametrize("body", [FOREIGN["nothing"], FOREIGN["an error"], FOREIGN["another object"]])
def test_what_an_account_has_one_of_is_that(body: Any) -> None:
    stripe = with_customers()
    changing(stripe, lambda request, _: body if request.path == "/v1/balance" else None)
    assert sync(stripe, [balance, customers]).statuses == {"balance": INCOMPLETE, "customers": COMPLETE}


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
def test_check_fails_where_the_account_is_answered_otherwise(body: Any) -> None:
    stripe = with_customers()
    changing(stripe, lambda *_: body)
    status, message = check(stripe)
    # Where a list is answered to everything, it is the lists that can be read.
    if body is FOREIGN["a list"]:
        assert "none that could be used: account, balance" in message
    else:
        assert status is Status.FAILED


# Time. Catches: seven tries and then the end; tries without an end; Retry-After cut to a minute.


def answering(stripe: Sandbox, answer: Callable[[float], Response | None], time: Time, path: str = "/v1") -> None:
    """What is answered below a path at a second of `time`; nothing of it where that is None."""
    sound = stripe.handle

    def handle(request: Request) -> Response:
        other = answer(time.now()) if request.path.startswith(path) else None
        return other or sound(request)

    stripe.handle = handle  # type: ignore[method-assign]


UNAVAILABLE = Response(503, {"Content-Type": "text/html"}, b"<h1>Service Unavailable</h1>", None)
FORBIDDEN = Response(403, {"Content-Type": "text/html"}, b"<h1>Blocked by policy</h1>", None)


@pytest.mark.parametrize("seconds", [60, 240])
def test_minutes_without_stripe_are_waited_out(seconds: int) -> None:
    stripe, time = with_customers(), Time()
    answering(stripe, lambda now: UNAVAILABLE if now < seconds else None, time)
    synced = sync(stripe, [customers, charges], time=time, num_workers=1)
    assert synced.error == ""
    assert len(synced.ids(customers)) == 5


def test_waiting_long_is_said(said: Callable[[], list[str]]) -> None:
    stripe, time = with_customers(), Time()
    answering(stripe, lambda now: UNAVAILABLE if now < 200 else None, time)
    sync(stripe, [customers], time=time, num_workers=1)
    assert any("Nothing was answered for" in line and "HTTP 503" in line for line in said())


@pytest.mark.parametrize("answer", [UNAVAILABLE, FORBIDDEN], ids=["503", "403"])
def test_without_stripe_a_sync_of_everything_ends_within_minutes(answer: Response) -> None:
    stripe, time = with_customers(), Time()
    stripe.latency_seconds = 0
    first = [True]

    def gone(_: float) -> Response | None:
        # The account is answered, and then nothing any more.
        return None if first.pop() else answer

    def later(now: float) -> Response | None:
        return gone(now) if first else answer

    answering(stripe, later, time)
    synced = sync(stripe, time=time, num_workers=4)
    # Threads that sleep side by side add up on this clock.
    assert time.now() < 4 * 2 * (READ.patience_seconds + READ.pause_seconds)
    assert len(stripe.log) + len(synced.errors) < 1_000
    assert len(synced.errors) > 100
    assert {message for messages in synced.errors.values() for message in messages if "permission" in message} == set()


def test_one_address_that_fails_for_ever_does_not_hold_up_the_others() -> None:
    stripe, time = with_customers(), Time()
    answering(stripe, lambda _: UNAVAILABLE, time, "/v1/charges")
    synced = sync(stripe, [customers, charges, payment_methods], time=time, num_workers=1)
    assert synced.statuses == {"customers": COMPLETE, "payment_methods": COMPLETE, "charges": INCOMPLETE}
    assert READ.patience_seconds - READ.pause_seconds < time.now() <= READ.patience_seconds + READ.pause_seconds


@pytest.mark.parametrize("after", ["86400", "Thu, 31 Dec 2099 23:59:59 GMT", "inf"])
def test_who_says_come_back_tomorrow_is_not_there_today(after: str) -> None:
    stripe, time = with_customers(), Time()
    answering(stripe, lambda _: replace(UNAVAILABLE, headers={"Retry-After": after}), time, "/v1/charges")
    synced = sync(stripe, [charges], time=time)
    assert synced.statuses == {"charges": INCOMPLETE}
    assert time.now() < 1
    assert stripe.count("/v1/charges") <= 1


@pytest.mark.parametrize("workers", [1, 10])
@pytest.mark.parametrize("answer", [UNAVAILABLE, FORBIDDEN, replace(UNAVAILABLE, body=b"")])
def test_check_ends_within_a_minute_and_names_what_answered(answer: Response, workers: int) -> None:
    stripe, time = with_customers(), Time()
    asked = [0]

    def count(_: float) -> Response:
        asked[0] += 1
        return answer

    answering(stripe, count, time, "/")
    status, message = check(stripe, time, num_workers=workers)
    assert status is Status.FAILED
    assert f"HTTP {answer.status}" in message
    assert "permission" not in message
    assert time.now() <= CHECK.total_seconds < CHECK_SECONDS
    # The first request is tried 13 times, and while it waits a few others. Each further worker, and who stands in its
    # place while it waits, may have one on the way when it turns out that nothing is answered.
    assert asked[0] < 20 + 2 * (workers - 1)


# Lists without an end. Catches: no cycle sought; a place compared only with the last ones; no order looked at.


@pytest.mark.parametrize("pages", [1, 2, 3, 7])
@pytest.mark.parametrize("resource", [customers, accounts, payment_methods], ids=lambda one: one.name)
def test_a_list_that_walks_in_a_circle_ends_in_a_sentence(resource: Any, pages: int) -> None:
    account = Account(NOW)
    if resource is accounts:
        for _ in range(100 * pages):
            account.connect()
    else:
        owner = account.create("customer")
        account.has("customer", 100 * pages)
        for _ in range(100 * pages if resource is payment_methods else 0):
            account.create("payment_method", customer=owner["id"])
    account.advance(HOUR)
    stripe = Sandbox(account)
    path = f"/v1/customers/{owner['id']}/payment_methods" if resource is payment_methods else resource.first.origin.path
    answer = stripe.handle

    def circling(request: Request) -> Response:
        response = answer(request)
        if request.path == path:
            page = json.loads(response.body)
            if not page["has_more"] and page["data"]:
                return replace(response, body=json.dumps(page | {"has_more": True}).encode())
            again = [(name, value) for name, value in request.query if name != "starting_after"]
            if not page["data"] and again != request.query:
                return circling(replace(request, query=again))
        return response

    stripe.handle = circling  # type: ignore[method-assign]
    synced = sync(stripe, [resource], slice_range=3_650)
    assert "does not end" in synced.errors[resource.name][0]


@pytest.mark.parametrize("resource", [customers, accounts], ids=lambda one: one.name)
def test_a_list_that_climbs_ends_in_a_sentence(resource: Any) -> None:
    stripe, count = with_customers(), [0]
    stripe.account.connect()
    stripe.account.advance(HOUR)

    answer = stripe.handle

    def climbing(request: Request) -> Response:
        known = [(name, value) for name, value in request.query if name != "starting_after"]
        response = answer(replace(request, query=known))
        page = json.loads(response.body)
        if request.path != resource.first.origin.path or not page["data"]:
            return response
        count[0] += 1
        fresh = page["data"][0] | {"id": f"new_{count[0]}", "created": page["data"][0]["created"] + count[0]}
        return replace(response, body=json.dumps(page | {"data": [fresh], "has_more": True}).encode())

    stripe.handle = climbing  # type: ignore[method-assign]
    synced = sync(stripe, [resource, charges], num_workers=1, slice_range=3_650)
    assert "does not end" in synced.errors[resource.name][0]
    assert count[0] < 50
    assert synced.statuses["charges"] is COMPLETE


@pytest.mark.parametrize("resource", [customers, accounts, payment_methods, events], ids=lambda one: one.name)
def test_an_empty_page_ends_a_list_with_a_word_on_it(resource: Any, said: Callable[[], list[str]]) -> None:
    stripe = with_customers()
    stripe.account.create("payment_method", customer=stripe.account.rows("/v1/customers")[0]["id"])
    stripe.account.advance(HOUR)
    path = "/payment_methods" if resource is payment_methods else resource.first.origin.path

    def endless(request: Request, page: Json) -> Json | None:
        return page | {"data": [], "has_more": True} if request.path.endswith(path) else None

    changing(stripe, endless)
    synced = sync(stripe, [resource])
    assert synced.error == ""
    assert any("goes on" in line for line in said())


def test_a_list_that_is_answered_at_once_and_says_that_it_goes_on_fails_its_own_stream() -> None:
    stripe = with_customers()
    changing(stripe, lambda request, page: page | {"has_more": True} if "report_types" in request.path else None)
    synced = sync(stripe, [reporting_report_types, charges])
    assert "takes no place to go on from" in synced.errors["reporting_report_types"][0]
    assert synced.statuses["charges"] is COMPLETE


# Objects and events that are not as documented.

BROKEN_EVENTS: dict[str, Callable[[Json], Any]] = {
    "no data": lambda event: {name: value for name, value in event.items() if name != "data"},
    "no object": lambda event: event | {"data": {}},
    "an odd object": lambda event: event | {"data": {"object": [1]}},
    "no type": lambda event: {name: value for name, value in event.items() if name != "type"},
    "no id": lambda event: {name: value for name, value in event.items() if name != "id"},
    "an odd id": lambda event: event | {"id": {"a": 1}},
    "created in words": lambda event: event | {"created": "yesterday"},
    "created never": lambda event: event | {"created": None},
    "created in parts": lambda event: event | {"created": 1.5},
    "odd previous attributes": lambda event: event | {"data": event["data"] | {"previous_attributes": [5]}},
}


# Catches: the digest of the feed without its guard; `things[-1]["created"]`; places made of ids that are not there.
@pytest.mark.parametrize("broken", BROKEN_EVENTS.values(), ids=BROKEN_EVENTS)
@pytest.mark.parametrize("where", [0, -1])
def test_one_malformed_event_is_left_out_and_said(
    broken: Callable[[Json], Any], where: int, said: Callable[[], list[str]]
) -> None:
    stripe, warehouse = with_customers(150), Warehouse()
    first = warehouse.take(sync(stripe, [customers, charges, customer_tax_ids]))
    for customer in stripe.account.rows("/v1/customers"):
        stripe.account.update(customer["id"], name="Changed")
    doomed = stripe.account.create("product")
    stripe.account.advance(HOUR)
    about = {doomed["id"]} if where == 0 else {stripe.account.rows("/v1/events")[99]["data"]["object"]["id"]}

    def breaking(request: Request, page: Json) -> Json | None:
        if request.path != "/v1/events" or "data" not in page:
            return None
        data = [broken(event) if event["data"]["object"].get("id") in about else event for event in page["data"]]
        return page | {"data": data}

    changing(stripe, breaking)
    second = warehouse.take(sync(stripe, [customers, charges, customer_tax_ids], first.state))
    assert second.error == ""
    left = differences(stripe.account, warehouse, customers)
    assert len(left) <= (0 if where == 0 else 1)
    if where == -1 and broken is not BROKEN_EVENTS["odd previous attributes"]:
        assert any("not as Stripe documents it" in line for line in said())


# Catches: the stamps of a sweep taken as they are, which fails whoever shares the list.
@pytest.mark.parametrize("created", ["yesterday", 1.5, [1], {"a": 1}, True])
def test_a_malformed_object_fails_its_own_stream_in_a_sentence(created: object) -> None:
    stripe = with_customers()
    broken = stripe.account.rows("/v1/charges")[1]["id"]

    def breaking(request: Request, page: Json) -> Json | None:
        if request.path != "/v1/charges":
            return None
        data = [thing | {"created": created} if thing["id"] == broken else thing for thing in page["data"]]
        return page | {"data": data}

    changing(stripe, breaking)
    synced = sync(stripe, [charges, customers, payment_intents])
    assert synced.statuses == {"charges": INCOMPLETE, "customers": COMPLETE, "payment_intents": COMPLETE}
    assert broken in synced.errors["charges"][0]
    assert "no usable time" in synced.errors["charges"][0]


# Catches: a key of whatever type, which no destination can tell rows by.
@pytest.mark.parametrize("odd", [{"a": 1}, ["x"], [1]])
def test_an_object_whose_id_is_no_text_fails_its_own_stream_in_a_sentence(odd: object) -> None:
    stripe = with_customers()
    broken = stripe.account.rows("/v1/charges")[1]["id"]

    def breaking(request: Request, page: Json) -> Json | None:
        if request.path != "/v1/charges":
            return None
        return page | {"data": [thing | {"id": odd} if thing["id"] == broken else thing for thing in page["data"]]}

    changing(stripe, breaking)
    synced = sync(stripe, [charges, customers])
    assert synced.statuses == {"charges": INCOMPLETE, "customers": COMPLETE}
    assert "told from others: its id" in synced.errors["charges"][0]


@pytest.mark.parametrize("lines", [5, "lines", [5], {"object": "list", "data": [5], "has_more": False}])
def test_what_is_odd_inside_an_object_concerns_only_who_takes_it_from_there(lines: object) -> None:
    from source_stripe.catalog.billing import invoice_line_items  # noqa: PLC0415

    stripe = with_customers()
    stripe.account.create("invoice", customer=stripe.account.rows("/v1/customers")[0]["id"])
    stripe.account.advance(HOUR)

    def breaking(request: Request, page: Json) -> Json | None:
        if request.path != "/v1/invoices":
            return None
        return page | {"data": [thing | {"lines": lines} for thing in page["data"]]}

    changing(stripe, breaking)
    synced = sync(stripe, [invoices, invoice_line_items, customers])
    assert synced.statuses["invoices"] is COMPLETE
    assert synced.statuses["customers"] is COMPLETE


# Catches: orjson alone, when reading or when writing.
def test_odd_characters_and_large_numbers_come_through(tmp_path: Any) -> None:
    stripe = with_customers()

    def odd(request: Request, page: Json) -> bytes | None:
        if request.path != "/v1/customers":
            return None
        page["data"][0] |= {"name": "SURROGATE", "balance": "NUMBER"}
        text = json.dumps(page).replace('"SURROGATE"', '"a\\ud800b"').replace('"NUMBER"', str(2**70))
        return text.encode()

    changing(stripe, odd)
    synced = sync(stripe, [customers])
    assert synced.error == ""
    row = next(row for row in synced.records(customers) if row["name"] == "a\N{REPLACEMENT CHARACTER}b")
    assert row["balance"] == 2**70


def test_a_notice_is_logged_once(caplog: pytest.LogCaptureFixture, said: Callable[[], list[str]]) -> None:
    stripe = with_customers()
    answer = stripe.handle

    def noting(request: Request) -> Response:
        response = answer(request)
        return replace(response, headers={**response.headers, "Stripe-Notice": f"We recommend it, {KEY}."})

    stripe.handle = noting  # type: ignore[method-assign]
    with caplog.at_level(logging.INFO):
        sync(stripe, [customers, charges])
    lines = [record.getMessage() for record in caplog.records if "We recommend" in record.getMessage()]
    assert len(lines) == 1
    assert KEY not in lines[0]
    assert said() == []
