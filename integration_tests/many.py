"""A platform with its accounts, their replica in one warehouse, and the syncs in between."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from airbyte_cdk.models import AirbyteStateMessage

from integration_tests.oracle import held
from integration_tests.sandbox.account import listing
from integration_tests.troubles import Trouble
from integration_tests.vocabulary import CATALOG, HOUR, NOW, Account, Record, Sandbox, Synced, name_of, sync
from integration_tests.warehouse import additions
from source_stripe.declaration.resource import ACCOUNT_ID, Resource, Scope, by_account

ALL: Mapping[str, Any] = {"connected_accounts": ["all"]}
OF_ACCOUNTS = [resource for resource in CATALOG if resource.scope is Scope.ACCOUNT]
KEYED = {resource.name: by_account(resource) for resource in CATALOG}

Key = tuple[str, str]
"""An account, empty for what is not told apart by it, and the identity of a row in it."""


def platform(accounts: int, *, seed: int = 7, changes: int = 0) -> Account:
    """One with so many connected accounts, in each of which so many things have happened."""
    made = Account(now=NOW, seed=seed)
    for _ in range(accounts):
        other = made.connect()
        if changes:
            other.live(0, changes, silent=False)
    made.advance(HOUR)
    return made


def every(made: Account) -> dict[str, Account]:
    """The platform and all accounts that are connected to it."""
    others = (one["id"] for one in made.rows("/v1/accounts"))
    return {made.id: made} | {id: other for id in others if (other := made.of(id))}


class Fleet:
    """Keeps for each stream the last state, and the rows of all accounts."""

    def __init__(self, made: Account, streams: Iterable[Resource] = CATALOG, **options: Any) -> None:
        self.account, self.streams = made, list(streams)
        self.options = options or dict(ALL)
        self.state: dict[str, AirbyteStateMessage] = {}
        self.log: list[Any] = []
        """What the latest sync asked for."""
        self._rows: dict[str, dict[Key, Record]] = {resource.name: {} for resource in CATALOG}

    def sync(
        self, trouble: Trouble | None = None, streams: Collection[Resource] | None = None, **options: Any
    ) -> Synced:
        """One sync of everything."""
        stripe = Sandbox(self.account)
        if trouble:
            trouble(stripe)
        chosen = [one for one in self.streams if streams is None or one in streams]
        synced = sync(stripe, chosen, list(self.state.values()), **(self.options | options))
        self.state |= {name_of(state): state for state in synced.state}
        self.log = stripe.log
        for message in synced.messages:
            if message.record:
                self._keep(KEYED[message.record.stream], message.record.data)
        return synced

    def _keep(self, resource: Resource, record: Record) -> None:
        account = record.get(ACCOUNT_ID, "") if resource.by_account else ""
        rows, key = self._rows[resource.name], (account, plainly(resource.name, record))
        known = rows.get(key)
        if known is None or not resource.cursor or (record[resource.cursor] or 0) >= (known[resource.cursor] or 0):
            rows[key] = record

    def rows(self, resource: Resource) -> dict[Key, Record]:
        """The living rows, without what the connector adds."""
        added = additions(KEYED[resource.name])
        return {
            key: {name: value for name, value in row.items() if name not in added}
            for key, row in self._rows[resource.name].items()
            if not row.get("is_deleted")
        }

    def differences(self, accounts: Collection[str] | None = None) -> dict[str, list[str]]:
        """What is missing, too much or wrong, by stream; of some accounts, or of all."""
        found = {resource.name: list(self._differences(resource, accounts)) for resource in self.streams}
        return {name: rows for name, rows in found.items() if rows and name != "events"}

    def _differences(self, resource: Resource, accounts: Collection[str] | None) -> Iterator[str]:
        expected, actual = expected_of(self.account, resource), self.rows(resource)
        if accounts is not None and resource.scope is Scope.ACCOUNT:
            expected, actual = (
                {key: row for key, row in rows.items() if key[0] in accounts} for rows in (expected, actual)
            )
        yield from (f"missing {key}" for key in sorted(expected.keys() - actual.keys()))
        yield from (f"too much {key}" for key in sorted(actual.keys() - expected.keys()))
        for key in sorted(expected.keys() & actual.keys()):
            if expected[key] != actual[key]:
                yield f"wrong {key}"


def expected_of(made: Account, resource: Resource) -> dict[Key, Record]:
    """The rows that a stream must have of all accounts."""
    if resource.scope is not Scope.ACCOUNT:
        return {("", key): row for key, row in held(made, resource).items()}
    if resource.object == "account":
        # What lies under a connected account is the platform's to know.
        return {(id, id): listing.single(made, resource.first.origin.path, id, []) for id in every(made)}
    return {(id, key): row for id, account in every(made).items() for key, row in held(account, resource).items()}


def plainly(stream: str, record: Record) -> str:
    """The key of a row in its own account."""
    return PLAIN[stream].identity(record)


PLAIN = {resource.name: resource for resource in CATALOG}


def bare(records: Iterable[Record]) -> dict[str, list[str]]:
    """Records by account, each as text without the account, in no order."""
    found: dict[str, list[str]] = {}
    for record in records:
        account = record.get(ACCOUNT_ID, "")
        text = json.dumps({name: value for name, value in record.items() if name != ACCOUNT_ID}, sort_keys=True)
        found.setdefault(account, []).append(text)
    return {account: sorted(texts) for account, texts in found.items()}
