"""Treasury: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from typing import Any

from integration_tests.sandbox.effects import flows
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.resource import Fill, Resource, Turn, plain, turns

_ACCOUNT = "treasury.financial_account"


def _flow_amount(birth: Birth) -> Json:
    return {"amount": birth.rng.randrange(1_000, 90_000)}


def _sent(birth: Birth) -> Json:
    return {**_flow_amount(birth), "expected_arrival_date": birth.now + 2 * DAY_SECONDS}


def _received(birth: Birth) -> Json:
    return {
        **_flow_amount(birth),
        "reversal_details": {"deadline": birth.now + 4 * DAY_SECONDS, "restricted_reason": None},
    }


def _reversal(of: str) -> Fill:
    """A reversal takes back a whole flow of the same account, one that has not been taken back yet."""

    def fill(birth: Birth) -> Json:
        world, kind, reversal = birth.world, f"treasury.received_{of}", f"{of}_reversal"
        id = birth.given.get(f"received_{of}")
        if id is None:
            owned = world.store.owned(kind, birth.owner or "")
            whole = [one for one in owned if one.body["linked_flows"][reversal] is None]
            id = (whole or [world.bear(kind, {"financial_account": birth.owner})])[0].key[1]
        return {f"received_{of}": id, "amount": world.body(kind, id)["amount"]}

    return fill


def _entry(birth: Birth) -> Json:
    return {"effective_at": birth.now}


def _flow(
    name: str, prefix: str, turned: tuple[Turn, ...] = (), *, fill: Fill, nulls: str = "", **values: Any
) -> Resource:
    """Something that flows into or out of a financial account, and writes a transaction there."""
    kind = f"treasury.{name}"
    return Resource(
        kind,
        prefix,
        (f"{kind}.created",),
        turns=turned,
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain(f"transaction {nulls}", **values),
        fill=fill,
        implied=flows.implied,
        settled=flows.began,
        came=flows.came,
        altered=flows.altered,
    )


def _outbound(name: str, prefix: str) -> Resource:
    kind = f"treasury.{name}"
    return _flow(
        name,
        prefix,
        (
            *turns(
                "status",
                posted=f"{kind}.posted",
                failed=f"{kind}.failed",
                canceled=f"{kind}.canceled",
                returned=f"{kind}.returned",
            ),
            Turn("tracking_details", ..., (f"{kind}.tracking_details_updated",)),
            Turn("expected_arrival_date", ..., (f"{kind}.expected_arrival_date_updated",)),
        ),
        fill=_sent,
        nulls="returned_details tracking_details",
        cancelable=True,
        status="processing",
    )


ROWS = (
    Resource(
        _ACCOUNT,
        "fa_",
        (f"{_ACCOUNT}.created",),
        turns=(
            *turns("status", closed=f"{_ACCOUNT}.closed"),
            Turn("active_features", ..., (f"{_ACCOUNT}.features_status_updated",)),
        ),
        plain=plain(status="open", status_details={"closed": None}),
        implies={"closed": lambda *_: {"status_details": {"closed": {"reasons": ["account_rejected"]}}}},
    ),
    _flow(
        "credit_reversal",
        "credrev_",
        turns("status", posted="treasury.credit_reversal.posted"),
        fill=_reversal("credit"),
        status="processing",
    ),
    _flow(
        "debit_reversal",
        "debrev_",
        turns("status", succeeded="treasury.debit_reversal.completed"),
        fill=_reversal("debit"),
        status="processing",
    ),
    _flow(
        "inbound_transfer",
        "ibt_",
        turns(
            "status",
            succeeded="treasury.inbound_transfer.succeeded",
            failed="treasury.inbound_transfer.failed",
            canceled="treasury.inbound_transfer.canceled",
        ),
        fill=_flow_amount,
        nulls="failure_details",
        cancelable=True,
        status="processing",
    ),
    _outbound("outbound_payment", "obp_"),
    _outbound("outbound_transfer", "obt_"),
    _flow(
        "received_credit",
        "rc_",
        turns("status", failed="treasury.received_credit.failed"),
        fill=_received,
        status="succeeded",
    ),
    _flow("received_debit", "rd_", fill=_received, status="succeeded"),
    Resource(
        "treasury.transaction",
        "trxn_",
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain(status="open", balance_impact={"cash": 0, "inbound_pending": 0, "outbound_pending": 0}),
        fill=_flow_amount,
    ),
    Resource(
        "treasury.transaction_entry",
        "trxne_",
        owner=_ACCOUNT,
        owner_field="financial_account",
        fill=_entry,
    ),
)
