"""Apps and forwarding: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain


def _install(birth: Birth) -> Json:
    return {"app": f"com.example.{birth.world.letters(8).lower()}"}


def _request(birth: Birth) -> Json:
    return {"payment_method": birth.any("payment_method", "payment_method")}


ROWS = (
    Resource(
        "apps.install",
        "inst_",
        ("apps.install.created",),
        ("apps.install.updated",),
        ("apps.install.deleted",),
        plain=plain(status="installing"),
        fill=_install,
    ),
    Resource("forwarding.request", "fwdreq_", fill=_request),
)
