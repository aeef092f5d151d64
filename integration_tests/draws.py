"""What one sync of the soak meets, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from time import monotonic, sleep

from integration_tests import troubles
from integration_tests.command import End, Fate
from integration_tests.sandbox import Request, Response, Sandbox
from integration_tests.sandbox.api.faults import FOREIGN
from integration_tests.troubles import EVENTS, INSIDE, LISTS, PAGED, Trouble
from integration_tests.vocabulary import CATALOG, DAY, HOUR

PATIENCE_SECONDS = 4.0
"""What the connector of the soak waits in all where the one of users waits five minutes."""


def nothing(_: Sandbox) -> None:
    """All is well."""


@dataclass(frozen=True)
class Draw:
    """One sync and what goes before it."""

    pause: int = HOUR
    """Seconds since the last one."""
    changes: int = 10
    """Things that happen in these seconds."""
    late: tuple[int, int] = (0, 0)
    """Seconds by which events, and rows of lists, are seen late."""
    ahead: int = 0
    """Seconds by which the host's clock is ahead of Stripe's."""
    trouble: str = "none"
    makes: Trouble = nothing
    """The trouble."""
    fate: Fate = field(default_factory=Fate)
    is_lost: bool = False
    """Whether the destination loses the rows that no state came after."""
    state_file: str = "output"
    streams: tuple[str, ...] = ()
    """Those that are synced; all where there are none."""
    options: Mapping[str, int] = field(default_factory=dict)
    lively: bool = False
    """Whether life goes on during the sync."""

    @property
    def may_fail(self) -> frozenset[str] | None:
        """The streams that may not be read whole; None if any may."""
        if self.fate.end not in (End.BY_ITSELF, End.SLOW_READER):
            return None
        match self.trouble:
            case "malformed events":
                return frozenset(("events",))
            case "none" | "a list seems to go on" | "a short outage" | "cut lists" | "large pages fail":
                return frozenset()
            case _:
                return None

    def __str__(self) -> str:
        parts = [f"{self.pause} s and {self.changes} changes later", f"trouble: {self.trouble}", self.fate.end.value]
        parts += [f"clock {self.ahead:+} s"] if self.ahead else []
        parts += [f"seen late: {self.late}"] if any(self.late) else []
        return ", ".join(parts)


def drawn(seed: int, number: int) -> Draw:
    """The same for the same numbers."""
    luck = Random(f"{seed}/{number}")
    pause = luck.choice((5, 61, 170, 600, 900, HOUR, HOUR, 6 * HOUR, DAY, 3 * DAY))
    if luck.random() < 0.02:
        pause = 35 * DAY
    trouble = luck.choice(tuple(TROUBLES)) if luck.random() < 0.75 else "none"
    names = sorted(resource.name for resource in CATALOG if resource.first.origin.path in LISTS)
    return Draw(
        pause=pause,
        changes=luck.choice((0, 3, 10, 25)),
        late=luck.choice(((0, 0), (0, 0), (180, 0), (600, 90), (60, 600))),
        ahead=luck.choice((0, 0, 0, 0, 75, 1_200, 40 * DAY, -90, -HOUR)),
        trouble=trouble,
        makes=TROUBLES[trouble](luck) if trouble != "none" else nothing,
        fate=_fate(luck),
        is_lost=luck.random() < 0.5,
        state_file=luck.choice(("output", "messages", "list")),
        streams=tuple(luck.sample(names, 30)) if luck.random() < 0.15 else (),
        options={"num_workers": luck.choice((1, 4, 20)), "slice_range": luck.choice((30, 365))},
        lively=luck.random() < 0.5,
    )


def _fate(luck: Random) -> Fate:
    lines = luck.choice((0, 1, 40, luck.randrange(300), luck.randrange(1_500)))
    match luck.choice((*[End.BY_ITSELF] * 4, *End, End.KILLED, End.KILLED)):
        case End.KILLED | End.ASKED as end:
            # A second goes by before the first line.
            return Fate(end, lines) if luck.random() < 0.5 else Fate(end, seconds=luck.uniform(0.2, 4.0))
        case End.DISK_FULL:
            return Fate(
                End.DISK_FULL, most_bytes=luck.choice((0, 100, luck.randrange(1 << 18), luck.randrange(1 << 20)))
            )
        case end:
            return Fate(end, lines)


def _outage(seconds: float, by: Callable[[Random], Response]) -> Callable[[Random], Trouble]:
    """For a while something else answers, from some request on."""

    def draw(luck: Random) -> Trouble:
        after, other = luck.randrange(60), by(luck)

        def trouble(stripe: Sandbox) -> None:
            sound, begun, asked = stripe.handle, [0.0], [0]

            def handle(request: Request) -> Response:
                asked[0] += 1
                if asked[0] <= after:
                    return sound(request)
                begun[0] = begun[0] or monotonic()
                return other if monotonic() < begun[0] + seconds else sound(request)

            stripe.handle = handle  # type: ignore[method-assign]

        return trouble

    return draw


def _somebody_else(luck: Random) -> Response:
    fault = luck.choice(sorted(FOREIGN, key=lambda one: one.name))
    status, kind, body = FOREIGN[fault]
    return Response(status, {"Content-Type": kind}, body, fault)


def _silence(luck: Random) -> Trouble:
    """Two requests are answered only when nobody waits any more."""
    at = {luck.randrange(40), luck.randrange(100)}

    def trouble(stripe: Sandbox) -> None:
        sound, asked = stripe.handle, [0]

        def handle(request: Request) -> Response:
            asked[0] += 1
            if asked[0] in at:
                sleep(PATIENCE_SECONDS / 2)
            return sound(request)

        stripe.handle = handle  # type: ignore[method-assign]

    return trouble


def _not_enabled(luck: Random) -> Trouble:
    path = luck.choice(LISTS)
    return lambda stripe: stripe.not_enabled(path)


TROUBLES: Mapping[str, Callable[[Random], Trouble]] = {
    "some faults": lambda luck: troubles.unwell(0.04, luck.randrange(999)),
    "many faults": lambda luck: troubles.unwell(0.2, luck.randrange(999)),
    "cut lists": lambda _: troubles.lists_cut_off(131_072),
    "large pages fail": lambda luck: troubles.large_pages_that_fail(luck.choice((50, 10))),
    "a short outage": _outage(1.0, _somebody_else),
    "an outage": _outage(60.0, _somebody_else),
    "the connection is gone": lambda luck: troubles.broken_after(luck.randrange(100)),
    "silence": _silence,
    "a refused list": lambda luck: troubles.refused(luck.choice(LISTS)),
    "a product not enabled": _not_enabled,
    "no permission for a list": lambda luck: troubles.not_permitted(luck.choice(LISTS)),
    "no permission for events": lambda _: troubles.not_permitted(EVENTS),
    "no permission for an expansion": lambda luck: troubles.not_permitted(luck.choice(INSIDE)),
    "malformed events": lambda luck: troubles.malformed_events(luck.randrange(999)),
    "a list seems to go on": lambda luck: troubles.list_that_seems_to_go_on(luck.choice(PAGED)),
    "a list begins again": lambda luck: troubles.list_that_begins_again(luck.choice(LISTS)),
    "wrong objects": lambda luck: troubles.objects_answered_otherwise(0.3, luck.randrange(999)),
}
"""By name, how each is drawn."""
