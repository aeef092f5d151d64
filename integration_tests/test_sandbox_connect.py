"""Stripe's rules for a platform and its connected accounts, as the sandbox keeps them."""

from __future__ import annotations

import pytest

from integration_tests.asking import NOW, Get, error, events, getting, new_types
from integration_tests.sandbox import Account, Sandbox


@pytest.fixture(autouse=True)
def _all_in_one_list(account: Account) -> None:
    """So that what is told of a connected account is found; whose list shows it is told below."""
    account.sees_all_events = True


# --- accounts ---


def test_a_connected_account_is_listed_and_no_event_told_of_its_birth(account: Account) -> None:
    joined = account.create("account", created=NOW - 50)
    assert account.rows("/v1/accounts") == [joined]
    assert account.rows("/v1/accounts", created={"gte": NOW - 40}) == []
    assert events(account, "*") == []


def test_the_accounts_own_row_is_not_listed_but_its_changes_are_told(account: Account, get: Get) -> None:
    account.sees_all_events = True
    joined = account.create("account")["id"]
    account.update(account.id, email="own@example.com")
    account.update(joined, email="other@example.com")
    assert [row["id"] for row in account.rows("/v1/accounts")] == [joined]
    assert get("/v1/account").json()["email"] == "own@example.com"
    assert get(f"/v1/accounts/{account.id}").json() == get("/v1/account").json()
    told = {event["data"]["object"]["id"]: event.get("account") for event in events(account, "account.updated")}
    assert told == {account.id: None, joined: joined}


def test_an_account_is_deleted_silently_with_all_that_is_its_own(account: Account) -> None:
    gone = account.create("account", persons=1, external_accounts=2)["id"]
    with new_types(account) as found:
        account.delete(gone)
    assert found == set()
    assert account.rows("/v1/accounts") == []
    assert [account.objects(kind) for kind in ("capability", "person", "bank_account", "card")] == [[], [], [], []]


@pytest.mark.parametrize("path", ["", "/capabilities", "/persons", "/persons/person_1", "/external_accounts"])
def test_an_account_that_is_gone_is_told_from_no_stranger(account: Account, get: Get, path: str) -> None:
    gone = account.create("account")["id"]
    account.delete(gone)
    for id in (gone, "acct_stranger"):
        assert error(get(f"/v1/accounts/{id}{path}")) == (403, "account_invalid", None)


def test_a_connected_account_with_contents_is_the_one_that_is_listed(account: Account, get: Get) -> None:
    other = account.connect(email="before@example.com")
    account.update(other.id, email="after@example.com")
    account.create("person", account=other.id)
    as_other = {"Stripe-Account": other.id}
    (row,) = get("/v1/accounts").json()["data"]
    assert row["email"] == "after@example.com"
    assert get("/v1/account", headers=as_other).json() == row
    assert get(f"/v1/accounts/{other.id}", headers=as_other).json() == row
    assert len(get(f"/v1/accounts/{other.id}/persons", headers=as_other).json()["data"]) == 1
    assert get("/v1/accounts", headers=as_other).json()["data"] == []
    account.delete(other.id)
    assert error(get("/v1/customers", headers=as_other)) == (403, "account_invalid", None)


# --- capabilities ---


def test_capabilities_are_named_and_every_account_has_its_own(account: Account, get: Get) -> None:
    one, other = (account.create("account")["id"] for _ in range(2))
    account.update(f"{one}/card_payments", object="capability", status="active")
    for id, status in ((one, "active"), (other, "inactive")):
        page = get(f"/v1/accounts/{id}/capabilities").json()
        assert {row["id"]: row["account"] for row in page["data"]} == {"card_payments": id, "transfers": id}
        assert page["has_more"] is False
        assert get(f"/v1/accounts/{id}/capabilities/card_payments").json()["status"] == status
    assert error(get(f"/v1/accounts/{one}/capabilities/sepa"))[:2] == (404, "resource_missing")


@pytest.mark.parametrize("name", ["limit", "starting_after", "ending_before"])
@pytest.mark.parametrize("path", ["/v1/accounts/{}/capabilities", "/v1/reporting/report_types"])
def test_a_list_that_has_no_pages_refuses_to_be_paged(account: Account, get: Get, path: str, name: str) -> None:
    response = get(path.format(account.create("account")["id"]), **{name: 1})
    assert error(response) == (400, "parameter_unknown", name)


def test_a_capability_and_the_account_that_shows_it_are_told(account: Account) -> None:
    joined = account.create("account")["id"]
    with new_types(account) as found:
        account.update(f"{joined}/transfers", object="capability", status="active")
    assert found == {"capability.updated", "account.updated"}
    assert {event["account"] for event in events(account, "*")} == {joined}
    with new_types(account) as found:
        account.create("capability", account=joined, id="klarna_payments")
    assert found == {"account.updated"}
    shown = account.rows("/v1/accounts")[0]["capabilities"]
    assert shown == {"card_payments": "inactive", "transfers": "active", "klarna_payments": "inactive"}
    assert account.unannounced == set()


# --- persons and external accounts ---


def test_persons_are_told_with_their_account(account: Account) -> None:
    person = account.create("person")
    account.update(person["id"], first_name="Edith")
    account.delete(person["id"])
    told = {event["type"]: event["account"] for event in events(account, "person.*")}
    assert told == dict.fromkeys(("person.created", "person.updated", "person.deleted"), person["account"])


def test_persons_are_filtered_by_what_they_are(account: Account) -> None:
    joined = account.create("account", persons=2)["id"]
    (owner, _) = account.rows(f"/v1/accounts/{joined}/persons")
    account.update(owner["id"], relationship={**owner["relationship"], "owner": True})
    assert len(account.rows(f"/v1/accounts/{joined}/persons", relationship={"owner": "true"})) == 1


@pytest.mark.parametrize(
    ("type", "persons", "external_accounts"), [("custom", 200, 200), ("express", 403, 200), ("standard", 403, 403)]
)
def test_a_platform_reads_only_what_it_controls(
    account: Account, get: Get, type: str, persons: int, external_accounts: int
) -> None:
    joined = account.create("account", type=type)
    assert get(f"/v1/accounts/{joined['id']}/persons").status_code == persons
    assert get(f"/v1/accounts/{joined['id']}/persons/person_1").status_code in (persons, 404)
    assert get(f"/v1/accounts/{joined['id']}/external_accounts").status_code == external_accounts
    assert ("external_accounts" in joined) == (external_accounts == 200)
    assert get(f"/v1/accounts/{joined['id']}/capabilities").status_code == 200


@pytest.mark.parametrize("kind", ["bank_account", "card"])
def test_an_external_account_is_told_otherwise_than_a_customers(account: Account, kind: str) -> None:
    joined = account.create("account")["id"]
    with new_types(account) as found:
        made = account.create(kind, account=joined)
    assert found == {"account.external_account.created", "account.updated"}
    with new_types(account) as found:
        account.update(made["id"], metadata={"a": "b"})
    assert found == {"account.external_account.updated", "account.updated"}
    with new_types(account) as found:
        account.delete(made["id"])
    assert found == {"account.external_account.deleted", "account.updated"}
    assert (made["account"], "customer" in made) == (joined, False)
    assert {event["account"] for event in events(account, "*")} == {joined}
    assert account.unannounced == set()


def test_an_account_shows_ten_of_its_external_accounts(account: Account) -> None:
    joined = account.create("account", external_accounts=12)
    path = f"/v1/accounts/{joined['id']}/external_accounts"
    (shown,) = [row["external_accounts"] for row in account.rows("/v1/accounts")]
    assert shown["data"] == account.rows(path)[:10]
    assert (shown["has_more"], shown["url"]) == (True, path)
    assert {row["object"] for row in account.rows(path, object="card")} == {"card"}
    assert len(account.rows(path, object="bank_account")) == 6


def test_a_customers_sources_are_no_external_accounts(account: Account) -> None:
    customer = account.create("customer", sources=2)["id"]
    joined = account.create("account", external_accounts=3)["id"]
    assert len(account.rows(f"/v1/customers/{customer}/sources")) == 2
    assert len(account.rows(f"/v1/accounts/{joined}/external_accounts")) == 3
    assert len(events(account, "customer.source.created")) == 2
    assert all("account" not in event for event in events(account, "customer.*"))


# --- what an account is not set up for ---


def test_a_product_that_is_not_set_up_is_refused_in_stripes_words(account: Account) -> None:
    sandbox = Sandbox(account)
    get = getting(sandbox)
    sandbox.not_enabled("/v1/issuing")
    refused = get("/v1/issuing/cards", limit=1)
    assert error(refused) == (400, None, None)
    assert refused.json()["error"]["type"] == "invalid_request_error"
    assert refused.json()["error"]["message"] == (
        "Your account is not set up to use Issuing. Please visit https://dashboard.stripe.com/issuing/overview to get "
        "started."
    )
    assert get("/v1/climate/orders").status_code == 200
    sandbox.recovers()
    assert get("/v1/issuing/cards").status_code == 200


# --- whose list shows an event ---


@pytest.mark.parametrize("luck", range(4))
def test_a_platform_sees_its_own_events_and_each_account_those_about_itself(luck: int) -> None:
    platform = Account(now=NOW, seed=luck)
    platform.create("customer")
    one, other = platform.create("account")["id"], platform.connect().id
    platform.update(one, email="new@example.com")
    platform.create("person", account=other)
    get = getting(Sandbox(platform))

    def told(account: str | None = None) -> list[tuple[str, str]]:
        headers = {"Stripe-Account": account} if account else {}
        return [(event["type"], event["data"]["object"].get("account") or event["data"]["object"]["id"])
                for event in get("/v1/events", headers=headers).json()["data"]]  # fmt: skip

    assert {type for type, _ in told()} == {"customer.created"}
    assert told(one) == [("account.updated", one)]
    assert told(other) == [("person.created", other)]


def test_whether_an_event_names_the_account_that_asks_for_it_is_not_to_be_relied_on() -> None:
    platform = Account(now=NOW)
    joined = [platform.create("account")["id"] for _ in range(8)]
    for id in joined:
        platform.update(id, email="new@example.com")
    shown = [platform.of(id).rows("/v1/events") for id in joined]  # type: ignore[union-attr]
    assert {event.get("account") is None for (event,) in shown} == {True, False}


def test_an_account_that_refuses_is_listed_and_may_not_be_asked(account: Account, get: Get) -> None:
    other = account.connect()
    account.refusing.add(other.id)
    assert [row["id"] for row in get("/v1/accounts").json()["data"]] == [other.id]
    assert error(get("/v1/customers", headers={"Stripe-Account": other.id})) == (403, "account_invalid", None)
    account.refusing.clear()
    assert get("/v1/customers", headers={"Stripe-Account": other.id}).status_code == 200
