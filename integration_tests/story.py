"""A story: an account, syncs of some streams, and what happens in between."""

from __future__ import annotations

from integration_tests.oracle import differences
from integration_tests.vocabulary import HOUR, NOW, Account, Record, Sandbox, Synced, sync
from integration_tests.warehouse import Warehouse
from source_stripe.declaration.resource import Resource


class Story:
    """An account, and syncs of some streams in between what happens to it."""

    def __init__(self, *streams: Resource, api_version: str = "") -> None:
        self.account, self.streams = Account(NOW), streams
        if api_version:
            self.account.api_version = api_version
        self.stripe, self.warehouse = Sandbox(self.account), Warehouse()
        self.last = Synced()

    def sync(self) -> Synced:
        self.account.advance(HOUR)
        self.last = self.warehouse.take(sync(self.stripe, self.streams, self.last.state))
        assert self.last.error == ""
        return self.last

    @property
    def differences(self) -> list[str]:
        return [row for stream in self.streams for row in differences(self.account, self.warehouse, stream)]


def deleted(records: list[Record]) -> set[str]:
    return {record["id"] for record in records if record.get("is_deleted")}
