"""What every account is like, who may ask, and what goes wrong."""

from __future__ import annotations

import json
import threading
import urllib.request
from pkgutil import iter_modules
from types import ModuleType

import pytest
import requests
from urllib3.exceptions import DecodeError, ProtocolError

from integration_tests.asking import DAY, NOW, Get, Json, error, getting, new_types
from integration_tests.sandbox import FULL_KEY, Account, Sandbox, objects
from integration_tests.sandbox.account.ledger import EVENT_DAYS
from integration_tests.sandbox.api.server import Server
from integration_tests.sandbox.life import acts
from integration_tests.sandbox.objects import PRODUCTS
from integration_tests.sandbox.objects.registry import RESOURCES, TOLD_BY_OWNER
from integration_tests.sandbox.world.facts import API_VERSION, EVENT_TYPES, FIXTURES, THIN_EVENTS, UNIQUE
from integration_tests.sandbox.world.linked import written


def identity(body: Json) -> tuple[object, ...]:
    """What tells an object from all others: ids that are names come again under every account."""
    return body["object"], body.get("account"), body.get("id")


def test_a_pending_balance_transaction_becomes_available_without_an_event(account: Account) -> None:
    account.create("charge")
    with new_types(account) as found:
        assert account.rows("/v1/balance_transactions")[0]["status"] == "pending"
        account.advance(2 * DAY)
        assert account.rows("/v1/balance_transactions")[0]["status"] == "available"
    assert found == set()


def test_money_adds_up(populated: Account) -> None:
    for charge in populated.objects("charge"):
        refunds = populated.rows(f"/v1/charges/{charge['id']}/refunds")
        assert charge["amount_refunded"] == sum(r["amount"] for r in refunds)
    for invoice in populated.objects("invoice"):
        lines = populated.rows(f"/v1/invoices/{invoice['id']}/lines")
        assert invoice["total"] == sum(line["amount"] for line in lines)
    moved = {row["source"] for row in populated.rows("/v1/balance_transactions")}
    assert {charge["id"] for charge in populated.objects("charge") if charge["status"] == "succeeded"} <= moved


def test_objects_have_the_fields_of_stripes_examples(populated: Account) -> None:
    # The examples are of an account that is no platform, and of a dispute that moved nothing.
    platform = {"event": {"account"}, "bank_account": {"account"}, "card": {"account"}}
    besides = {**platform, "issuing.dispute": {"balance_transactions"}}
    known = {kind: example.keys() | besides.get(kind, set()) for kind, example in FIXTURES.items()}
    for kind in RESOURCES:
        for body in populated.objects(kind):
            assert body.keys() <= known[kind], kind
            assert body["object"] == kind


def test_every_event_type_is_one_of_stripes() -> None:
    named = {
        name
        for row in RESOURCES.values()
        for names in (row.born, row.changed, row.died, *(turn.types for turn in row.turns))
        for name in names
    }
    assert named <= EVENT_TYPES | THIN_EVENTS.keys()


def test_the_same_seed_gives_the_same_account() -> None:
    one, other = (Account.populated(now=NOW, seed=3, customers=5) for _ in range(2))
    assert one.rows("/v1/invoices") == other.rows("/v1/invoices")
    assert one.rows("/v1/events") == other.rows("/v1/events")


def test_without_silent_changes_the_events_tell_of_everything() -> None:
    account = Account.populated(now=NOW, customers=20)
    account.advance(60)
    kinds = RESOURCES.keys() - {"event", "v2.core.event"}
    start, before = account.now, {identity(b): b for kind in kinds for b in account.objects(kind)}
    account.unannounced.clear()
    account.live(3 * DAY, 500, silent=False)
    assert account.unannounced == set()
    # What happens to a connected account is told in its own feed.
    others = [account.of(one["id"]) for one in account.objects("account") if one["id"] != account.id]
    feeds = [one.rows("/v1/events", created={"gte": start}) for one in (account, *others) if one]
    told = {identity(event["data"]["object"]) for feed in feeds for event in feed}
    untold = {"balance_transaction", "subscription_item", "line_item", "transfer_reversal", "discount", "item"}
    # The events of what flows through it tell of a financial account, those of a reversal of what it takes back, those
    # of an invoice of its payments.
    untold |= {"invoice_payment"}
    untold |= {f"treasury.{name}" for name in ("financial_account", "transaction", "received_credit", "received_debit")}
    thin = [event["related_object"] for event in account.rows("/v2/core/events", **{"created[gte]": written(start)})]
    told_thin = {(one["type"], one["id"]) for one in thin}
    for kind in kinds - untold - TOLD_BY_OWNER:
        for body in account.objects(kind):
            held, is_told = before.get(identity(body)), identity(body) in told or (kind, body.get("id")) in told_thin
            assert held is None or held == body or is_told, kind


def test_however_small_an_account_with_a_past_is_without_nothing() -> None:
    account = Account.populated(now=NOW, seed=2, customers=1)
    asked = set(UNIQUE.values()) - {"account"}
    assert [kind for kind in RESOURCES.keys() - asked if not account.objects(kind)] == []


@pytest.mark.parametrize("package", [objects, acts], ids=lambda package: package.__name__)
def test_every_module_of_a_product_is_named_among_the_products(package: ModuleType) -> None:
    modules = {module.name for module in iter_modules(package.__path__)} - {"registry"}
    assert modules == set(PRODUCTS)


def test_has_spreads_objects_and_shares_seconds(account: Account) -> None:
    made = account.has("charge", 300)
    stamps = [charge["created"] for charge in made]
    assert len(made) == 300
    assert len(set(stamps)) < 250
    assert min(stamps) >= NOW - 2 * 365 * DAY
    assert {event["created"] >= NOW - EVENT_DAYS * DAY for event in account.rows("/v1/events")} == {True}
    inside = account.has("refund", 40, between=(NOW - 100, NOW - 50))
    assert all(NOW - 100 <= refund["created"] <= NOW - 50 for refund in inside)


def test_keys_are_checked(account: Account) -> None:
    sandbox = Sandbox(account, keys={"rk_test_shy": {"/v1/account"}})
    wrong = getting(sandbox, "sk_test_wrong_abcd")("/v1/customers")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["message"].startswith("Invalid API Key provided: sk_test_")
    assert sandbox.session().get("https://api.stripe.com/v1/customers").status_code == 401
    shy = getting(sandbox, "rk_test_shy")
    assert shy("/v1/account").status_code == 403
    assert "does not have the required permissions" in shy("/v1/account").json()["error"]["message"]
    assert shy("/v1/accounts").status_code == 200


def test_connected_accounts_answer_for_themselves(account: Account, get: Get) -> None:
    other = account.connect()
    other.create("customer")
    assert get("/v1/account").json()["id"] == account.id
    assert get("/v1/account", headers={"Stripe-Account": other.id}).json()["id"] == other.id
    assert len(get("/v1/customers", headers={"Stripe-Account": other.id}).json()["data"]) == 1
    assert get("/v1/customers").json()["data"] == []
    assert [row["id"] for row in get("/v1/accounts").json()["data"]] == [other.id]
    stranger = get("/v1/customers", headers={"Stripe-Account": "acct_stranger"})
    assert error(stranger) == (403, "account_invalid", None)


def test_every_answer_has_a_request_id(get: Get) -> None:
    assert get("/v1/customers").headers["Request-Id"].startswith("req_")
    assert get("/v1/nothing").headers["Request-Id"].startswith("req_")
    assert get("/v1/nothing").status_code == 404


def test_requests_beyond_the_rate_are_refused_and_say_why(account: Account) -> None:
    sandbox = Sandbox(account, requests_per_second=5)
    get = getting(sandbox)
    answers = [get("/v1/customers") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    account.advance(1)
    assert get("/v1/customers").status_code == 200


def test_what_is_refused_recovers(account: Account) -> None:
    sandbox = Sandbox(account)
    get = getting(sandbox)
    sandbox.refuses("/v1/customers", status=403, code="forbidden")
    assert error(get("/v1/customers")) == (403, "forbidden", None)
    assert get("/v1/charges").status_code == 200
    sandbox.recovers()
    assert get("/v1/customers").status_code == 200
    assert sandbox.count("/v1/customers") == 2


def test_a_broken_connection_is_an_exception(account: Account) -> None:
    sandbox = Sandbox(account)
    get = getting(sandbox)
    sandbox.fails_after(requests=2)
    assert get("/v1/customers").status_code == 200
    assert get("/v1/customers").status_code == 200
    with pytest.raises(requests.exceptions.ConnectionError):
        get("/v1/customers")
    assert [answered.status for answered in sandbox.log] == [200, 200, 0]


def test_every_fault_happens_and_no_body_is_quietly_short(account: Account) -> None:
    account.has("customer", 20)
    sandbox = Sandbox(account)
    sandbox.faults(rate=0.8, seed=1)
    session, seen = sandbox.session(), set()
    for _ in range(300):
        try:
            response = session.get(
                "https://api.stripe.com/v1/customers", headers={"Authorization": f"Bearer {FULL_KEY}"}, stream=True
            )
            body = response.raw.read(decode_content=True)
            seen.add(str(response.status_code) if body.startswith(b"{") else "html")
        except DecodeError:
            seen.add("DecodeError")
        except (requests.exceptions.RequestException, ProtocolError) as broken:
            seen.add(type(broken.__cause__ or broken).__name__)
    statuses, exceptions = {"200", "429", "409", "500", "502", "503"}, {"ConnectionError", "ReadTimeout"}
    assert seen == statuses | exceptions | {"html", "IncompleteRead", "DecodeError"}


def test_it_answers_several_threads_at_once(populated: Account) -> None:
    get = getting(Sandbox(populated))
    bodies: list[bytes] = []
    asking = [threading.Thread(target=lambda: bodies.append(get("/v1/charges", limit=100).content)) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(set(bodies)) == 1
    assert len(bodies) == 8


def test_served_it_answers_the_same(account: Account) -> None:
    account.has("invoice", 30, lines=3)
    server = Server(Sandbox(account))
    thread = server.serve_in_background()
    try:
        with requests.Session() as session:
            headers = {"Authorization": f"Bearer {FULL_KEY}", "Stripe-Version": API_VERSION}
            pages = [session.get(f"{server.url}/v1/invoices?limit=100", headers=headers).json() for _ in range(3)]
        assert pages[0]["data"] == account.rows("/v1/invoices")
        request = urllib.request.Request(f"{server.url}/_sandbox/live?seconds=100&changes=5", method="POST")
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer) == {"now": NOW + 100}
        with urllib.request.urlopen(f"{server.url}/_sandbox/log") as answer:
            assert json.load(answer)["endpoints"] == {"/v1/invoices": 3}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
