"""Takes: what is emitted for each object."""

from __future__ import annotations

from dataclasses import dataclass

from source_stripe.declaration.origins import CREATED, PAGE, Params, Test, always, fields_of


@dataclass(frozen=True)
class Whole:
    """The object itself."""


WHOLE = Whole()


@dataclass(frozen=True)
class Retrieved:
    """The object itself, read by its id, as its list shows only a part of it."""

    path: str
    expand: tuple[str, ...] = ()


@dataclass(frozen=True)
class Children:
    """A list fetched by the object's id."""

    path: str
    params: Params = ()
    unless_null: str = ""
    """A field of the parent; where it is null the parent has no children and is not asked."""
    immutable: bool = False
    """Children never change and the list takes `created`: later syncs ask only for the new ones."""
    expand: tuple[str, ...] = ()
    """Fields of the children to expand, the same as where they are embedded."""
    where: Test = always
    """Which parents can have children; the others are not asked."""
    paged: bool = True
    """As of a Listing."""
    page: int = PAGE
    """The most objects that the list puts on a page."""
    diff_children: bool = False
    """Whether children go without a word: what is known and no longer in the list is gone."""
    each: str = ""
    """A path inside the parent; the list is asked for once with each value found there, as `{each}`."""
    whole: Children | None = None
    """Where the list that the path begins with is read when the parent does not hold all of it."""
    between: tuple[str, str] = CREATED
    """The parameters that take the stretch of time asked for."""
    step_seconds: int = 1
    """What the ends of such a stretch are multiples of."""
    back_days: int = 0
    """How long after its time something may still be added; what is that young is compared with what it was."""

    @property
    def names(self) -> frozenset[str]:
        """The fields of the parent that lead to the list."""
        return frozenset(fields_of(self.path)).union(*(fields_of(value) for _, value in self.params)) - {"each"}


@dataclass(frozen=True)
class Embedded:
    """What is inside the object: the items of a list, of which Stripe embeds ten at most, of an array, or one thing."""

    field: str
    """Where it is: `lines`, `computed.upfront.line_items`."""
    whole: Children | None = None
    """Where a list is read when the object does not hold all of it."""
    inside: str = ""
    """A field of each of these that holds what is taken: the `discounts` of `lines`."""
    numbered: bool = False
    """Whether these have no id, and are known by their `position`."""

    @property
    def expanded(self) -> str:
        """What has to be expanded where Stripe shows it only on request."""
        return f"{self.field}.data.{self.inside}" if self.inside else self.field


@dataclass(frozen=True)
class ParentTombstones:
    """What is known to have been under the object, once that is deleted."""


Take = Whole | Retrieved | Children | Embedded | ParentTombstones
