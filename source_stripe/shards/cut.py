"""Which shard reads what: by accounts first, which repeats no request, by streams where accounts are too few. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from source_stripe.declaration.resource import Resource, Scope
from source_stripe.declaration.scopes import is_told
from source_stripe.declaration.takes import Children
from source_stripe.shards.families import families, lists, spread
from source_stripe.windows import FOREVER

ACCOUNTS, STREAMS = "accounts", "streams"
"""By what is cut."""


@dataclass(frozen=True)
class Unit:
    """Accounts that one shard reads: mostly one."""

    accounts: tuple[str, ...] = ()
    """The ids of those that the shard has rows of; none stands for the one account that there is."""
    named: tuple[str, ...] = ()
    """What the configuration has of them in `connected_accounts` or `contexts`; of those that are not among these only
    the platform's streams have rows."""
    created: int = 0
    """The Unix second of their creation; 0 for what stands before all others."""
    known: frozenset[str] = frozenset()
    """Those that were read before."""
    has_own: bool = False
    """Whether the first of them is the account of the key itself."""


@dataclass(frozen=True)
class Shard:
    """What one process reads."""

    units: tuple[Unit, ...]
    streams: tuple[str, ...]
    """In the order of the catalogue."""
    stretch: tuple[int, int] | None = None
    """Which accounts the platform's streams have rows of, by the second of their creation; None where all, or none."""
    expected_requests: int = 0
    """A page of each list of what is new, a page of events of what is known; there are more where there is more."""

    @property
    def accounts(self) -> list[str]:
        return [account for unit in self.units for account in unit.accounts]

    @property
    def named(self) -> list[str]:
        return [name for unit in self.units for name in unit.named]


@dataclass(frozen=True)
class Cut:
    """All shards, and where what is known of an account and a stream belongs."""

    shards: tuple[Shard, ...]
    _home: Mapping[tuple[str, str], int] = field(repr=False)

    def home(self, account: str, stream: str) -> int:
        """The number of the shard that reads a stream of an account; the first where none does, which keeps it."""
        return self._home.get((account, stream), self._home.get(("", stream), 0))


def cut(
    units: Sequence[Unit], resources: Sequence[Resource], number: int, by: str = "", *, by_creation: bool = False
) -> Cut:
    """Into so many shards at most; `by` is ACCOUNTS, STREAMS, or empty for accounts and, where these are too few,
    streams.

    The first unit stands for all that is read once. With `by_creation` a shard finds its accounts by when they were
    created, so that those of one second stay together.
    """
    units = _of_one_second(units) if by_creation else list(units)
    heaps = _heaps(units, resources, 1 if by == STREAMS else number)
    widths = [1] * len(heaps)
    selected = [_of_heap(resources, heap, first=not index) for index, heap in enumerate(heaps)]
    found = [families(some) for some in selected]
    while by != ACCOUNTS and sum(widths) < number:
        open_ones = [index for index, width in enumerate(widths) if width < len(found[index])]
        if not open_ones:
            break
        widest = max(open_ones, key=lambda index: (_requests(heaps[index], selected[index]) / widths[index], -index))
        widths[widest] += 1
    shards: list[Shard] = []
    home: dict[tuple[str, str], int] = {}
    for index, (heap, width) in enumerate(zip(heaps, widths, strict=True)):
        until = heaps[index + 1][0].created if index + 1 < len(heaps) else FOREVER
        for names in spread(found[index], width):
            some = [one for one in selected[index] if one.name in names]
            platforms = by_creation and any(one.scope is Scope.PLATFORM for one in some)
            stretch = (heap[0].created if index else 0, until) if platforms else None
            if not index:
                home |= {("", one.name): len(shards) for one in some}
            home |= {(account, one.name): len(shards) for unit in heap for account in unit.accounts for one in some}
            shards.append(Shard(tuple(heap), tuple(one.name for one in some), stretch, _requests(heap, some)))
    return Cut(tuple(shards), home)


def _of_heap(resources: Sequence[Resource], heap: Iterable[Unit], *, first: bool) -> list[Resource]:
    """What is read of some accounts: what is the same for everybody goes with the first, and of accounts that are not
    named only the platform's streams have rows."""
    named = any(unit.named or not unit.accounts for unit in heap)
    wanted = {Scope.PLATFORM} | ({Scope.STRIPE} if first else set()) | ({Scope.ACCOUNT} if named else set())
    return [one for one in resources if one.scope in wanted]


def _of_one_second(units: Iterable[Unit]) -> list[Unit]:
    """By when they were created, those of one second together; what has no such time stands with the first."""
    joined: list[Unit] = []
    for created, some in groupby(sorted(units, key=lambda unit: unit.created), lambda unit: unit.created):
        of_one = list(some)
        joined.append(
            Unit(
                tuple(account for unit in of_one for account in unit.accounts),
                tuple(name for unit in of_one for name in unit.named),
                created,
                frozenset().union(*(unit.known for unit in of_one)),
                of_one[0].has_own,
            )
        )
    return joined


def _heaps(units: Sequence[Unit], resources: Sequence[Resource], number: int) -> list[list[Unit]]:
    """The units in their order, in so many heaps at most, about as many requests in each."""
    weights = [max(1, _requests([unit], resources)) for unit in units]
    if all(one.scope is Scope.STRIPE for one in resources):
        number = 1
    number = min(number, len(units))
    heaps: list[list[Unit]] = [[]]
    left, heap_left = sum(weights), 0.0
    for index, (unit, weight) in enumerate(zip(units, weights, strict=True)):
        to_come = number - len(heaps)
        # A heap is closed where half of the unit would be too much, or where each of the others needs one.
        full = heaps[-1] and heap_left < weight / 2
        if not heaps[-1] or (to_come and (full or len(units) - index <= to_come)):
            if heaps[-1]:
                heaps.append([])
            heap_left = left / (number - len(heaps) + 1)
        heaps[-1].append(unit)
        heap_left -= weight
        left -= weight
    return heaps


def _requests(units: Iterable[Unit], resources: Sequence[Resource]) -> int:
    """How many requests are expected at least."""
    of_accounts = [one for one in resources if one.scope is Scope.ACCOUNT]
    platforms = [one for one in resources if one.scope is Scope.PLATFORM]
    once = [one for one in resources if one.scope is Scope.STRIPE]
    follows = any(one.routes for one in resources)
    # A child of a platform's account is asked for by its id.
    below = sum(any(isinstance(part.first.take, Children) for part in one.parts) for one in platforms)
    total = 0
    for unit in units:
        others, is_known = unit.accounts[unit.has_own :], bool(unit.known.difference(unit.accounts[unit.has_own :]))
        if unit.has_own or not unit.accounts:
            listed = of_accounts if not unit.accounts or unit.accounts[0] in unit.named else []
            total += lists([one for one in listed if not (is_known and is_told(one))]) + lists(once)
            total += is_known and follows
        new = sum(one not in unit.known for one in others)
        total += len(others) - new + new * (lists(of_accounts) * bool(unit.named) + below)
    return total
