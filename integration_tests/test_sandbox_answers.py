"""How the sandbox prints its answers, and what it says of a request: as Stripe does, recorded in 2026."""

from __future__ import annotations

import json

import pytest

from integration_tests.asking import NOW, getting
from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.sandbox.api.faults import FOREIGN, Fault


@pytest.fixture
def sandbox() -> Sandbox:
    account = Account(now=NOW, seed=7)
    customer = account.create("customer")
    account.create("tax_id", customer=customer["id"])
    return Sandbox(account, {"rk_test_shy": ("/v1/charges", "tax_id")})


def test_a_success_is_indented_by_two_and_ends_without_a_newline(sandbox: Sandbox) -> None:
    text = getting(sandbox)("/v1/refunds").text
    assert text == '{\n  "object": "list",\n  "data": [],\n  "has_more": false,\n  "url": "/v1/refunds"\n}'


def test_an_error_is_in_order_and_ends_with_a_newline_and_leads_to_its_log(sandbox: Sandbox) -> None:
    response = getting(sandbox)("/v1/customers/cus_nobody")
    body = json.loads(response.text)
    assert response.text == json.dumps(body, indent=2, sort_keys=True) + "\n"
    id = response.headers["Request-Id"]
    url = f"https://dashboard.stripe.com/{sandbox.account.id}/test/workbench/logs?object={id}"
    assert body["error"]["request_log_url"] == url


def test_an_unknown_key_hears_neither_an_id_nor_a_version(sandbox: Sandbox) -> None:
    response = getting(sandbox, "sk_test_wrong")("/v1/customers")
    assert response.status_code == 401
    assert response.headers["Www-Authenticate"] == 'Bearer realm="Stripe"'
    assert not {"Request-Id", "Stripe-Version"} & set(response.headers)
    assert "request_log_url" not in response.json()["error"]


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/customers/{id}"])
def test_expanding_takes_the_permission_for_what_is_expanded(sandbox: Sandbox, path: str) -> None:
    id, prefix = sandbox.account.rows("/v1/customers")[0]["id"], "" if "{" in path else "data."
    shy, full = getting(sandbox, "rk_test_shy"), getting(sandbox)
    asked = path.format(id=id)
    assert shy(asked).status_code == 200
    assert shy(asked, expand=[f"{prefix}sources"]).status_code == 200
    assert shy(asked, expand=[f"{prefix}sources", f"{prefix}tax_ids"]).status_code == 403
    assert full(asked, expand=[f"{prefix}tax_ids"]).status_code == 200


def test_faults_at_random_bring_every_kind_in_time(sandbox: Sandbox) -> None:
    sandbox.faults(1.0, seed=3)
    get, answers = getting(sandbox), set()
    for _ in range(600):
        try:
            response = get("/v1/customers")
            answers.add((response.status_code, response.text))
        except OSError:
            answers.add((0, ""))
    said = {(status, body.decode()) for fault, (status, _, body) in FOREIGN.items() if fault is not Fault.garbled}
    assert said <= answers
    assert {status for status, _ in answers} >= {0, 200, 302, 403, 409, 429, 500, 502, 503}
    assert FULL_KEY in sandbox.keys
    assert set(FOREIGN) < set(Fault)


@pytest.mark.parametrize("all", [True, False])
def test_a_platform_sees_the_events_of_its_connected_accounts_only_if_it_is_told_so(all: bool) -> None:
    account = Account(now=NOW, seed=7)
    other, customer = account.connect(), account.create("customer")
    account.update(other.id, email="new@example.com")
    listed = getting(Sandbox(account, platform_sees_all_events=all))("/v1/events").json()["data"]
    about = {(event["type"], event.get("account")) for event in listed}
    assert ("customer.created", None) in about
    assert (("account.updated", other.id) in about) is all
    assert customer["id"] in {event["data"]["object"]["id"] for event in listed}
