"""Origins: where objects come from, a list endpoint or `/v1/events`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter

EVENT = "event"
"""Stripe's tag of an event: the one thing that tells of itself, and is never deleted."""


Params = tuple[tuple[str, str], ...]
"""Query parameters; a value may name a field of the object concerned: `("subscription", "{id}")`."""


CREATED = ("created[gte]", "created[lt]")
"""The parameters by which most lists take a stretch of time."""


PAGE = 100
"""The most objects that Stripe puts on a page of most lists."""


Test = Callable[[Mapping[str, object]], bool]
"""Something that is or is not so of an object."""


def always(_: Mapping[str, object]) -> bool:
    return True


def never(_: Mapping[str, object]) -> bool:
    return False


def is_v2(path: str) -> bool:
    """Whether a path is one of API v2, which asks and answers otherwise: https://docs.stripe.com/api-v2-overview."""
    return path.startswith("/v2/")


# How a list is read.


@dataclass(frozen=True)
class Windowed:
    """In windows: the list takes a `created` filter."""

    time_field: str = "created"
    """The field of the objects that the filter applies to."""


@dataclass(frozen=True)
class TopDown:
    """From its newest object down to what is wanted: it takes no such filter."""

    time_field: str = "created"
    """The field in whose order the list is; empty where its objects have no time, so that it is read whole."""
    paged: bool = True
    """Whether the list takes `limit` and a place to go on from; two of Stripe's answer all at once."""


@dataclass(frozen=True)
class Linked:
    """Page by page, where each answer says where the next page is, as the lists of API v2 are read; Stripe promises no
    order: https://docs.stripe.com/api-v2-overview#list-pagination."""

    between: tuple[str, str] | None = None
    """The parameters that take a stretch of time; None where the list takes none, so that it is read whole."""
    page: int = PAGE
    """The most objects that it puts on a page."""
    time_field: str = "created"
    """The field with the time of an object, as RFC 3339 has it."""


@dataclass(frozen=True)
class Single:
    """At once: the answer is one object and no list."""

    tag: str
    """Stripe's tag of the object."""
    time_field: str = ""
    """The field with its time, where it is asked for as one that may be new."""


WINDOWED = Windowed()
TOP_DOWN = TopDown()
UNTIMED = TopDown("")


@dataclass(frozen=True)
class Listing:
    """A list endpoint, newest first but in API v2: https://docs.stripe.com/api/pagination."""

    path: str
    filters: tuple[Params, ...] = ((),)
    """The list is read once with each of these; together they hide no row."""
    expand: tuple[str, ...] = ()
    """Fields of the object to expand, as a retrieve names them (no `data.`); in API v2 fields to include."""
    kind: Windowed | TopDown | Linked | Single = WINDOWED
    test_mode_only: bool = False
    """Whether the list is there in test mode only; a live key is refused."""
    clock: str = ""
    """The filter without which the list leaves out what is on a test clock."""

    @property
    def time_field(self) -> str:
        """The field with the time of an object; empty where there is none."""
        return self.kind.time_field

    @property
    def takes_times(self) -> bool:
        """Whether it can be asked for what was created in a window."""
        return isinstance(self.kind, Windowed) or (isinstance(self.kind, Linked) and self.kind.between is not None)

    @property
    def between(self) -> tuple[str, str]:
        """The parameters that take such a window."""
        return self.kind.between or CREATED if isinstance(self.kind, Linked) else CREATED

    @property
    def ordered(self) -> bool:
        """Whether it is newest first."""
        return not isinstance(self.kind, Linked)

    @property
    def paged(self) -> bool:
        """Whether it takes `limit` and a place to go on from."""
        return isinstance(self.kind, Windowed | Linked) or (isinstance(self.kind, TopDown) and self.kind.paged)

    @property
    def page(self) -> int:
        """The most objects that it puts on a page."""
        return self.kind.page if isinstance(self.kind, Linked) else PAGE

    @property
    def single(self) -> str:
        """The tag of the one object that the answer is; empty for a list."""
        return self.kind.tag if isinstance(self.kind, Single) else ""


@dataclass(frozen=True)
class Events:
    """The changes that `/v1/events` reports for one type of object: https://docs.stripe.com/api/events; in API v2 those
    that `/v2/core/events` does: https://docs.stripe.com/api/v2/core/events."""

    object: str
    """Stripe's tag, found in `event.data.object.object`."""
    types: tuple[str, ...]
    """Event types, in full or as `invoice.*`."""
    retrieve: str
    """Where one object is read again; names fields of the event's object: `/v1/invoices/{id}`."""
    expand: tuple[str, ...] = ()
    listing: Listing | None = None
    """Where the objects created in a window are read a hundred at a time."""
    created_has_event: bool = True
    """Whether an event of these types tells of every new object."""
    every_edit_has_event: bool = True
    """Whether an event of these types tells of every edit; if not, no event can be taken for the row."""
    indirect_events: tuple[tuple[str, str], ...] = ()
    """Other objects whose events tell of a change here, and their field with the id: a refund and its `charge`."""
    where: Test = always
    """Which events count, by the event itself: those of connected accounts."""

    @property
    def thin(self) -> bool:
        """Whether the events only point to the object, and show nothing of it: those of API v2."""
        return is_v2(self.retrieve)


def fields_of(template: str) -> set[str]:
    """The fields that a path or a parameter names."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}
