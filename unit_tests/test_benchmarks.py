"""The stand-in for Stripe that benchmarks run against answers as Stripe does, and what comes out is counted right."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import account, objects, report, tables
from benchmarks.account import DAY, Events, Objects, Query, Refused
from benchmarks.chart import Bar, Chart, drawn
from benchmarks.limits import Limits
from benchmarks.measure import Lines
from benchmarks.server import COUNTS, Answer, Stripe

START, END = 1_700_000_000, 1_700_000_000 + 100 * DAY
KEY = {"authorization": "Bearer sk_live_bench", "stripe-version": "2026-01-01.test"}
CHARGES = Objects(objects.CHARGES, account.in_bursts(250, START, END, seed=7))
INVOICES = Objects(objects.INVOICES, account.evenly(3, START, END))
CUSTOMERS = Objects(objects.CUSTOMERS, account.evenly(5, START, END))


def stripe(events: str = "", count: int = 0, version: str = "", limits: Limits | None = None) -> Stripe:
    subjects = account.one_in_so_many(count, len(CHARGES))
    feed = Events(events, CHARGES, account.evenly(count, START, END), version, subjects)
    lists = {"charges": CHARGES, "invoices": INVOICES, "customers": CUSTOMERS}
    return Stripe(lists, feed, limits or Limits())


def ask(server: Stripe, target: str, now: float = 0.0) -> Any:
    answer = server.answer(target, KEY, now)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def walked(server: Stripe, target: str) -> Iterator[dict[str, Any]]:
    """Every object of a list, page after page."""
    after = ""
    while True:
        page = ask(server, target + after)
        yield from page["data"]
        if not page["has_more"]:
            return
        after = f"&starting_after={page['data'][-1]['id']}"


def status(server: Stripe, target: str, headers: dict[str, str] | None = None) -> int:
    return server.answer(target, KEY if headers is None else headers, 0.0).status


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_a_list_is_paged_through_newest_first(limit: int) -> None:
    found = list(walked(stripe(), f"/v1/charges?limit={limit}"))
    created = [charge["created"] for charge in found]
    assert len({charge["id"] for charge in found}) == 250
    assert created == sorted(created, reverse=True)


def test_a_list_without_a_limit_shows_ten() -> None:
    page = ask(stripe(), "/v1/charges")
    assert (len(page["data"]), page["object"], page["has_more"], page["url"]) == (10, "list", True, "/v1/charges")


@pytest.mark.parametrize(
    ("bounds", "is_inside"),
    [
        ("created[gte]={0}", lambda at, second: at >= second),
        ("created[gt]={0}", lambda at, second: at > second),
        ("created[lte]={0}", lambda at, second: at <= second),
        ("created[lt]={0}", lambda at, second: at < second),
        ("created={0}", lambda at, second: at == second),
    ],
)
def test_created_bounds_a_list(bounds: str, is_inside: Any) -> None:
    everything = list(walked(stripe(), "/v1/charges?limit=100"))
    for second in (everything[0]["created"], everything[100]["created"], everything[-1]["created"]):
        found = list(walked(stripe(), f"/v1/charges?limit=100&{bounds.format(second)}"))
        assert found == [charge for charge in everything if is_inside(charge["created"], second)]


def test_half_open_windows_make_up_the_list() -> None:
    middle = START + 50 * DAY
    newer = walked(stripe(), f"/v1/charges?limit=100&created[gte]={middle}")
    older = walked(stripe(), f"/v1/charges?limit=100&created[lt]={middle}")
    assert [*newer, *older] == list(walked(stripe(), "/v1/charges?limit=100"))


def test_an_object_can_be_asked_for_by_its_id() -> None:
    charge = ask(stripe(), "/v1/charges?limit=1")["data"][0]
    assert ask(stripe(), f"/v1/charges/{charge['id']}") == charge


def test_refunds_of_a_charge_are_there_only_if_expanded() -> None:
    assert "refunds" not in ask(stripe(), "/v1/charges?limit=1")["data"][0]
    assert ask(stripe(), "/v1/charges?limit=1&expand[]=data.refunds")["data"][0]["refunds"]["data"] == []


def test_a_charge_is_of_the_size_of_a_charge() -> None:
    charge = json.loads(objects.CHARGES.write(1, START, frozenset({"refunds"})))
    assert 3_300 < len(json.dumps(charge, separators=(",", ":"))) < 3_500


def test_a_page_is_indented_as_stripe_indents_it() -> None:
    page = stripe().answer("/v1/charges?limit=3", {"authorization": "Bearer sk_test_1"}, 0.0).body.decode()
    assert page == json.dumps(json.loads(page), indent=2)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/charges?limit=0", 400),
        ("/v1/charges?limit=101", 400),
        ("/v1/charges?created[gte]=yesterday", 400),
        ("/v1/charges?starting_after=ch_unknown", 400),
        ("/v1/charges/ch_unknown", 404),
        ("/v1/nothing", 404),
    ],
)
def test_what_stripe_refuses_is_refused(target: str, expected: int) -> None:
    assert status(stripe(), target) == expected


def test_without_a_key_nothing_is_shown() -> None:
    assert status(stripe(), "/v1/charges", {}) == 401
    assert status(stripe(), "/v1/charges", {"authorization": "Basic c2tfbGl2ZTo="}) == 200


def test_an_invoice_embeds_ten_lines_and_its_list_holds_them_all() -> None:
    small, _, large = ask(stripe(), "/v1/invoices")["data"]
    assert (len(small["lines"]["data"]), small["lines"]["has_more"]) == (objects.LINES, False)
    assert (len(large["lines"]["data"]), large["lines"]["has_more"]) == (objects.EMBEDDED, True)
    lines = list(walked(stripe(), f"{large['lines']['url']}?limit=10"))
    assert lines[: objects.EMBEDDED] == large["lines"]["data"]
    assert len({line["id"] for line in lines}) == objects.MANY_LINES
    assert {line["invoice"] for line in lines} == {large["id"]}


def test_customers_have_payment_methods_of_their_own() -> None:
    customers = ask(stripe(), "/v1/customers")["data"]
    methods = [walked(stripe(), f"/v1/customers/{one['id']}/payment_methods?limit=100") for one in customers]
    owners = [method["customer"] for found in methods for method in found]
    assert len(owners) == sum(map(objects.methods_of, range(5)))
    assert set(owners) == {one["id"] for one in customers}


def test_events_show_objects_in_the_version_asked_for_or_their_own() -> None:
    server = stripe("charge.updated", 100)
    events = list(walked(server, "/v1/events?limit=100&type=charge.*"))
    assert {event["api_version"] for event in events} == {KEY["stripe-version"]}
    assert len({event["data"]["object"]["id"] for event in events}) == 100
    shown = events[0]["data"]["object"]
    assert ask(server, f"/v1/charges/{shown['id']}") == shown
    old = stripe("charge.updated", 100, "2020-01-01")
    assert ask(old, "/v1/events")["data"][0]["api_version"] == "2020-01-01"


@pytest.mark.parametrize("query", ["type=invoice.*", "type=charge.failed", "types[]=charge.failed"])
def test_events_of_other_types_are_left_out(query: str) -> None:
    assert ask(stripe("charge.updated", 5), f"/v1/events?{query}")["data"] == []


def test_bursts_are_seeded_and_on_the_first_of_a_month() -> None:
    stamps = account.in_bursts(1_000, START, END, seed=1)
    assert stamps == account.in_bursts(1_000, START, END, seed=1)
    assert stamps != account.in_bursts(1_000, START, END, seed=2)
    days = [second // DAY for second in stamps]
    assert sum(days.count(day) > 100 for day in set(days)) == 3


def test_an_endpoint_takes_a_second_s_worth_at_once_and_then_its_rate() -> None:
    limits = Limits(account=100, endpoint=25)
    assert [limits.refusal("v1/charges", 0.0) for _ in range(26)] == [""] * 25 + ["endpoint-rate"]
    assert limits.refusal("v1/charges/{id}", 0.0) == ""
    assert [limits.refusal("v1/charges", 0.04) for _ in range(2)] == ["", "endpoint-rate"]


def test_the_account_s_limit_holds_over_all_endpoints() -> None:
    limits = Limits(account=50, endpoint=25)
    refusals = [limits.refusal(endpoint, 0.0) for endpoint in "abc" for _ in range(25)]
    assert refusals == [""] * 50 + ["global-rate"] * 25


def test_a_refusal_names_its_limit_and_is_counted() -> None:
    server = stripe(limits=Limits(endpoint=1))
    assert server.answer("/v1/charges", KEY, 0.0).status == 200
    refused = server.answer("/v1/charges", KEY, 0.5)
    assert (refused.status, refused.reason) == (429, "endpoint-rate")
    assert json.loads(refused.body)["error"]["code"] == "rate_limit"
    counts = ask(server, COUNTS)
    assert counts == {"requests": {"v1/charges": 2}, "refused": {"endpoint-rate": 1}, "seconds": 0.5}


def test_a_request_is_counted_by_its_endpoint() -> None:
    server = stripe()
    for path in ("charges", "charges/ch_1", "charges/ch_2", "invoices/in_1/lines"):
        assert isinstance(server.answer(f"/v1/{path}", KEY, 0.0), Answer)
    assert server.requests == {"v1/charges": 1, "v1/charges/{id}": 2, "v1/invoices/{id}/lines": 1}


def record(number: int, spaces: bool = False) -> bytes:
    message = {"type": "RECORD", "record": {"data": {"object": "charge", "id": objects.CHARGES.id(number)}}}
    return json.dumps(message, separators=(", ", ": ") if spaces else (",", ":")).encode() + b"\n"


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_messages_are_counted_however_the_stream_is_cut(size: int) -> None:
    text = record(0) + record(1, spaces=True) + b'{"type":"STATE","state":{}}\n' + record(1) + b'{"type": "STATE"}'
    lines = Lines([objects.CHARGES.prefix])
    for start in range(0, len(text), size):
        lines.feed(text[start : start + size])
    lines.end()
    assert (lines.records, lines.distinct, lines.states, lines.size) == (3, 2, 2, len(text))


def row(connector: str = "ours", **given: object) -> dict[str, Any]:
    known = {"connector": connector, "case": "10 charges", "expected": 10, "count": 10, "mode": "incremental"}
    cost = {"wall": 2.0, "cpu": 0.5, "peak_mb": 80.0, "records": 10, "requests": 4, "refused": 0, "right": True}
    return known | cost | given


def results(*rows: dict[str, Any]) -> dict[str, Any]:
    machine = {"cpu": "A processor", "cores": 2, "memory_gb": 4, "system": "A system", "python": "3.11"}
    return {
        "machine": machine,
        "versions": {"ours": {"airbyte-cdk": "7"}},
        "unavailable": {"singer": "it could not be installed"},
        "scenarios": {"first_sync": {"date": "2026-01-01", "rows": list(rows)}},
    }


def test_a_wrong_run_shows_no_figures() -> None:
    (table,) = tables.tables(results(row(right=False)))
    assert set(table.lines[0][2:]) == {"WRONG"}
    assert tables.find(results(row(right=False)), "first_sync", "ours") == []


def test_the_documents_say_what_was_measured() -> None:
    measured = results(row(), row("airbyte", cpu=4.0, peak_mb=160.0))
    text = report.document(measured)
    assert text.startswith("<!-- Generated by benchmarks/report.py")
    assert "| 10 charges | this connector | 2.0 | 0.50 | 50,000 | 20 | 80 | 4 |" in text
    assert "Singer's connector: it could not be installed." in text
    block = report.readme_block(measured)
    assert "8.0 and 2.0 times as much" in block
    assert f"Measured on {measured['scenarios']['first_sync']['date']} on {measured['machine']['cpu']}" in block
    assert "400,000 ms" in report.chart(measured)


def test_results_of_another_machine_stand_in_tables_of_their_own_which_say_so() -> None:
    stored, new = results(row(), row("airbyte")), results(row(cpu=1.0))
    stored["scenarios"]["changes"] = new["scenarios"]["first_sync"]
    same = report.merged(stored, new)
    assert len(same["scenarios"]["first_sync"]["rows"]) == 2
    assert "64 cores" not in report.document(same)
    stored["machine"] = {**stored["machine"], "cores": 64}
    other = report.merged(stored, new)
    assert other["scenarios"]["first_sync"] == new["scenarios"]["first_sync"]
    assert report.document(other).count("64 cores") == 1
    # Measured again there, it is the other way round.
    back = report.merged(other, {**new, "machine": stored["machine"], "scenarios": {}})
    assert "machine" in back["scenarios"]["first_sync"]
    assert "machine" not in back["scenarios"]["changes"]


def test_bars_are_as_long_as_their_values() -> None:
    text = drawn([Chart("Time", "ms", [Bar("a & b", 100.0, "#000"), Bar("c", 50.0, "#000")])], "a comment")
    assert "width='410.0'" in text
    assert "width='205.0'" in text
    assert "a &amp; b" in text


def test_pages_of_any_bounds_stay_inside_the_list() -> None:
    query: Query = [("created[gt]", str(END)), ("limit", "100")]
    assert account.page(CHARGES, query) == (0, 0, False)
    with pytest.raises(Refused):
        account.page(CHARGES, [("ending_before", objects.CHARGES.id(1))])
