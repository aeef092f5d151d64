"""The laws of a stream, for every stream of the catalogue."""

from __future__ import annotations

from functools import cache

from airbyte_cdk.models import AirbyteStreamStatus
from jsonschema import Draft7Validator

from integration_tests.conftest import History
from integration_tests.sandbox import Account
from integration_tests.sandbox.objects.registry import PART_KINDS, RESOURCES
from integration_tests.sandbox.world.linked import written
from integration_tests.views import FORGOTTEN
from integration_tests.vocabulary import CATALOG, HOUR, Record, Synced, blob, name_of
from source_stripe.columns import schema
from source_stripe.declaration.resource import Relist, Resource
from source_stripe.stripe.query import stamp_of
from unit_tests.laws import every
from unit_tests.laws import name_of as stream_name

every_stream = every("resource", CATALOG, stream_name)
every_incremental_stream = every("resource", [resource for resource in CATALOG if resource.cursor], stream_name)


@every_stream
def test_a_first_sync_delivers_exactly_what_the_account_holds(history: History, resource: Resource) -> None:
    assert history.wrong_after_first[resource.name] == []
    assert history.first.statuses[resource.name] is AirbyteStreamStatus.COMPLETE
    assert len(history.first.records(resource)) == len(history.first.ids(resource)) > 0


@every_stream
def test_a_second_sync_makes_the_replica_equal_to_the_account_again(history: History, resource: Resource) -> None:
    aged_out = {f"too much {event['id']}" for name in FORGOTTEN for event in history.first.records(name)}
    assert [wrong for wrong in history.wrong_after_second[resource.name] if wrong not in aged_out] == []


@every_incremental_stream
def test_a_second_sync_delivers_only_what_an_event_or_its_birth_tells_of(history: History, resource: Resource) -> None:
    since = history.first.position(resource)[resource.cursor]
    touched, before = _touched(history, since), _by_key(history.first, resource)
    for record in history.second.records(resource):
        if isinstance(resource.later, Relist):
            # Without an event, it is that it has changed.
            assert _bare(record, resource) != _bare(before.get(resource.identity(record), {}), resource)
            continue
        parent, born = None, stamp_of(record, "created") or record.get("date") or 0
        if link := resource.parent:
            parent = _root(history.stripe.account, record[link.id_field])
            born = max(born, _born(history.stripe.account, link.object, parent))
        ripe = resource.matures and since <= record[resource.matures.at]
        assert touched & {record.get("id"), parent} or born >= since or ripe, record


@every_incremental_stream
def test_an_account_at_rest_yields_no_record_and_a_later_position(history: History, resource: Resource) -> None:
    now = history.stripe.account.now
    # Unless its time came in this very hour: funds become available while nobody does anything.
    matures = resource.matures
    records = history.third.records(resource)
    assert [one for one in records if not (matures and now - 2 * HOUR < one[matures.at] <= now)] == []
    before, after = history.second.position(resource), history.third.position(resource)
    assert after[resource.cursor] == before[resource.cursor] + HOUR


@every_stream
def test_every_record_fits_its_schema_and_is_of_the_streams_own_type(history: History, resource: Resource) -> None:
    validator = Draft7Validator(schema(resource.name))
    records = history.first.records(resource) + history.second.records(resource)
    assert {record.get("object", "") for record in records} == {resource.object}
    assert [error.message for record in records for error in validator.iter_errors(record)] == []


@every_incremental_stream
def test_every_record_has_its_key_its_cursor_and_its_parent(history: History, resource: Resource) -> None:
    for record in history.first.records(resource) + history.second.records(resource):
        assert all(record[name] not in (None, "") for name in resource.key)
        assert isinstance(record[resource.cursor], int)
        if resource.parent and resource.parent.owner[1] != "holder" and not record.get("is_deleted"):
            assert record[resource.parent.id_field].startswith(_prefix(resource))


@every_incremental_stream
def test_a_later_version_of_a_row_has_a_later_cursor(history: History, resource: Resource) -> None:
    before = _by_key(history.first, resource)
    for record in history.second.records(resource):
        known = before.get(resource.identity(record), {}).get(resource.cursor, 0)
        assert record[resource.cursor] > known or resource.cursor == "created"


@every_incremental_stream
def test_no_state_leaves_before_its_records(history: History, resource: Resource) -> None:
    for synced in (history.first, history.second):
        final, order = synced.position(resource), []
        for message in synced.messages:
            if message.record and message.record.stream == resource.name:
                order.append("record")
            elif message.state and name_of(message.state) == resource.name:
                order.append("final state" if blob(message.state) == final else "state")
        assert order[order.index("final state") :].count("record") == 0


@cache
def _touched(history: History, since: int) -> set[object]:
    """The ids of all that the events since then carry, and of what those belong to."""
    platform = history.stripe.account
    others = filter(None, map(platform.of, (one["id"] for one in platform.rows("/v1/accounts"))))
    events = [event for account in (platform, *others) for event in account.rows("/v1/events")]
    things = [event["data"]["object"] for event in events if event["created"] >= since]
    thin = platform.rows("/v2/core/events", **{"created[gte]": written(since)})
    things += [event["related_object"] for event in thin]
    mentioned = {link for one in CATALOG for route in one.routes for _, link in route.origin.indirect_events}
    return {thing.get(name) for thing in things for name in ("id", *sorted(mentioned))} - {None}


def _root(account: Account, holder: str) -> str:
    """What events tell of where they do not of the holder itself: the invoice of a line."""
    kinds = [kind for kind in account.store.types.get(holder, ()) if kind in PART_KINDS]
    return account.stored(kinds[0], holder).owner or holder if kinds else holder


def _born(account: Account, object: str, key: str) -> int:
    stored = account.store.get(object, key)
    return stamp_of(stored.body, "created") if stored else 0


def _by_key(synced: Synced, resource: Resource) -> dict[str, Record]:
    return {resource.identity(record): record for record in synced.records(resource)}


def _bare(record: Record, resource: Resource) -> Record:
    """What Stripe shows of a row, and whether it is there."""
    added = set(resource.added) - {"is_deleted"}
    return {name: value for name, value in record.items() if name not in added}


def _prefix(resource: Resource) -> str:
    assert resource.parent
    return RESOURCES[resource.parent.owner[1] or resource.parent.object].prefix
