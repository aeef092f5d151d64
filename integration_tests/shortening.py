"""From a history that goes wrong to a short one that goes wrong in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple


class Step(NamedTuple):
    """A sentence of a history and its words."""

    name: str
    given: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.given.items())})"


Steps = tuple[Step, ...]
Fails = Callable[[Steps], bool]


def shortened(steps: Steps, fails: Fails) -> Steps:
    """Fewest steps, smallest numbers: no further step can be left out, and no number halved, without it going right."""
    while True:
        shorter = _fewer(steps, fails)
        smaller = _smaller(shorter, fails)
        if smaller == steps:
            return steps
        steps = smaller


def _fewer(steps: Steps, fails: Fails) -> Steps:
    size = max(1, len(steps) // 2)
    while True:
        index, before = 0, len(steps)
        while index < len(steps):
            without = steps[:index] + steps[index + size :]
            if fails(without):
                steps = without
            else:
                index += size
        if size == 1 and len(steps) == before:
            return steps
        size = max(1, size // 2)


def _smaller(steps: Steps, fails: Fails) -> Steps:
    index = 0
    while index < len(steps):
        smaller = next(filter(fails, _simpler(steps, index)), None)
        if smaller is None:
            index += 1
        else:
            steps = smaller
    return steps


def _simpler(steps: Steps, index: int) -> Iterator[Steps]:
    """The steps with one word of one of them simpler."""
    name, given = steps[index]
    for word, value in given.items():
        for simpler in _below(value):
            yield (*steps[:index], Step(name, {**given, word: simpler}), *steps[index + 1 :])


def _below(value: object) -> Iterator[object]:
    match value:
        case bool():
            yield from [False] if value else []
        case int():
            yield from sorted({0, 1, value // 2, value - 1} & set(range(value)))
        case list():
            yield from ([*value[:index], *value[index + 1 :]] for index in range(len(value)) if len(value) > 1)
        case _:
            pass
