"""Tax: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Hidden, Resource, plain

_STATES = ("CA", "NY", "TX", "WA", "IL", "FL")


def _registration(birth: Birth) -> Json:
    state = birth.rng.choice(_STATES)
    return {"active_from": birth.now, "country_options": {"us": {"state": state, "type": "state_sales_tax"}}}


def _location(birth: Birth) -> Json:
    return {"description": f"Hall {birth.id[-4:]}"}


ROWS = (
    Resource("tax.settings", "", changed=("tax.settings.updated",), stamp=None),
    Resource(
        "tax.registration",
        "taxreg_",
        plain=plain("expires_at"),
        fill=_registration,
        implies={"expired": lambda _, now: {"expires_at": now}},
        hidden=(Hidden(lambda body: body["status"] != "active", ("status",)),),
    ),
    Resource("tax.location", "taxloc_", stamp=None, fill=_location),
)
