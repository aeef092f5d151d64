"""Errors in Stripe's words."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.permissions import row


class StripeError(Exception):
    """An answer other than 200: its status, the body Stripe would send, and headers that go with it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        type: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        error: Json = {"type": type, "message": message}
        if code is not None:
            error |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        if param is not None:
            error["param"] = param
        self.body: Json = {"error": error}


def printed(error: StripeError, log_url: str | None) -> bytes:
    """As Stripe prints an error: indented by two spaces, its fields in order, with a newline at the end."""
    fields = {"request_log_url": log_url} | error.body["error"] if log_url else error.body["error"]
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({"error": fields}, option=option)


CODES = {"resource_missing": "not_found", "parameter_unknown": "unknown_parameter"}


def of_v2(error: StripeError) -> StripeError:
    """The same in the form of API v2, which has a code and a message: https://github.com/stripe/openapi."""
    given = error.body["error"]
    code = given.get("code") or ("rate_limit" if error.status == 429 else "invalid_request")
    same = StripeError(error.status, given["message"], code=CODES.get(code, code), headers=error.headers)
    same.body["error"].pop("doc_url", None)
    if error.status != 429:
        same.body["error"].pop("type", None)
    return same


def no_such(what: str, id: str, param: str, status: int = 404) -> StripeError:
    return StripeError(status, f"No such {what}: '{id}'", code="resource_missing", param=param)


def unknown_parameter(name: str) -> StripeError:
    return StripeError(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> StripeError:
    return StripeError(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def invalid(message: str, param: str, code: str | None = None) -> StripeError:
    return StripeError(400, message, code=code, param=param)


def unrecognized(method: str, path: str) -> StripeError:
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs."
    return StripeError(404, message)


def _masked(key: str) -> str:
    return f"{key[: key.rfind('_') + 1]}{'*' * max(5, len(key[key.rfind('_') + 1 :]) - 4)}{key[-4:]}"


def invalid_key(key: str) -> StripeError:
    return StripeError(401, f"Invalid API Key provided: {_masked(key)}")


def no_key() -> StripeError:
    return StripeError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )


def no_access(key: str, account: str) -> StripeError:
    masked = f"{key[: key.rfind('_') + 1]}******"
    return StripeError(
        403,
        f"The provided key '{masked}' does not have access to account '{account}' (or that account does not exist). "
        "Application access may have been revoked.",
        code="account_invalid",
    )


def no_context() -> StripeError:
    """The wording is assumed; that it is refused is documented."""
    return StripeError(400, "You must provide the Stripe-Context header, and no other, with an organization's API key.")


def expired_key(key: str) -> StripeError:
    return StripeError(401, f"Expired API Key provided: {_masked(key)}", code="api_key_expired")


def foreign_address(address: str) -> StripeError:
    """Whether the address is in the sentence differs: it is seen both ways."""
    return StripeError(401, f"The API key provided does not allow requests from your IP address ({address}).")


def not_permitted(
    key: str, account: str, permissions: Sequence[str], wording: str = "B", status: int = 403
) -> StripeError:
    """In one of the wordings that are around. All that would do is named (`rak_charge_read`), if anything is.

    A names each as it is written in links, B also as the dashboard calls it; `old` does not name the account; `none`
    names no permission.
    """
    masked, slugs = f"{key[: key.rfind('_') + 1]}***", [name.removeprefix("rak_") for name in permissions]
    where = "" if wording == "old" else f" on account '{account}'"
    lacks = f"The provided key '{masked}' does not have the required permissions for this endpoint{where}."
    word = "permission" if len(slugs) == 1 else "permissions"
    if not slugs or wording == "none":
        message = lacks
    elif wording == "B":
        rows = ", ".join(f'"{row(name)} Read"' for name in permissions)
        quoted = ", ".join(f"'{slug}'" for slug in slugs)
        message = (
            f"Permission denied. {lacks} Enabling {rows} ({quoted}) permissions on this key would allow "
            "this request to continue. You can edit permissions at https://dashboard.stripe.com/apikeys."
        )
    else:
        quoted = ", ".join(f"'rak_{slug}'" for slug in slugs)
        message = f"{lacks} Having the {quoted} {word} would allow this request to continue."
    return StripeError(status, message, code=None if wording == "old" else "more_permissions_required")


def not_controlled(account: str) -> StripeError:
    return StripeError(
        403,
        f"This application does not have the required permissions for this endpoint on account '{account}'.",
    )


def rate_limited(reason: str) -> StripeError:
    return StripeError(
        429,
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": reason},
    )


def lock_timeout(status: int) -> StripeError:
    return StripeError(
        status,
        "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it.",
        code="lock_timeout",
        headers={"Stripe-Should-Retry": "true"},
    )


def server_error(status: int) -> StripeError:
    return StripeError(status, "An unknown error occurred", type="api_error")
