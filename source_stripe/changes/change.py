"""What an event says about an object, and what several say once they are put together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from source_stripe.declaration.origins import EVENT, Events, fields_of
from source_stripe.stripe.answers import Object
from source_stripe.stripe.http import API_VERSION
from source_stripe.stripe.objects import get_path
from source_stripe.stripe.query import stamp_of

DELETION_SUFFIXES = (".deleted", ".detached")
"""How the types end that tell of an object's going."""


class ChangeEvent(NamedTuple):
    """What an event says about an object."""

    event_id: str
    at: int
    """In Unix seconds."""
    type: str
    obj: Object
    """The object as the event shows it if it is `whole`, else only what leads to it."""
    whole: bool
    current: bool
    """Whether the event shows it as a list would: in the pinned version, with all that is in it."""
    version: str | None
    before: Object
    """What the fields that a consumer wants held before."""

    @property
    def deleted(self) -> bool:
        return self.type.endswith(DELETION_SUFFIXES)


@dataclass
class ObjectChange:
    """What the events of a window say about one object, once they are put together."""

    own: ChangeEvent | None = None
    """The latest event about the object; within a second none is later than another, a deletion counts as such."""
    mention: ChangeEvent | None = None
    """The latest event about another object that tells of a change here."""
    before: list[Object] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    """When its events came."""
    event_ids: list[str] = field(default_factory=list)
    shown: bool = False
    """Whether one of its events shows it as a list would."""

    def add(self, one: ChangeEvent) -> None:
        self.times.append(one.at)
        self.event_ids.append(one.event_id)
        self.shown = self.shown or one.current
        self.before += [one.before] if one.before else []
        if one.type:
            self.own = one if self.own is None else max(self.own, one, key=_order)
        else:
            self.mention = one if self.mention is None else max(self.mention, one, key=_order)

    @property
    def latest(self) -> ChangeEvent:
        """What it was last: whatever is said of another object, one that is deleted stays so."""
        if self.own and (self.mention is None or self.own.deleted or self.own.at >= self.mention.at):
            return self.own
        if self.mention is None:
            raise ValueError("nothing is told")
        return self.mention

    @property
    def obj(self) -> Object:
        return self.latest.obj

    def created(self, field: str) -> int:
        """When the object was created, by the field that tells; 0 where none of its events shows it."""
        return stamp_of(self.own.obj, field) if self.own else 0

    @property
    def at(self) -> int:
        """The time of the latest event."""
        return max(self.times)

    @property
    def first(self) -> int:
        """The time of the earliest event."""
        return min(self.times)

    @property
    def tied(self) -> bool:
        """Whether another event of the same second leaves doubt which is the latest."""
        return self.times.count(self.at) > 1

    @property
    def deleted(self) -> bool:
        return self.latest.deleted

    @property
    def is_the_row(self) -> bool:
        """Whether the event shows the row, and no other event of the object leaves doubt about it."""
        return len(self.times) == 1 and self.latest.current and not self.latest.deleted


def changes(told: Iterable[ChangeEvent], names: Sequence[str] = ("id",)) -> dict[str, ObjectChange]:
    """By object, whatever the order of the events; `names` are the fields that tell it from all others."""
    found: dict[str, ObjectChange] = {}
    for one in told:
        key = one.obj["id"] if len(names) == 1 else "/".join(str(one.obj.get(name)) for name in names)
        change = found.get(key)
        if change is None:
            change = found[key] = ObjectChange()
        change.add(one)
    return found


def _order(told: ChangeEvent) -> tuple[int, bool, str]:
    return told.at, told.deleted, told.event_id


@dataclass
class Asked:
    """What is to be told of the objects of an origin."""

    origin: Events
    key_fields: frozenset[str]
    before: set[str] = field(default_factory=set)
    """Fields whose earlier content is wanted."""
    whole: bool = False
    """Whether every event's object is wanted as it stands."""


def told(event: Object, asked: Asked) -> ChangeEvent | None:
    """What an event says about an object of `origin`, if anything.

    It is the object that decides: `charge.refund.updated` carries a refund, `invoice.upcoming` one without an id.
    """
    origin = asked.origin
    if origin.object == EVENT:
        return ChangeEvent(event["id"], event["created"], "", event, True, True, None, {})
    obj, previous = event["data"]["object"], event["data"].get("previous_attributes") or {}
    version = event.get("api_version")
    for tag, link in origin.indirect_events:
        if obj.get("object") == tag and (linked := get_path(obj, link)):
            leads = {"id": linked, "object": origin.object}
            # Whatever became of the other object, this one has merely changed; it may have held the other.
            held = {name: obj for name in asked.before if name in (tag, f"{tag}s")}
            return ChangeEvent(event["id"], event["created"], "", leads, False, False, version, held)
    if obj.get("object") != origin.object or not obj.get("id"):
        return None
    if not _is_of(event["type"], origin.types) or not origin.where(event):
        return None
    deleted = event["type"].endswith(DELETION_SUFFIXES)
    current = version == API_VERSION and origin.every_edit_has_event and not origin.expand and _holds_all(obj)
    whole = asked.whole or deleted or current
    if not whole:
        obj = {name: obj.get(name) for name in asked.key_fields}
    before = {name: previous[name] for name in asked.before if name in previous}
    return ChangeEvent(event["id"], event["created"], event["type"], obj, whole, current, version, before)


def _holds_all(obj: Mapping[str, object]) -> bool:
    """Whether no list in the object was cut."""
    return not any(isinstance(value, dict) and value.get("has_more") for value in obj.values())


@cache
def _is_of(kind: str, types: tuple[str, ...]) -> bool:
    # Types of API v2 stand in full, and hold brackets: `v2.core.account[identity].updated`.
    return kind in types or any(fnmatchcase(kind, pattern) for pattern in types)


def key_fields(origin: Events) -> frozenset[str]:
    """The fields that lead to an object: its id, those in its path, and the time it was created."""
    return frozenset({"id", "object", time_field(origin)} | fields_of(origin.retrieve)) - {""}


def time_field(origin: Events) -> str:
    """The field that tells when an object was created; empty where it has none."""
    return origin.listing.time_field if origin.listing else "created"
