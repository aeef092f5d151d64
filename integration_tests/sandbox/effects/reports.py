"""Reports: what comes of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger


def made(ledger: Ledger, run: Stored, fields: Json) -> Json:
    """A report that succeeds is in a file, of which an event of its own tells."""
    match fields.get("status"):
        case "succeeded":
            file = ledger.bear(
                "file", {"purpose": "finance_report_run", "filename": f"{run.place[3]}.csv", "type": "csv"}
            )
            return {"succeeded_at": ledger.now, "result": file.body}
        case "failed":
            return {"error": "The report could not be made."}
        case _:
            return {}
