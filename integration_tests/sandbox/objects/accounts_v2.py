"""Accounts v2: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Hidden, Resource, Turn

ACCOUNT, PERSON = "v2.core.account", "v2.core.account_person"


def _account(birth: Birth) -> Json:
    return {"contact_email": f"{birth.id[-6:].lower()}@example.com", "display_name": birth.id[-6:].title()}


def _person(birth: Birth) -> Json:
    return {"given_name": birth.rng.choice(("Ada", "Grace", "Alan")), "surname": birth.id[-6:].title()}


def _part(field: str, name: str = "") -> Turn:
    return Turn(field, ..., (f"{ACCOUNT}[{name or field}].updated",))


ROWS = (
    Resource(
        ACCOUNT,
        "acct_",
        (f"{ACCOUNT}.created",),
        (f"{ACCOUNT}.updated",),
        turns=(
            Turn("closed", True, (f"{ACCOUNT}.closed",)),
            _part("configuration", "configuration.merchant"),
            _part("identity"),
            _part("requirements"),
        ),
        hidden=(Hidden(lambda body: body["closed"] is True, unless=("closed",)),),
        followers={"persons": (PERSON,)},
        fill=_account,
    ),
    Resource(
        PERSON,
        "person_",
        (f"{PERSON}.created",),
        (f"{PERSON}.updated",),
        (f"{PERSON}.deleted",),
        owner=ACCOUNT,
        owner_field="account",
        fill=_person,
    ),
)
