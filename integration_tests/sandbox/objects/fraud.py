"""Radar and fraud: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Implied, Resource, Turn, plain, turns
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _authentication(birth: Birth) -> Json:
    return {"payment_method": birth.any("payment_method", "payment_method"), "amount": birth.rng.randrange(100, 90_000)}


# Status -> outcome.
_OUTCOMES = {"succeeded": "authenticated", "failed": "rejected", "canceled": "canceled", "error": "internal_error"}


def _challenged(authentication: Stored, _: int) -> Json:
    return {"challenge_url": f"https://hooks.stripe.com/three_d_secure/challenge/{authentication.place[3]}"}


def _ended(outcome: str) -> Implied:
    return lambda *_: {"challenge_url": None, "outcome": outcome}


def _value_list(birth: Birth) -> Json:
    return {"alias": f"blocklist_{birth.id[-8:].lower()}", "name": f"Blocklist {birth.id[-4:]}"}


def _value_list_item(birth: Birth) -> Json:
    return {"value": ".".join(str(birth.rng.randrange(1, 255)) for _ in range(4))}


def _value_list_going(world: World, value_list: Stored) -> None:
    for item in world.store.owned("radar.value_list_item", value_list.place[3]):
        world.store.drop(item)


ROWS = (
    Resource(
        "radar.value_list",
        "rsl_",
        fill=_value_list,
        going=_value_list_going,
        followers={"list_items": ("radar.value_list_item",)},
        shows=("radar.value_list_item",),
    ),
    Resource(
        "radar.value_list_item", "rsli_", owner="radar.value_list", owner_field="value_list", fill=_value_list_item
    ),
    Resource(
        "radar.early_fraud_warning",
        "issfr_",
        ("radar.early_fraud_warning.created",),
        ("radar.early_fraud_warning.updated",),
        owner="charge",
        owner_field="charge",
    ),
    Resource(
        "review",
        "prv_",
        ("review.opened",),
        turns=(Turn("open", False, ("review.closed",)),),
        owner="charge",
        owner_field="charge",
        plain=plain("closed_reason", open=True, reason="rule"),
    ),
    Resource(
        "three_d_secure.authentication",
        "tdsa_",
        turns=turns(
            "status",
            requires_submission="three_d_secure.authentication.requires_submission",
            requires_challenge="three_d_secure.authentication.requires_challenge",
            succeeded="three_d_secure.authentication.succeeded",
            failed="three_d_secure.authentication.failed",
            canceled="three_d_secure.authentication.canceled",
            error="three_d_secure.authentication.errored",
        ),
        plain=plain("outcome outcome_details challenge_url", status="requires_submission"),
        fill=_authentication,
        implies={
            "requires_challenge": _challenged,
            **{status: _ended(outcome) for status, outcome in _OUTCOMES.items()},
        },
    ),
)
