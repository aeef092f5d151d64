"""A platform for the stand-in: any number of accounts, each with the same few objects of twenty kinds. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from benchmarks import objects
from benchmarks.account import DAY, Query, Refused, expanded, limit
from benchmarks.objects import Kind

EACH = 2
"""Objects of a kind that an account has."""
APART = 16
"""How many numbers are set aside for the objects of an account."""
_OTHERS = {
    "payouts": "payout",
    "disputes": "dispute",
    "products": "product",
    "plans": "plan",
    "coupons": "coupon",
    "promotion_codes": "promotion_code",
    "setup_intents": "setup_intent",
    "transfers": "transfer",
    "topups": "topup",
    "application_fees": "application_fee",
    "quotes": "quote",
    "credit_notes": "credit_note",
    "tax_rates": "tax_rate",
    "payment_links": "payment_link",
    "subscription_schedules": "subscription_schedule",
}
KINDS: Mapping[str, Kind] = {
    **objects.KINDS,
    **{
        name: Kind(tag, f"/v1/{name}", f"{tag}_Bench", objects.plain(tag, f"{tag}_Bench"))
        for name, tag in _OTHERS.items()
    },
}
"""By the name of the list."""
STREAMS = [{"topups": "top_ups", "subscription_schedules": "subscription_schedule"}.get(name, name) for name in KINDS]
PREFIXES = [kind.prefix for kind in KINDS.values()]
ID = "acct_1Bench"
QUIET_SECONDS = 900


class Platform:
    """The accounts and what is in them."""

    def __init__(self, accounts: int, now: int, active_every: int = 0) -> None:
        """Of every `active_every` accounts one has had something happen in the last hour."""
        self._accounts, self._now, self._active_every = accounts, now, active_every
        self._account = objects.account().decode()

    def body(self, account: str, parts: Sequence[str], query: Query, version: str) -> bytes | None:
        """The answer to a request about an account, or about the platform where it names none; None where that is
        nothing of a platform's. Raises Refused."""
        match parts:
            case ["account"]:
                return self._itself(account).encode() if account else None
            case ["accounts"] if not account:
                return self._listed(query)
            case ["events"] if account:
                return self._events(_number(account), query, version)
            case [name, *rest] if account and name in KINDS:
                return self._of(KINDS[name], _number(account), rest, query)
        return None

    def _itself(self, id: str) -> str:
        return self._account.replace("acct_1BenchBenchBench", id)

    def _listed(self, query: Query) -> bytes:
        """Newest first, one connected every second."""
        given = dict(query)
        first = 0
        if after := given.get("starting_after"):
            first = self._accounts - _number(after)
        newest = min(self._accounts, int(given.get("created[lt]", 1 << 40)) - (self._now - DAY - self._accounts))
        oldest = max(0, int(given.get("created[gte]", 0)) - (self._now - DAY - self._accounts))
        first = max(first, self._accounts - max(0, newest))
        end = min(self._accounts - min(oldest, self._accounts), first + limit(given))
        numbers = [self._accounts - 1 - place for place in range(first, end)]
        data = [self._shown(number) for number in numbers]
        more = bool(numbers) and end < self._accounts - min(oldest, self._accounts)
        return objects.listed(objects.SEPARATOR.join(data), more=more, url="/v1/accounts")

    def _shown(self, number: int) -> bytes:
        created = self._now - DAY - self._accounts + number
        return json.dumps(json.loads(self._itself(id_of(number))) | {"created": created}).encode()

    def _events(self, number: int, query: Query, version: str) -> bytes:
        at = self._now - QUIET_SECONDS
        inside = int(dict(query).get("created[gte]", 0)) <= at < int(dict(query).get("created[lt]", 1 << 40))
        active = self._active_every and number % self._active_every == 0 and inside
        data = b""
        if active:
            thing = objects.CHARGES.write(number * APART, self._created(0))
            data = objects.event(number, at, "charge.updated", version, thing)
        return objects.listed(data, more=False, url="/v1/events")

    def _of(self, kind: Kind, number: int, rest: Sequence[str], query: Query) -> bytes:
        first = number * APART
        match rest:
            case []:
                places = [place for place in range(EACH) if _inside(self._created(place), query)]
                data = [kind.write(first + place, self._created(place), expanded(query)) for place in places]
                return objects.listed(objects.SEPARATOR.join(data), more=False, url=kind.path)
            case [id] if (found := kind.number(id)) is not None and first <= found < first + EACH:
                return kind.write(found, self._created(found - first), expanded(query))
        raise Refused("No such object", 404, "resource_missing", "id")

    def _created(self, place: int) -> int:
        return self._now - (2 + place) * DAY


def id_of(number: int) -> str:
    """As long as Stripe's."""
    return f"{ID}{number:010d}"


def states(accounts: int, streams: Sequence[str], since: int) -> dict[str, object]:
    """What the states say after a sync up to the second `since` in which nothing was left."""
    each = {"updated": since, "recent": {"since": since - 600, "ids": {}}, "start": 1_485_302_400, "livemode": True}
    ids = " ".join(id_of(number).removeprefix("acct_") for number in range(accounts))
    return {name: {**each, "accounts": {"v": 1, "same": [[each, ids]]}} for name in streams}


def _number(account: str) -> int:
    return int(account.removeprefix(ID))


def _inside(created: int, query: Query) -> bool:
    given = dict(query)
    return int(given.get("created[gte]", 0)) <= created < int(given.get("created[lt]", 1 << 40))
