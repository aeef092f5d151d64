"""A destination: it keeps the newest row of each key."""

from __future__ import annotations

from integration_tests.vocabulary import BY_NAME, Record, Synced
from source_stripe.catalog import CATALOG
from source_stripe.declaration.resource import Resource


class Warehouse:
    """Keeps per key the row with the highest cursor, the later arrival among equals; deleted rows are dropped."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Record]] = {resource.name: {} for resource in CATALOG}

    def take(self, synced: Synced) -> Synced:
        for message in synced.messages:
            if message.record:
                rows, record = self._rows[message.record.stream], message.record.data
                key, cursor = BY_NAME[message.record.stream].identity(record), BY_NAME[message.record.stream].cursor
                known = rows.get(key)
                if known is None or not cursor or (record[cursor] or 0) >= (known[cursor] or 0):
                    rows[key] = record
        return synced

    def copy(self) -> Warehouse:
        """Another with the same rows."""
        made = Warehouse()
        made._rows = {name: dict(rows) for name, rows in self._rows.items()}
        return made

    def forget(self, resource: Resource) -> None:
        """Drops what it holds of a stream, as a platform does when a stream is reset."""
        self._rows[resource.name].clear()

    def latest(self, resource: Resource) -> dict[str, Record]:
        """The living rows as they came."""
        return {key: row for key, row in self._rows[resource.name].items() if not row.get("is_deleted")}

    def rows(self, resource: Resource) -> dict[str, Record]:
        """The living rows, without what the connector adds."""
        return {
            key: {name: value for name, value in row.items() if name not in additions(resource)}
            for key, row in self._rows[resource.name].items()
            if not row.get("is_deleted")
        }


def additions(resource: Resource) -> set[str]:
    """Fields to leave out when rows are compared with Stripe's; a product's own `updated` lies under the cursor."""
    return set(resource.added) | {"is_deleted"}
