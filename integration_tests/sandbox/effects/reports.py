"""Reports: what comes of a run."""

from __future__ import annotations

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def made(world: World, run: Stored, fields: Json) -> Json:
    """A report that succeeds is in a file, of which an event of its own tells."""
    match fields.get("status"):
        case "succeeded":
            file = world.bear(
                "file", {"purpose": "finance_report_run", "filename": f"{run.place[3]}.csv", "type": "csv"}
            )
            return {"succeeded_at": world.now, "result": file.body}
        case "failed":
            return {"error": "The report could not be made."}
        case _:
            return {}
