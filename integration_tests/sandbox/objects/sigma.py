"""Reports and Sigma: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.resource import Resource

_REPORTS = (
    *("balance.summary.1", "balance_change_from_activity.summary.1", "balance_change_from_activity.itemized.6"),
    *("payouts.summary.1", "payouts.itemized.5", "ending_balance_reconciliation.itemized.5"),
)
_FILE = {"purpose": "sigma_scheduled_query", "type": "csv", "title": None}


def _report_type(birth: Birth) -> Json:
    version = int(birth.id.rpartition(".")[2])
    name = birth.id.rpartition(".")[0].replace(".", " ").replace("_", " ").capitalize()
    start, end = birth.now - 900 * DAY_SECONDS, birth.now // DAY_SECONDS * DAY_SECONDS
    days = {"data_available_start": start, "data_available_end": end, "updated": birth.now}
    return {"name": name, "version": version, "livemode": False, **days}


def _query_run(birth: Birth) -> Json:
    """Its result is a file, and is kept for two weeks: https://docs.stripe.com/api/sigma/scheduled_queries/object."""
    file = birth.world.bear("file", _FILE).body
    return {"data_load_time": birth.now, "result_available_until": birth.now + 14 * DAY_SECONDS, "file": file}


ROWS = (
    Resource(
        "reporting.report_type",
        "",
        changed=("reporting.report_type.updated",),
        stamp=None,
        names=_REPORTS,
        fill=_report_type,
    ),
    # Announced when it has finished, and not there before: it never changes.
    Resource("scheduled_query_run", "sqr_", ("sigma.scheduled_query_run.created",), fill=_query_run),
)
