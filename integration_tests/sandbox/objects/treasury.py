"""Treasury: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import DAY_SECONDS, Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Fill, Resource, Turn, plain, turns

_ACCOUNT = "treasury.financial_account"


def _flow(birth: Birth) -> Json:
    return {"amount": birth.rng.randrange(1_000, 90_000)}


def _sent(birth: Birth) -> Json:
    return {**_flow(birth), "expected_arrival_date": birth.now + 2 * DAY_SECONDS}


def _received(birth: Birth) -> Json:
    return {**_flow(birth), "reversal_details": {"deadline": birth.now + 4 * DAY_SECONDS, "restricted_reason": None}}


def _reversal(of: str) -> Fill:
    """A reversal takes back a whole flow of the same account, one that has not been taken back yet."""

    def fill(birth: Birth) -> Json:
        ledger, kind, reversal = birth.ledger, f"treasury.received_{of}", f"{of}_reversal"
        id = birth.given.get(f"received_{of}")
        if id is None:
            owned = ledger.store.owned(kind, birth.owner or "")
            whole = [one for one in owned if one.body["linked_flows"][reversal] is None]
            id = (whole or [ledger.bear(kind, {"financial_account": birth.owner})])[0].key[1]
        return {f"received_{of}": id, "amount": ledger.body(kind, id)["amount"]}

    return fill


def _entry(birth: Birth) -> Json:
    return {"effective_at": birth.now}


def _outbound(name: str, prefix: str) -> Resource:
    kind = f"treasury.outbound_{name}"
    return Resource(
        kind,
        prefix,
        (f"{kind}.created",),
        turns=(
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
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain("returned_details tracking_details transaction", cancelable=True, status="processing"),
        fill=_sent,
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
    ),
    Resource(
        "treasury.credit_reversal",
        "credrev_",
        ("treasury.credit_reversal.created",),
        turns=turns("status", posted="treasury.credit_reversal.posted"),
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain("transaction", status="processing"),
        fill=_reversal("credit"),
    ),
    Resource(
        "treasury.debit_reversal",
        "debrev_",
        ("treasury.debit_reversal.created",),
        turns=turns("status", succeeded="treasury.debit_reversal.completed"),
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain("transaction", status="processing"),
        fill=_reversal("debit"),
    ),
    Resource(
        "treasury.inbound_transfer",
        "ibt_",
        ("treasury.inbound_transfer.created",),
        turns=turns(
            "status",
            succeeded="treasury.inbound_transfer.succeeded",
            failed="treasury.inbound_transfer.failed",
            canceled="treasury.inbound_transfer.canceled",
        ),
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain("failure_details transaction", cancelable=True, status="processing"),
        fill=_flow,
    ),
    _outbound("payment", "obp_"),
    _outbound("transfer", "obt_"),
    Resource(
        "treasury.received_credit",
        "rc_",
        ("treasury.received_credit.created",),
        turns=turns("status", failed="treasury.received_credit.failed"),
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain("transaction", status="succeeded"),
        fill=_received,
    ),
    Resource(
        "treasury.received_debit",
        "rd_",
        ("treasury.received_debit.created",),
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain("transaction", status="succeeded"),
        fill=_received,
    ),
    Resource(
        "treasury.transaction",
        "trxn_",
        owner=_ACCOUNT,
        owner_field="financial_account",
        plain=plain(status="open", balance_impact={"cash": 0, "inbound_pending": 0, "outbound_pending": 0}),
        fill=_flow,
    ),
    Resource(
        "treasury.transaction_entry",
        "trxne_",
        owner=_ACCOUNT,
        owner_field="financial_account",
        fill=_entry,
    ),
)
