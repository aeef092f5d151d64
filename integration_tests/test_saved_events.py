"""Changes that webhooks brought, in place of the event feed."""

from __future__ import annotations

import json
from pathlib import Path

from integration_tests.oracle import differences
from integration_tests.sandbox import Account, Sandbox
from integration_tests.saved_events import SavedEvents
from integration_tests.vocabulary import DAY, HOUR, NOW, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import customer_tax_ids
from source_stripe.catalog.core import customers


def test_changes_come_from_a_file_of_events_and_the_feed_is_not_asked(tmp_path: Path) -> None:
    account, saved = Account(NOW), tmp_path / "events.jsonl"
    kept, dying = (account.create("customer")["id"] for _ in range(2))
    tax_id = account.create("tax_id", customer=dying)["id"]
    account.advance(HOUR)
    stripe, warehouse, streams = Sandbox(account), Warehouse(), (customers, customer_tax_ids)
    first = warehouse.take(sync(stripe, streams))
    account.advance(DAY)
    account.update(kept, description="changed")
    account.delete(dying, object="customer")
    account.advance(HOUR)
    events = [json.dumps(event) for event in account.rows("/v1/events")]
    # Webhooks come in any order, and sometimes twice.
    saved.write_text("\n".join([*reversed(events), *events[:1]]))
    stripe.log.clear()
    second = warehouse.take(
        sync(stripe, streams, first.state, open_source=lambda _, consumers, *__: SavedEvents(saved, consumers))
    )
    assert second.error == ""
    assert stripe.count("/v1/events") == 0
    assert second.ids(customers) == {kept, dying}
    assert {row["id"] for row in second.records(customer_tax_ids) if row["is_deleted"]} == {tax_id}
    assert [wrong for stream in streams for wrong in differences(account, warehouse, stream)] == []
