"""What a plan says of its shards: who is where, what is expected, and what is asked for more than once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from source_stripe.config import Config
from source_stripe.declaration.resource import Resource, Scope
from source_stripe.shards.cut import Cut, Shard
from source_stripe.stripe.key import Key


def plan_of(
    found: Cut, config: Config, resources: Mapping[str, Resource], workers: int, name_of: Callable[[int], str]
) -> dict[str, Any]:
    """As JSON; it holds no secret."""
    shards = [
        {
            "shard": name_of(number),
            "accounts": shard.accounts,
            "streams": list(shard.streams),
            "expected_requests": shard.expected_requests,
        }
        for number, shard in enumerate(found.shards)
    ]
    return {
        "version": 1,
        "workers": workers,
        "rate_share": config.rate_share / workers,
        "expected_requests": sum(shard.expected_requests for shard in found.shards),
        "shards": shards,
        "read_twice": _read_twice(found, config, resources, name_of),
    }


def _read_twice(
    found: Cut, config: Config, resources: Mapping[str, Resource], name_of: Callable[[int], str]
) -> list[dict[str, Any]]:
    def by(test: Callable[[Shard], bool]) -> list[str]:
        return [name_of(number) for number, shard in enumerate(found.shards) if test(shard)]

    def has(shard: Shard, test: Callable[[Resource], object]) -> bool:
        return any(test(resources[name]) for name in shard.streams)

    planned = ["plan"] if config.several else []
    followers = by(lambda shard: has(shard, lambda one: one.routes))
    platforms = by(lambda shard: has(shard, lambda one: one.scope is Scope.PLATFORM)) if planned else []
    entries = [
        (
            "/v1/account",
            planned + by(lambda shard: has(shard, lambda one: one.cursor)),
            "Each process asks whose key it is.",
        ),
        (
            "/v1/accounts",
            planned + platforms,
            "The plan lists the accounts to divide them; a shard with streams of the platform lists its own part of "
            "them, which is at most a page more for each.",
        ),
        (
            "/v1/events",
            [name for name in followers if _shares_accounts(found.shards[int(name)], found)],
            "Shards that read the same accounts each follow their changes.",
        ),
        (
            "/v1/events?limit=1",
            followers if Key(config.key).limited else [],
            "In a first sync each process asks whether a restricted key may read events.",
        ),
    ]
    return [{"request": path, "by": names, "why": why} for path, names, why in entries if len(names) > 1]


def _shares_accounts(shard: Shard, found: Cut) -> bool:
    return sum(other.units == shard.units for other in found.shards) > 1
