"""Stripe as JSON lines with airbyte-serverless: `python stripe_serverless.py`."""

import json
from pathlib import Path

from airbyte_serverless.sources import Source

KEPT = Path("states.json")
states = json.loads(KEPT.read_text()) if KEPT.exists() else {}
source = Source(
    executable="source-stripe",
    config=json.loads(Path("config.json").read_text()),
    streams="customers,charges,invoices",
)
ended = set()
with Path("stripe.jsonl").open("a") as rows:
    for message in source.extract(state=list(states.values())):
        if message["type"] == "RECORD":
            rows.write(json.dumps(message["record"]) + "\n")
        elif message["type"] == "STATE":
            states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
        elif message["type"] == "TRACE":
            status = message["trace"].get("stream_status", {})
            if status.get("status") == "COMPLETE":
                ended.add(status["stream_descriptor"]["name"])
KEPT.write_text(json.dumps(states))
print("read whole:", ", ".join(sorted(ended)))
