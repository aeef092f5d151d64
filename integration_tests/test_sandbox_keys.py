"""Stripe's rules for keys, as the sandbox keeps them: https://docs.stripe.com/keys."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from integration_tests.asking import NOW, error, getting
from integration_tests.sandbox import FULL_KEY, Account, Ended, Granted, Sandbox, StripeApp
from integration_tests.sandbox.api.oauth import AUTHORIZE, TOKEN

RESTRICTED, ORGANIZATION = "rk_test_restricted", "sk_org_test_51Mq4WzCt7RvYbEx"


def status(sandbox: Sandbox, path: str, key: str = RESTRICTED, **asked: object) -> int:
    return getting(sandbox, key)(path, **asked).status_code


def words(sandbox: Sandbox, path: str) -> str:
    return str(getting(sandbox, RESTRICTED)(path).json()["error"]["message"])


# --- restricted keys ---


def test_a_restricted_key_reads_what_it_was_given_and_nothing_else(account: Account) -> None:
    sandbox = Sandbox(account, {RESTRICTED: Granted({"rak_charge_read"})})
    assert [status(sandbox, path) for path in ("/v1/charges", "/v1/refunds")] == [200, 200]
    assert [status(sandbox, path) for path in ("/v1/customers", "/v1/account", "/v1/climate/orders")] == [403] * 3
    assert sandbox.log[0].used == ("rak_charge_read",)


def test_what_permissions_bring_along_may_be_read_too(account: Account) -> None:
    sandbox = Sandbox(account, {RESTRICTED: Granted({"rak_balance_transaction_source_read"})})
    assert [status(sandbox, path) for path in ("/v1/balance", "/v1/transfers", "/v1/payouts")] == [200] * 3
    assert status(sandbox, "/v1/customers") == 403


def test_the_permission_is_asked_for_before_the_object(account: Account) -> None:
    sandbox = Sandbox(account, {RESTRICTED: Granted({"rak_customer_read"})})
    assert status(sandbox, "/v1/customers/cus_nobody") == 404
    assert status(sandbox, "/v1/customers/cus_nobody/balance_transactions") == 404
    assert status(sandbox, "/v1/charges/ch_nobody") == 403
    assert status(sandbox, "/v1/credit_notes/cn_nobody/lines") == 403


@pytest.mark.parametrize(
    ("field", "permission"),
    [
        ("refunds", "rak_charge_read"),
        ("customer", "rak_customer_read"),
        ("shipping", ""),
        ("transfer", "rak_transfer_read"),
    ],
)
def test_expanding_takes_the_permission_for_what_is_expanded_where_it_has_one(
    account: Account, field: str, permission: str
) -> None:
    given = {"rak_charge_read"}
    sandbox = Sandbox(account, {RESTRICTED: Granted(given), "rk_test_more": Granted({*given, permission})})
    expected = 200 if permission in given else 400 if field == "shipping" else 403
    assert status(sandbox, "/v1/charges", expand=[f"data.{field}"]) == expected
    if permission:
        assert status(sandbox, "/v1/charges", "rk_test_more", expand=[f"data.{field}"]) == 200


def test_reading_on_behalf_of_an_account_takes_the_second_column(account: Account) -> None:
    other = {"Stripe-Account": account.connect().id}
    sandbox = Sandbox(
        account,
        {
            RESTRICTED: Granted({"rak_charge_read", "rak_connected_account_read"}),
            "rk_test_more": Granted((), {"rak_charge_read", "rak_connected_account_read"}),
        },
    )
    assert status(sandbox, "/v1/charges", headers=other) == 403
    assert status(sandbox, "/v1/charges", "rk_test_more", headers=other) == 200
    assert status(sandbox, "/v1/charges", "rk_test_more") == 403
    # The reference calls it one that is direct.
    assert status(sandbox, "/v1/account") == 200
    assert status(sandbox, "/v1/account", "rk_test_more", headers=other) == 403


@pytest.mark.parametrize(
    ("wording", "path", "said"),
    [
        ("A", "/v1/charges", "on account 'acct_.*'. Having the 'rak_charge_read' permission would allow"),
        ("A", "/v1/subscriptions", "Having the 'rak_subscription_read', 'rak_billing_cadence_read' permissions would"),
        ("old", "/v1/charges", "for this endpoint. Having the 'rak_charge_read' permission would allow"),
        ("B", "/v1/prices", "Permission denied. .* Enabling \"Prices Read\" \\('plan_read'\\) permissions on this key"),
        ("none", "/v1/charges", "on account 'acct_.*'.$"),
        ("B", "/v1/climate/orders", "on account 'acct_.*'.$"),
    ],
)
@pytest.mark.parametrize("forbidden", [401, 403])
def test_a_missing_permission_is_named_in_each_of_the_wordings_that_are_seen(
    account: Account, wording: str, path: str, said: str, forbidden: int
) -> None:
    sandbox = Sandbox(account, {RESTRICTED: Granted()}, wording=wording, forbidden=forbidden)
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(words(sandbox, path))
    code = None if wording == "old" else "more_permissions_required"
    assert error(getting(sandbox, RESTRICTED)(path)) == (forbidden, code, None)


def test_a_key_ends(account: Account) -> None:
    sandbox = Sandbox(account, {"rk_test_old": Ended(), "rk_test_elsewhere": Ended(expired=False)})
    assert error(getting(sandbox, "rk_test_old")("/v1/charges")) == (401, "api_key_expired", None)
    response = getting(sandbox, "rk_test_elsewhere")("/v1/charges")
    assert response.status_code == 401
    assert "does not allow requests from your IP address" in response.json()["error"]["message"]


def test_a_live_key_has_nothing_to_do_with_an_account_of_test_mode(account: Account) -> None:
    other = account.connect()
    sandbox, headers = Sandbox(account, {"sk_live_1": ()}), {"Stripe-Account": other.id}
    assert status(sandbox, "/v1/charges", "sk_live_1", headers=headers) == 200
    other.test_only = True
    assert error(getting(sandbox, "sk_live_1")("/v1/charges", headers=headers)) == (403, "account_invalid", None)
    assert status(sandbox, "/v1/charges", FULL_KEY, headers=headers) == 200


# --- organizations: https://docs.stripe.com/keys/organization-api-keys, https://docs.stripe.com/context ---


def test_an_organizations_key_takes_a_context_and_a_version(account: Account) -> None:
    other = account.connect()
    sandbox = Sandbox(account, {ORGANIZATION: ()})
    get = getting(sandbox, ORGANIZATION)
    assert error(get("/v1/charges")) == (400, None, "Stripe-Context")
    assert error(get("/v1/charges", headers={"Stripe-Account": account.id})) == (400, None, "Stripe-Context")
    for context in (account.id, other.id, f"{account.id}/{other.id}"):
        assert get("/v1/charges", headers={"Stripe-Context": context}).status_code == 200
    for context in ("acct_stranger", f"acct_stranger/{other.id}"):
        assert error(get("/v1/charges", headers={"Stripe-Context": context}))[:2] == (403, "account_invalid")
    no_version = {"Stripe-Context": account.id, "Stripe-Version": ""}
    assert error(get("/v1/charges", headers=no_version)) == (400, None, "Stripe-Version")
    both = {"Stripe-Context": other.id, "Stripe-Account": other.id}
    assert error(getting(sandbox)("/v1/charges", headers=both)) == (400, None, "Stripe-Context")


# --- OAuth: https://docs.stripe.com/stripe-apps/api-authentication/oauth ---


@pytest.fixture
def sandbox(account: Account) -> Sandbox:
    return Sandbox(account, app=StripeApp(account.id))


def exchange(sandbox: Sandbox, **form: str) -> requests.Response:
    app = sandbox.app
    assert app
    auth = (form.pop("secret", app.secret), "")
    return sandbox.session().post(f"https://api.stripe.com{TOKEN}", data=form, auth=auth)


def consent(sandbox: Sandbox, **asked: str) -> dict[str, list[str]]:
    app = sandbox.app
    assert app
    query = {"client_id": app.client_id, "redirect_uri": app.redirect_uri, "state": "x y"} | asked
    address = f"https://marketplace.stripe.com{AUTHORIZE}"
    back = sandbox.session().get(address, params=query, allow_redirects=False).headers["Location"]
    assert back.startswith(app.redirect_uri)
    return parse_qs(urlsplit(back).query)


def test_consent_leads_to_a_code_that_is_good_for_one_exchange_within_five_minutes(sandbox: Sandbox) -> None:
    back = consent(sandbox)
    assert back["state"] == ["x y"]
    code = back["code"][0]
    first = exchange(sandbox, grant_type="authorization_code", code=code)
    assert first.status_code == 200
    assert set(first.json()) >= {"access_token", "refresh_token", "stripe_user_id", "livemode"}
    assert "expires_in" not in first.json()
    assert first.json()["scope"] == "stripe_apps"
    assert exchange(sandbox, grant_type="authorization_code", code=code).json()["error"] == "invalid_grant"
    late = consent(sandbox)["code"][0]
    sandbox.account.advance(301)
    assert exchange(sandbox, grant_type="authorization_code", code=late).json()["error"] == "invalid_grant"


def test_who_does_not_consent_gives_no_code(sandbox: Sandbox) -> None:
    assert sandbox.app
    sandbox.app.consents = False
    assert consent(sandbox)["error"] == ["access_denied"]


def test_an_access_token_reads_for_an_hour_and_a_refresh_token_is_good_once_within_a_year(sandbox: Sandbox) -> None:
    assert sandbox.app
    tokens = sandbox.app.installed(NOW)
    assert status(sandbox, "/v1/charges", tokens["access_token"]) == 200
    sandbox.account.advance(3_600)
    assert error(getting(sandbox, tokens["access_token"])("/v1/charges")) == (401, "api_key_expired", None)
    refreshed = exchange(sandbox, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200
    assert status(sandbox, "/v1/charges", refreshed.json()["access_token"]) == 200
    again = exchange(sandbox, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    sandbox.account.advance(365 * 86_400)
    late = exchange(sandbox, grant_type="refresh_token", refresh_token=refreshed.json()["refresh_token"])
    assert late.json()["error"] == "invalid_grant"


def test_only_the_apps_developer_exchanges_and_only_until_it_is_taken_away(sandbox: Sandbox) -> None:
    assert sandbox.app
    tokens = sandbox.app.installed(NOW)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert exchange(sandbox, **form, secret="sk_test_another").json()["error"] == "invalid_client"
    assert exchange(sandbox, grant_type="password").json()["error"] == "unsupported_grant_type"
    sandbox.app.uninstall()
    assert exchange(sandbox, **form).json()["error"] == "invalid_grant"
    assert status(sandbox, "/v1/charges", tokens["access_token"]) == 401


def test_an_app_reads_what_its_manifest_says(account: Account) -> None:
    sandbox = Sandbox(account, app=StripeApp(account.id, Granted({"rak_charge_read"})))
    assert sandbox.app
    token = sandbox.app.installed(NOW)["access_token"]
    assert [status(sandbox, path, token) for path in ("/v1/charges", "/v1/customers")] == [200, 403]
