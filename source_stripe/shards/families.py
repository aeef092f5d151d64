"""Streams that read the same: they stay in one shard, or a request would be sent in two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Children, Take


def families(resources: Iterable[Resource]) -> list[tuple[str, ...]]:
    """The names of the streams, those together that share a list or read the same objects again, largest first.

    So a stream stays with the one whose objects it is taken from, and a union with all that its members read.
    """
    root: dict[str, str] = {}

    def find(one: str) -> str:
        while root.setdefault(one, one) != one:
            root[one] = one = root[root[one]]
        return one

    names = [resource.name for resource in resources]
    for resource in resources:
        for path in paths(resource):
            # A name has no slash, so that it is no path.
            root[find(path)] = find(resource.name)
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(find(name), []).append(name)
    return sorted(map(tuple, found.values()), key=lambda family: -len(family))


def paths(resource: Resource) -> set[str]:
    """The lists that a stream reads, those below its objects as they are declared, and where it reads objects again."""
    found: set[str] = set()
    for part in resource.parts:
        found |= {part.first.origin.path, *_below(part.first.take)}
        for route in part.routes:
            found |= {route.origin.retrieve.partition("/{")[0], *_below(route.take)}
    return found


def lists(resources: Iterable[Resource]) -> int:
    """How many lists some streams of an account read in a first sync: each takes a request at least."""
    return len(
        {
            (part.first.origin.path, params)
            for one in resources
            for part in one.parts
            for params in part.first.origin.filters
        }
    )


def spread(families: Sequence[tuple[str, ...]], number: int) -> list[tuple[str, ...]]:
    """Into so many heaps at most, about as many streams in each."""
    heaps: list[list[str]] = [[] for _ in range(min(number, len(families)))]
    for family in sorted(families, key=lambda one: -len(one)):
        min(heaps, key=len).extend(family)
    return [tuple(heap) for heap in heaps]


def _below(take: Take) -> set[str]:
    return {take.path} if isinstance(take, Children) else set()
