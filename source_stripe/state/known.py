"""The children that may go with their parent without a word on them: which are known, and how a state says so. Pure.

Nobody can ask for the children of a parent that is deleted, and no event is certain to tell of each of them. So their
ids are kept by parent, of the newest parents if they are too many.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import accumulate
from typing import Any

from source_stripe import json_text
from source_stripe.state.memory import Family, Known, MemoryDelta
from source_stripe.windows import DAY

MOST_KNOWN = 50_000
"""Children remembered; beyond that those of the oldest parents are given up."""
MOST_READABLE = 300
"""Children that a state names one by one; beyond that they are packed into a string."""
MOST_UNPACKED = 64 << 20
"""Bytes that such a string may hold."""
PIECE = 1 << 14
"""Bytes that are put into base85 at once, a multiple of four."""
FORM = 1
"""Of what is packed, in case there is ever another."""


@dataclass(slots=True)
class _Family:
    born: int
    children: dict[str, int] = field(default_factory=dict)
    """With the cursor of the row of each, as far as this sync has delivered it."""


class KnownChildren:
    """Changes with what is learnt, at the cost of what is learnt. Not for several threads at once."""

    def __init__(self, known: Known | None = None, on_full: Callable[[], None] = lambda: None) -> None:
        """`on_full` is called when the first parent is given up."""
        self._most, self._on_full = MOST_KNOWN, on_full
        self._families = {
            parent: _Family(family.born, dict.fromkeys(family.children, 0)) for parent, family in (known or {}).items()
        }
        self._count = sum(len(family.children) for family in self._families.values())
        self._oldest: list[tuple[int, str]] | None = None
        """A heap of the parents, once one had to be given up."""
        self._given_up: tuple[int, str] = (-1, "")
        """The newest of those that were: no older one comes in again, or part of a family would be known."""
        self._written: dict[str, list[str]] | str | None = None

    def __bool__(self) -> bool:
        return bool(self._families)

    def __contains__(self, parent: str) -> bool:
        return parent in self._families

    def of(self, parent: str) -> dict[str, int]:
        """The children of a parent, with the cursor of the row of each."""
        family = self._families.get(parent)
        return family.children if family else {}

    def learn(self, delta: MemoryDelta) -> None:
        """Takes what reading has taught of children out of `delta`."""
        children, born, forgotten = delta.take_children()
        for parent in forgotten:
            self.forget(parent)
        for parent, known in children.items():
            for child, alive in known.items():
                if alive:
                    self.add(parent, child, born.get(parent, 0))
                else:
                    self.discard(parent, child)

    def add(self, parent: str, child: str, born: int, cursor: int = 0) -> None:
        """A child is under a parent that was created at `born`."""
        family = self._families.get(parent)
        if family is None:
            if (born, parent) <= self._given_up:
                return
            family = self._families[parent] = _Family(born)
            if self._oldest is not None:
                heappush(self._oldest, (born, parent))
        self._count += child not in family.children
        family.children[child] = cursor
        self._written = None
        while self._count > self._most:
            self._give_up()

    def discard(self, parent: str, child: str) -> None:
        """A child is there no more."""
        if (family := self._families.get(parent)) and child in family.children:
            del family.children[child]
            self._count -= 1
            self._written = None
            if not family.children:
                del self._families[parent]

    def forget(self, parent: str) -> None:
        """A parent is deleted, or can be no more."""
        if family := self._families.pop(parent, None):
            self._count -= len(family.children)
            self._written = None

    def written(self) -> dict[str, list[str]] | str:
        """As it stands in a state, those of the oldest parents first."""
        if self._written is None:
            families = sorted(self._families.items(), key=_age)
            self._written = (
                {parent: list(family.children) for parent, family in families}
                if self._count <= MOST_READABLE
                else _packed(families)
            )
        return self._written

    def _give_up(self) -> None:
        """The oldest parent is known no more."""
        if self._oldest is None:
            self._oldest = [(family.born, parent) for parent, family in self._families.items()]
            heapify(self._oldest)
            self._on_full()
        while True:
            born, parent = heappop(self._oldest)
            # What is in the heap may have been forgotten meanwhile.
            if (family := self._families.get(parent)) and family.born == born:
                self.forget(parent)
                self._given_up = max(self._given_up, (born, parent))
                return


def too_many(stream: str, parent: str) -> str:
    """What follows from there being more children of a stream than its state remembers; `parent` is the noun for what
    they lie under."""
    parents = f"{parent.replace('_', ' ')}s"
    return (
        f"{stream}: the rows of the newest {parents} are remembered, {MOST_KNOWN:,} at most, and there are more. Where "
        f"one of the older {parents} is deleted its rows stay here without is_deleted; the row that says that it is "
        f"deleted is in the stream of {parents}."
    )


def read_known(value: object) -> dict[str, Family]:
    """What `written` gave. Raises ValueError with the reason where it is damaged."""
    match value:
        case str():
            return _unpacked(value)
        case Mapping():
            return {str(parent): Family(tuple(_ids(children))) for parent, children in value.items()}
        case _:
            raise ValueError("its 'known' is not an object")


def _ids(value: object) -> Iterable[str]:
    if not isinstance(value, list | tuple):
        raise ValueError("its 'known' is not made of lists")
    return map(str, value)


def _age(family: tuple[str, _Family]) -> tuple[int, str]:
    """By the day, as Stripe's ids of one time begin alike."""
    return family[1].born // DAY, min(family[1].children)


def _packed(families: Sequence[tuple[str, _Family]]) -> str:
    """Parents with the day of their creation and their children, oldest first, as text: base85 of zlib of JSON.

    Ids of one account have a part in common, and those of one time another. Written column by column such parts are
    nearly nothing, so that what is left is what is random in them.
    """
    days = [family.born // DAY for _, family in families]
    told = [
        FORM,
        [day - before for day, before in zip(days, [0, *days], strict=False)],
        [len(family.children) for _, family in families],
        _columns([parent for parent, _ in families]),
        _columns([child for _, family in families for child in family.children]),
    ]
    packed = zlib.compress(json_text.dumps(told))
    # Python's own takes forty times the memory of what it is given.
    return b"".join(b85encode(packed[at : at + PIECE]) for at in range(0, len(packed), PIECE)).decode()


def _unpacked(text: str) -> dict[str, Family]:
    try:
        unpacking = zlib.decompressobj()
        size = PIECE // 4 * 5
        packed = b"".join(b85decode(text[at : at + size]) for at in range(0, len(text), size))
        told = json_text.loads(unpacking.decompress(packed, MOST_UNPACKED))
        form, days, counts, parents, children = told
        if form != FORM or not unpacking.eof:
            raise ValueError(form)
        parents, children, ends = _rows(parents), _rows(children), [*accumulate(counts)]
        if ends[-1:] != [len(children)]:
            raise ValueError(counts)
        families = zip(parents, accumulate(days), counts, ends, strict=True)
        return {parent: Family(tuple(children[end - count : end]), day * DAY) for parent, day, count, end in families}
    except (ValueError, TypeError, IndexError, zlib.error, RecursionError):
        raise ValueError("its 'known' is damaged") from None


def _columns(ids: Sequence[str]) -> list[list[Any]]:
    """The length of each id, and for each length the first letters of all such ids, then the second, and so on."""
    by_length: dict[int, list[str]] = {}
    for id in ids:
        by_length.setdefault(len(id), []).append(id)
    blocks = []
    for length, alike in by_length.items():
        text = "".join(alike)
        blocks.append("".join(text[column::length] for column in range(length)))
    return [[*map(len, ids)], blocks]


def _rows(columns: Sequence[Sequence[Any]]) -> list[str]:
    """What `_columns` was given. Raises ValueError, TypeError or IndexError where it is damaged."""
    lengths, blocks = columns
    alike: dict[int, Iterator[str]] = {}
    for length, block in zip(dict.fromkeys(lengths), blocks, strict=True):
        count = lengths.count(length)
        if not isinstance(length, int) or length <= 0 or len(block) != length * count:
            raise ValueError(length)
        letters = zip(*(block[start : start + count] for start in range(0, len(block), count)), strict=True)
        alike[length] = iter(["".join(row) for row in letters])
    return [next(alike[length]) for length in lengths]
