"""The words a declaration is made of: inert, typed values, that the families combine.

A stream answers two questions, twice. *Where do objects come from?* An origin: a list endpoint, or
`/v1/events`. *What is emitted for each?* A take: the object, the list embedded in it, or a list fetched
by its id. Once for the first sync (`first`), and again for every later one, which has a kind of its own (`later`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Generic, TypeVar

from source_stripe.declaration.origins import EVENT, Events, Listing, Test, never
from source_stripe.declaration.takes import WHOLE, Embedded, Take

Origin = TypeVar("Origin", Listing, Events)

ACCOUNT_ID = "account_id"
"""The field that says which account a row is of, where several are read."""


class Scope(Enum):
    """How often a stream is there, where several accounts are read."""

    ACCOUNT = "account"
    """Once for each account: its own payments, customers and so on."""
    PLATFORM = "platform"
    """Once for a platform: its connected accounts themselves, and what lies under them."""
    STRIPE = "stripe"
    """Once for all: it is the same for everybody."""


@dataclass(frozen=True)
class Route(Generic[Origin]):
    """An origin, and what is taken from each of its objects."""

    origin: Origin
    take: Take = WHOLE


@dataclass(frozen=True)
class Parent:
    """What a child's record says of the object it was taken from."""

    object: str = ""
    """Stripe's tag of it."""
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


# What a later sync does.


@dataclass(frozen=True)
class Follow:
    """Events tell what has changed."""

    routes: tuple[Route[Events], ...]


@dataclass(frozen=True)
class ListNew:
    """What was created since is listed, and what has matured; nothing else changes, or nothing tells of it."""

    matures: Maturing | None = None


@dataclass(frozen=True)
class Relist:
    """The list is read whole and what changed is delivered, as no event tells of it; for lists that are small."""


@dataclass(frozen=True)
class Accrue:
    """Under every parent what was added since is asked for, as no event tells of it; events may tell of edits."""

    routes: tuple[Route[Events], ...] = ()


Later = Follow | ListNew | Relist | Accrue


@dataclass(frozen=True)
class Resource:
    """One stream: its name, its key and cursor, where its first sync reads, and what later ones do."""

    name: str
    """Airbyte's name for the stream."""
    object: str
    """Stripe's tag of what is emitted; nothing else is."""
    cursor: str
    """The cursor field; empty for a snapshot, which is read whole every time."""
    first: Route[Listing]
    later: Later | None = None
    """None for a snapshot."""
    parent: Parent | None = None
    deleted_if: Test = never
    """Whether an object that Stripe still shows is no longer a row of the stream."""
    key: tuple[str, ...] = ("id",)
    """What tells one row from all others: the id alone, but where it repeats under another parent or there is none."""
    members: tuple[Resource, ...] = ()
    """Declarations that bring the rows together, each as if it were a stream."""
    scope: Scope = Scope.ACCOUNT
    by_account: bool = False
    """Whether its rows say which account they are of, as those of others stand beside them."""

    @property
    def routes(self) -> tuple[Route[Events], ...]:
        """The routes by which events tell of changes; none where none do."""
        return self.later.routes if isinstance(self.later, Follow | Accrue) else ()

    @property
    def matures(self) -> Maturing | None:
        """The field that changes at a known time, and no event tells of it."""
        return self.later.matures if isinstance(self.later, ListNew) else None

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
        fields: dict[str, str] = {ACCOUNT_ID: "string"} if self.by_account else {}
        if self.stamped:
            fields[self.cursor] = "integer"
        if self.parent:
            fields[self.parent.id_field] = "string"
            fields |= {f"{self.parent.noun}_{carried}": "integer" for carried in self.parent.carries}
        if self.numbered:
            fields["position"] = "integer"
        if isinstance(self.later, Relist) or (self.routes and self.object != EVENT):
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
        shown = self.routes and not any(route.origin.thin for route in self.routes)
        return self.stamped and self.parent is None and bool(shown)


def every_version(resource: Resource) -> Resource:
    """The same stream with a row for each event; as it is where no events show its objects."""
    return replace(resource, key=(*resource.key, "event_id")) if resource.has_versions else resource


def by_account(resource: Resource) -> Resource:
    """The same stream, told apart by account where it is there once for each."""
    if resource.scope is not Scope.ACCOUNT:
        return resource
    return replace(resource, key=(ACCOUNT_ID, *resource.key), by_account=True)
