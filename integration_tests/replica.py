"""An account, its replica in a warehouse, and the syncs in between, which may end badly."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from airbyte_cdk.models import AirbyteStateMessage, AirbyteStreamStatus

from integration_tests.oracle import held
from integration_tests.troubles import Trouble
from integration_tests.views import FORGOTTEN
from integration_tests.vocabulary import BY_NAME, CATALOG, DAY, HOUR, NOW, Account, Sandbox, Synced, name_of, sync
from integration_tests.warehouse import Warehouse
from source_stripe.declaration.resource import Resource

REST_SECONDS = 900
"""After so long everything that happened can be seen, and a sync reads it."""
REMEMBERED_SECONDS = 29 * DAY - REST_SECONDS
"""From this age of its state on a stream may have to list again, as the events since may be gone."""


class Replica:
    """Keeps for each stream the last state, as a platform does, and its rows, as a destination does."""

    tally: ClassVar[Counter[str]] = Counter()
    """How many histories, syncs, failed ones and records there were, and rows that are wrong in the latest history."""

    def __init__(self, account: Account | None = None) -> None:
        self.account, self.warehouse = account or Account(NOW), Warehouse()
        self.streams: Sequence[Resource] = CATALOG
        """What is replicated."""
        self.state: dict[str, AirbyteStateMessage] = {}
        self.wrong: dict[str, list[str]] = {}
        """What was found when it last came to rest."""
        self._since: dict[str, int] = {}
        """When each stream was last read to its end, or else first begun."""
        self._untold: dict[str, set[str]] = {resource.name: set() for resource in CATALOG}
        """Rows that may stay for ever: their objects went while nobody listened."""
        self._unvouched: dict[str, dict[str, int]] = {resource.name: {} for resource in CATALOG}
        """Rows of killed syncs that no state came after, with the time at which the first such sync began: no later one
        knows that they were delivered."""
        self._began = self.account.now

    def sync(
        self,
        streams: Collection[Resource] | None = None,
        trouble: Trouble | None = None,
        *,
        unvouched_are_lost: bool = False,
        **options: Any,
    ) -> Synced:
        """One sync; `unvouched_are_lost` drops the records that no state came after, as a dying destination does."""
        chosen = [one for one in self.streams if streams is None or one in streams]
        if not chosen:
            return Synced()
        self.begin(chosen)
        stripe = Sandbox(self.account)
        if trouble:
            trouble(stripe)
        synced = sync(stripe, chosen, list(self.state.values()), **options)
        return self.take(synced, unvouched_are_lost=unvouched_are_lost, ahead_seconds=options.get("ahead_seconds", 0))

    def begin(self, streams: Iterable[Resource]) -> None:
        """A sync of these streams begins now."""
        self._began = self.account.now
        for resource in streams:
            self._mind_the_gap(resource)

    def take(self, synced: Synced, *, unvouched_are_lost: bool = False, ahead_seconds: int = 0) -> Synced:
        """What a sync printed, on a host whose clock is so many seconds ahead."""
        vouched = _vouched(synced)
        self.warehouse.take(vouched if unvouched_are_lost else synced)
        for name, keys in _delivered(synced).items():
            self._unvouched[name] = dict.fromkeys(keys, self._began) | self._unvouched[name]
        for name, keys in _delivered(vouched).items():
            self._unvouched[name] = {key: at for key, at in self._unvouched[name].items() if key not in keys}
        self.state |= {name_of(state): state for state in synced.state}
        for name, status in synced.statuses.items():
            if status is AirbyteStreamStatus.COMPLETE:
                # A host whose clock is behind reads up to its own time.
                self._since[name] = self.account.now + min(0, ahead_seconds)
        self.tally.update(
            syncs=1, failed=bool(synced.error), records=sum(message.record is not None for message in synced.messages)
        )
        return synced

    def sync_with_the_key_of_another(self, *, live: bool) -> None:
        """A sync with the states of this account and the key of another one, or of this one in `live` mode: nothing may
        come of it."""
        other = self.account if live else Account(self.account.now, seed=8)
        key = "sk_live_sandbox" if live else "sk_test_other"
        if not live:
            other.create("customer")
            other.advance(HOUR)
        chosen = [resource for resource in self.streams if resource.cursor and resource.name in self.state]
        if not chosen:
            return
        stripe = Sandbox(other, keys={key: ()})
        synced = sync(stripe, chosen, list(self.state.values()), client_secret=key)
        assert {name: len(errors) for name, errors in synced.errors.items()} == {one.name: 1 for one in chosen}
        assert not [message for message in synced.messages if message.record or message.state]

    def reset(self, resource: Resource) -> None:
        """The stream is cleared: neither its state nor its rows are left."""
        self.state.pop(resource.name, None)
        self._since.pop(resource.name, None)
        self._untold[resource.name].clear()
        self._unvouched[resource.name].clear()
        self.warehouse.forget(resource)

    def settle(self) -> dict[str, list[str]]:
        """What is wrong with the replica after a sync of everything at rest; empty when it is right."""
        self.account.advance(REST_SECONDS)
        synced = self.sync()
        self.wrong = {"": [synced.error]} if synced.error else self.differences()
        self.tally["wrong"] = sum(map(len, self.wrong.values()))
        return self.wrong

    def differences(self, concerns: Callable[[str, str], bool] = lambda *_: True) -> dict[str, list[str]]:
        """What is missing, too much or other than the account has it, by stream; of the rows that `concerns` takes by
        the name of their stream and their key."""
        found = {resource.name: self._differences(resource, concerns) for resource in self.streams}
        # The account forgets its events after 30 days, the warehouse does not.
        return {name: rows for name, rows in found.items() if rows and name not in FORGOTTEN}

    def _differences(self, resource: Resource, concerns: Callable[[str, str], bool]) -> list[str]:
        expected, actual = (
            {key: row for key, row in rows.items() if concerns(resource.name, key)}
            for rows in (held(self.account, resource), self.warehouse.rows(resource))
        )
        self._untold[resource.name] -= expected.keys()
        excess = actual.keys() - expected.keys() - self._untold[resource.name]
        # A deleted draft's event shows ten of its lines: of a further one that no state vouched for nobody tells.
        unvouched = self._unvouched[resource.name]
        excess -= {key for key in excess & unvouched.keys() if not self._is_shown(resource, key, unvouched[key])}
        return [
            *(f"missing {key}" for key in sorted(expected.keys() - actual.keys())),
            *(f"too much {key}" for key in sorted(excess)),
            *(
                f"wrong {key}: {name} is {actual[key].get(name)!r}, not {expected[key].get(name)!r}"
                for key in sorted(expected.keys() & actual.keys())
                for name in sorted(expected[key].keys() | actual[key].keys())
                if expected[key].get(name) != actual[key].get(name)
            ),
        ]

    def _mind_the_gap(self, resource: Resource) -> None:
        """Notes the rows whose objects went since the last sync, if the events that told of it may be gone."""
        now, name = self.account.now, resource.name
        if now - self._since.setdefault(name, now) < REMEMBERED_SECONDS:
            return
        gone = self.warehouse.rows(resource).keys() - held(self.account, resource).keys()
        self._untold[name] |= {key for key in gone if not self._still_told(key)}

    def _is_shown(self, resource: Resource, key: str, since: int) -> bool:
        """Whether any event since then shows the object of a row, or what it held before."""
        words = [json.dumps(word) for word in resource.identified(key).values()]
        return any(
            all(word in text for word in words)
            for text in (
                json.dumps(event["data"]) for event in self.account.rows("/v1/events") if event["created"] >= since
            )
        )

    def _still_told(self, key: str) -> bool:
        """Whether an event that can still be read shows an object's end: its own, or its leaving a list or an owner."""
        return any(
            event["data"]["object"].get("id") == key and event["type"].endswith((".deleted", ".detached"))
            for event in self.account.rows("/v1/events")
            if event["created"] > self.account.now - 29 * DAY
        )


def _delivered(synced: Synced) -> Mapping[str, set[str]]:
    """The keys of the rows of a sync, by stream."""
    keys: dict[str, set[str]] = defaultdict(set)
    for message in synced.messages:
        if message.record:
            keys[message.record.stream].add(BY_NAME[message.record.stream].identity(message.record.data))
    return keys


def _vouched(synced: Synced) -> Synced:
    """What is left of a sync when the records after each stream's last state are lost."""
    last = {name_of(m.state): index for index, m in enumerate(synced.messages) if m.state}
    kept = [m for index, m in enumerate(synced.messages) if not m.record or index < last.get(m.record.stream, -1)]
    return Synced(kept, synced.error)
