"""API v2, as Stripe pages, filters and shows it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, getting
from integration_tests.sandbox import Account, Sandbox
from integration_tests.sandbox.world.facts import LINKED, THIN_EVENTS
from integration_tests.sandbox.world.linked import written

ACCOUNT = "v2.core.account"
PATH = "/v2/core/accounts"


def refused(get: Get, path: str, **params: object) -> tuple[int, str]:
    response = get(path, **params)
    body = response.json()["error"]
    assert body.keys() <= {"code", "message", "request_log_url"}
    return response.status_code, body["code"]


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_the_addresses_of_pages_lead_through_the_whole_list_once(populated: Account, limit: int) -> None:
    get = getting(Sandbox(populated))
    for path in LINKED:
        if "{" in path:
            continue
        found: list[Json] = []
        params: dict[str, object] = {"limit": limit}
        while True:
            page = get(path, **params).json()
            assert page.keys() == {"data", "next_page_url", "previous_page_url"}
            assert len(page["data"]) <= limit
            found += page["data"]
            if page["next_page_url"] is None:
                break
            parts = urlsplit(page["next_page_url"])
            assert (parts.path, parts.netloc) == (path, "")
            params = dict(parse_qsl(parts.query))
        assert found == populated.rows(path), path


def test_every_listed_object_can_be_retrieved_and_looks_the_same(populated: Account) -> None:
    get = getting(Sandbox(populated))
    for path, endpoint in LINKED.items():
        for row in populated.rows(path)[:5] if "{" not in path else ():
            assert get(endpoint.retrieve.format(id=row["id"])).json() == row


@pytest.mark.parametrize(("path", "most"), [(PATH, 20), ("/v2/core/events", 100)])
def test_a_page_holds_so_many_at_most(get: Get, path: str, most: int) -> None:
    assert get(path, limit=most).status_code == 200
    assert refused(get, path, limit=most + 1) == (400, "invalid_request")
    assert refused(get, path, limit=0) == (400, "invalid_request")


def test_what_is_asked_for_cannot_be_changed_on_the_way(account: Account, get: Get) -> None:
    account.has(ACCOUNT, 3)
    token = dict(parse_qsl(urlsplit(get(PATH, limit=1).json()["next_page_url"]).query))["page"]
    assert get(PATH, limit=1, page=token).status_code == 200
    assert refused(get, PATH, limit=2, page=token) == (400, "invalid_request")
    assert refused(get, PATH, limit=1, page="page_none") == (400, "invalid_request")


def test_unknown_parameters_are_refused(get: Get) -> None:
    assert refused(get, PATH, starting_after="acct_1") == (400, "unknown_parameter")
    assert refused(get, PATH, **{"created[gte]": written(NOW)}) == (400, "unknown_parameter")
    assert refused(get, PATH, expand=["data.identity"]) == (400, "unknown_parameter")
    assert refused(get, PATH, **{"include[0]": "identity"}) == (400, "unknown_parameter")
    assert refused(get, f"{PATH}/acct_1", limit=1) == (400, "unknown_parameter")


def test_created_bounds_are_texts_and_inclusive_or_exclusive_as_named(account: Account, get: Get) -> None:
    path = "/v2/money_management/adjustments"
    for offset in range(5):
        account.create("v2.money_management.adjustment", created=NOW - offset)
    rows = account.rows(path)
    assert [row["created"] for row in rows] == sorted((row["created"] for row in rows), reverse=True)
    first, last = rows[3]["created"], rows[1]["created"]
    between = {"created[gte]": first, "created[lte]": last}, {"created[gt]": first, "created[lt]": last}
    assert [len(get(path, **bounds).json()["data"]) for bounds in between] == [3, 1]
    assert refused(get, path, **{"created[gte]": NOW}) == (400, "invalid_request")


def test_what_is_included_on_request_is_null_until_then(account: Account, get: Get) -> None:
    made = account.create(ACCOUNT)
    (listed,) = get(PATH).json()["data"]
    assert listed["configuration"] is listed["identity"] is listed["requirements"] is None
    asked = {"include[0]": "configuration.merchant", "include[1]": "identity"}
    one = get(f"{PATH}/{made['id']}", **asked).json()
    assert one["identity"] is not None
    assert one["configuration"]["merchant"] is not None
    assert one["configuration"]["customer"] is None
    assert one["requirements"] is None


def test_closed_accounts_are_listed_where_they_are_asked_for(account: Account, get: Get) -> None:
    shut, open_ = (account.create(ACCOUNT)["id"] for _ in range(2))
    account.update(shut, closed=True)
    assert [row["id"] for row in get(PATH).json()["data"]] == [open_]
    assert [row["id"] for row in get(PATH, closed="true").json()["data"]] == [shut]


def test_a_thin_event_names_its_object_and_shows_nothing_of_it(account: Account, get: Get) -> None:
    person = account.create("v2.core.account_person")
    account.delete(person["id"])
    gone, came = get("/v2/core/events", **{"types[0]": "v2.core.account_person.created", **_deleted}).json()["data"]
    assert {gone["type"], came["type"]} == {"v2.core.account_person.created", "v2.core.account_person.deleted"}
    url = f"{PATH}/{person['account']}/persons/{person['id']}"
    assert came["related_object"] == {"id": person["id"], "type": person["object"], "url": url}
    assert came["data"] == {"account_id": person["account"]}
    assert refused(get, url) == (404, "not_found")


_deleted = {"types[1]": "v2.core.account_person.deleted"}


def test_events_are_asked_for_by_twenty_names_at_most_and_are_there_for_thirty_days(account: Account, get: Get) -> None:
    account.create(ACCOUNT)
    names = {f"types[{index}]": kind for index, kind in enumerate(list(THIN_EVENTS)[:21])}
    assert refused(get, "/v2/core/events", **names) == (400, "invalid_request")
    assert refused(get, "/v2/core/events", **{"types[0]": "v2.core.*"}) == (400, "invalid_request")
    assert len(get("/v2/core/events").json()["data"]) == 1
    account.advance(31 * DAY)
    assert get("/v2/core/events").json()["data"] == []


def test_a_request_without_a_version_is_refused(account: Account) -> None:
    session = Sandbox(account).session()
    headers = {"Authorization": "Bearer sk_test_sandbox"}
    assert session.get(f"https://api.stripe.com{PATH}", headers=headers).status_code == 400
    assert session.get("https://api.stripe.com/v1/customers", headers=headers).status_code == 200
