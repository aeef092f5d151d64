"""The words a declaration is made of: inert, typed values, that the families combine.

A stream answers two questions, twice. *Where do objects come from?* An origin: a list endpoint, or
`/v1/events`. *What is emitted for each?* A take: the object, the list embedded in it, or a list fetched
by its id. Once for the first sync (`first`), once for every later one (`then`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from source_stripe.declaration.origins import EVENT, Events, Listing, Test, never
from source_stripe.declaration.takes import WHOLE, Embedded, Take

# Origins: where objects come from.


# Takes: what is emitted for each object.


Origin = TypeVar("Origin", Listing, Events)


@dataclass(frozen=True)
class Route(Generic[Origin]):
    """An origin, and what is taken from each of its objects."""

    origin: Origin
    take: Take = WHOLE


@dataclass(frozen=True)
class Parent:
    """What a child's record says of the object it was taken from."""

    object: str
    field: str = ""
    """The child's own field that holds the parent's id, needed where the child has events of its own."""
    carries: tuple[str, ...] = ()
    """Further fields of the parent, written as `invoice_created`."""
    children_vanish: Test = never
    """Whether children of such a parent may yet go without a word on them; then they are remembered."""
    owner: tuple[str, str] = ("", "")
    """The field of what is listed that holds the id of the parent meant, and its tag: `("customer", "customer")` for
    what is found through a subscription and belongs to its customer."""

    @property
    def noun(self) -> str:
        """`checkout_session` for `checkout.session`."""
        return self.object.replace(".", "_")

    @property
    def id_field(self) -> str:
        return f"{self.owner[1] or self.noun}_id"


@dataclass(frozen=True)
class Maturing:
    """A field that changes at a known time, and no event tells of it."""

    field: str
    value: str
    """What it holds until then."""
    at: str
    """The field with the time."""


@dataclass(frozen=True)
class Resource:
    """One stream: its name, its key and cursor, and its two routes."""

    name: str
    """Airbyte's name for the stream."""
    object: str
    """Stripe's tag of what is emitted; nothing else is."""
    cursor: str
    """The cursor field; empty for a snapshot, which is read whole every time."""
    first: Route[Listing]
    then: tuple[Route[Events], ...] = ()
    """None: the first route again, for what was created since."""
    parent: Parent | None = None
    deleted_if: Test = never
    """Whether an object that Stripe still shows is no longer a row of the stream."""
    matures: Maturing | None = None
    relisted: bool = False
    """Whether its list is read whole every time, and what changed is delivered; for lists that are small."""
    key: tuple[str, ...] = ("id",)
    """What tells one row from all others: the id alone, but where it repeats under another parent or there is none."""
    append_only: bool = False
    """Whether every later sync asks under every parent for what was added since, as no event tells of it."""
    members: tuple[Resource, ...] = ()
    """Declarations that bring the rows together, each as if it were a stream."""

    @property
    def parts(self) -> tuple[Resource, ...]:
        """The declarations that bring its rows: its members, or itself."""
        return self.members or (self,)

    @property
    def numbered(self) -> bool:
        """Whether its rows have no id, and are known by their position in the parent."""
        return isinstance(self.first.take, Embedded) and self.first.take.numbered

    @property
    def own_key(self) -> tuple[str, ...]:
        """The part of the key that Stripe's object has itself."""
        return tuple(name for name in self.key if name not in self.added)

    def identity(self, record: Mapping[str, Any]) -> str:
        """The key of a row in one word."""
        if self.key == ("id",):
            return str(record["id"])
        return json.dumps([record.get(name) for name in self.key])

    def identified(self, identity: str) -> dict[str, Any]:
        """The key of a row as fields."""
        return {"id": identity} if self.key == ("id",) else dict(zip(self.key, json.loads(identity), strict=True))

    @property
    def stamped(self) -> bool:
        """Whether the connector writes the cursor; `created` is Stripe's own and stays as it is."""
        return self.cursor not in ("", "created")

    @property
    def added(self) -> dict[str, str]:
        """Fields that the connector adds to Stripe's, with their JSON type."""
        fields: dict[str, str] = {}
        if self.stamped:
            fields[self.cursor] = "integer"
        if self.parent:
            fields[self.parent.id_field] = "string"
            fields |= {f"{self.parent.noun}_{carried}": "integer" for carried in self.parent.carries}
        if self.numbered:
            fields["position"] = "integer"
        if self.relisted or (self.then and self.object != EVENT):
            fields["is_deleted"] = "boolean"
        if self.versioned:
            fields |= {"event_id": "string", "event_type": "string", "event_api_version": "string"}
        return fields

    @property
    def versioned(self) -> bool:
        """Whether it emits every version of an object, and not the last."""
        return "event_id" in self.key

    @property
    def has_versions(self) -> bool:
        """Whether events show its objects whole, so that every version can be told."""
        return self.stamped and self.parent is None and bool(self.then)


def every_version(resource: Resource) -> Resource:
    """The same stream with a row for each event; as it is where no events show its objects."""
    return replace(resource, key=(*resource.key, "event_id")) if resource.has_versions else resource
