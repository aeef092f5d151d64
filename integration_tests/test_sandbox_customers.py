"""What customers have in the sandbox: sources, tax ids, cash; and what becomes of it when they go."""

from __future__ import annotations

from integration_tests.asking import Json, error, events, getting, new_types
from integration_tests.sandbox import Account, Sandbox


def test_a_source_that_nobody_has_is_read_by_its_id_alone(account: Account) -> None:
    get = getting(Sandbox(account))
    source = account.create("source")
    assert get(f"/v1/sources/{source['id']}").json() == source
    assert error(get("/v1/sources/src_none"))[:2] == (404, "resource_missing")
    assert get("/v1/sources").status_code == 404
    assert events(account, "source.*", "customer.source.*") == []


def test_a_source_tells_of_its_customer_only_while_it_has_one(account: Account) -> None:
    customer, source = account.create("customer")["id"], account.create("source")["id"]
    steps: tuple[tuple[Json, set[str]], ...] = (
        ({"metadata": {"a": "b"}}, set()),
        ({"status": "chargeable"}, {"source.chargeable"}),
        ({"customer": customer}, {"customer.source.created", "customer.updated"}),
        ({"metadata": {"a": "c"}}, {"customer.source.updated"}),
        ({"customer": None}, {"customer.source.deleted", "customer.updated"}),
    )
    for fields, expected in steps:
        with new_types(account) as found:
            account.update(source, **fields)
        assert found == expected
    assert account.objects("source")[0]["status"] == "consumed"
    assert account.rows(f"/v1/customers/{customer}/sources") == []
    assert account.objects("customer")[0]["default_source"] is None


def test_a_customers_sources_are_of_three_types_in_one_list(account: Account) -> None:
    customer = account.create("customer", sources=2)["id"]
    account.create("source", customer=customer)
    rows = account.rows(f"/v1/customers/{customer}/sources")
    assert {row["object"] for row in rows} == {"bank_account", "card", "source"}
    assert account.rows("/v1/customers", expand=["sources"])[0]["sources"]["data"] == rows


def test_the_accounts_own_tax_ids_are_listed_apart_from_its_customers(account: Account) -> None:
    get = getting(Sandbox(account))
    own, customer = account.create("tax_id"), account.create("customer")["id"]
    with new_types(account) as found:
        theirs = account.create("tax_id", customer=customer)
        account.update(theirs["id"], verification={**theirs["verification"], "status": "verified"})
        account.update(own["id"], verification={**own["verification"], "status": "verified"})
    assert found == {"customer.tax_id.created", "customer.tax_id.updated"}
    assert [row["id"] for row in account.rows("/v1/tax_ids")] == [own["id"]]
    assert [row["id"] for row in account.rows(f"/v1/customers/{customer}/tax_ids")] == [theirs["id"]]
    asked = {"owner[type]": "customer", "owner[customer]": customer}
    assert [row["id"] for row in account.rows("/v1/tax_ids", **asked)] == [theirs["id"]]
    assert get(f"/v1/tax_ids/{theirs['id']}").json()["owner"]["customer"] == customer
    assert own["owner"] == {"type": "self"}
    with new_types(account) as found:
        account.delete(own["id"])
    assert found == set()


def test_a_cash_balance_adds_up(account: Account) -> None:
    customer = account.create("customer", cash_balance_transactions=3)["id"]
    rows = account.rows(f"/v1/customers/{customer}/cash_balance_transactions")
    assert rows[0]["ending_balance"] == sum(row["net_amount"] for row in rows)
    assert len(events(account, "customer_cash_balance_transaction.created")) == 3


def test_what_a_customer_has_goes_with_it(account: Account) -> None:
    get = getting(Sandbox(account))
    customer = account.create("customer", sources=2, tax_ids=2, cash_balance_transactions=1, balance_transactions=1)[
        "id"
    ]
    source = account.create("source", customer=customer)["id"]
    account.delete(customer)
    assert len(events(account, "customer.source.deleted")) == 3
    assert len(events(account, "customer.tax_id.deleted")) == 2
    kinds = ("bank_account", "card", "tax_id", "customer_cash_balance_transaction", "customer_balance_transaction")
    assert [account.objects(kind) for kind in kinds] == [[]] * len(kinds)
    assert get(f"/v1/sources/{source}").json()["customer"] is None
