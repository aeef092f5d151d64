"""What is asked of Stripe, and the pages it answers with; of a list that takes no times, what lies in a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from source_stripe.dates import rfc3339, timestamp
from source_stripe.declaration.origins import CREATED, PAGE, Listing, Params, fields_of, is_v2
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.windows import Window


class Page(NamedTuple):
    data: list[Object]
    has_more: bool
    next: str = ""
    """Where the list goes on, in its own words; empty where it goes on after an object's id."""

    @property
    def ids(self) -> list[str]:
        """The place of each object: its id, or that of the one before it where Stripe shows none; where the list itself
        says how it goes on, that is the place of all."""
        if self.next:
            return [self.next] * len(self.data)
        ids, last = [], ""
        for obj in self.data:
            last = str(obj.get("id") or last)
            ids.append(last)
        return ids


class Query(NamedTuple):
    """What is asked of a list."""

    params: Params = ()
    expand: Sequence[str] = ()
    """Fields of the objects."""
    window: Window | None = None
    between: tuple[str, str] = CREATED
    """The parameters that take the window."""
    paged: bool = True
    """Whether the list takes `limit` and a place to go on from."""
    newest: bool = False
    """Whether the newest object is all that is asked for."""
    shared: bool = False
    """Whether what the key may not see of `expand` is left out, as others can do without; `refusal` tells of it."""
    page: int = PAGE
    """The most objects that the list puts on a page."""


EVERYTHING = Query()


def asking(
    listing: Listing, params: Params, window: Window | None = None, expand: Sequence[str] | None = None
) -> Query:
    """What a list is asked for under one of its filters, so that several streams can do with it."""
    fields = listing.expand if expand is None else expand
    return Query(params, fields, window, listing.between, listing.paged, shared=True, page=listing.page)


@dataclass(frozen=True)
class Endpoint:
    """A path with the ids it takes: `/v1/invoices/{id}/lines` of an invoice."""

    template: str
    fields: Mapping[str, Any] | None = None

    @property
    def path(self) -> str:
        """The path, its ids quoted: a merchant may call a coupon `50%/off`."""
        values = {name: quote(str(value), safe="") for name, value in (self.fields or {}).items()}
        return self.template.format_map(values)

    @property
    def v2(self) -> bool:
        """Whether it is one of API v2."""
        return is_v2(self.template)

    def expansions(self, fields: Sequence[str], prefix: str = "") -> list[tuple[str, str]]:
        """The parameters that ask for what is shown on request; `prefix` stands before a field of what is listed.

        In API v2 they are called `include`, and know no prefix: https://docs.stripe.com/api/include_dependent_response_values.
        """
        if self.v2:
            return [(f"include[{index}]", field) for index, field in enumerate(fields)]
        return [("expand[]", f"{prefix}{field}") for field in fields]

    def moment(self, second: int) -> str:
        """A time as its parameters take it."""
        return rfc3339(second) if self.v2 else str(second)

    def params(self, params: Params) -> list[tuple[str, str]]:
        """The query, its values filled in; those whose field is null are left out."""
        fields = self.fields or {}
        return [
            (name, value.format_map(fields))
            for name, value in params
            if not ("{" in value and all(fields[field] is None for field in fields_of(value)))
        ]


def is_time(value: object) -> bool:
    """Whether a field may hold a time: whole seconds, a time as RFC 3339 has it, or none."""
    return value is None or type(value) is int or (type(value) is str and timestamp(value) is not None)


def stamp_of(obj: Mapping[str, Any], name: str) -> int:
    """The time of an object; 0 where it has none, or none that can be used."""
    value = obj.get(name)
    if type(value) is int:
        return value
    return timestamp(value) or 0 if type(value) is str else 0


def moment(obj: Mapping[str, Any], name: str) -> int:
    """As `stamp_of`, for the stream that the object is of. Raises StripeError where the time cannot be used."""
    value = obj.get(name)
    if not is_time(value):
        raise StripeError(
            f"{obj.get('object') or 'An object'} {obj.get('id') or 'without an id'} has no usable time: its {name} "
            f"is {str(value)[:40]!r}.",
            Failure.SYSTEM,
        )
    return stamp_of(obj, name)


def check_key(obj: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raises StripeError where a field of the key holds no text or number, by which a destination could tell rows."""
    for name in names:
        if not isinstance(obj.get(name), str | int):
            raise StripeError(
                f"{obj.get('object') or 'An object'} of {obj.get('created')!s:.20} cannot be told from others: its "
                f"{name} is {str(obj.get(name))[:40]!r}.",
                Failure.SYSTEM,
            )


def within(page: Page, listing: Listing, window: Window) -> tuple[list[Object], bool]:
    """What of a page lies in a window, and whether there may be more of it below.

    Only a page that is older as a whole ends the window, as Stripe promises no strict order; where it promises none at
    all, only the end of the list does. Where Stripe filters by itself, or the objects have no time, it is the whole
    page.
    """
    if listing.takes_times or not listing.time_field:
        return page.data, page.has_more
    stamps = [stamp_of(obj, listing.time_field) for obj in page.data]
    objects = [
        obj
        for obj, stamp in zip(page.data, stamps, strict=True)
        # What has no usable time is for the stream to say.
        if window.start <= stamp < window.end or not is_time(obj.get(listing.time_field))
    ]
    return objects, page.has_more and (not listing.ordered or any(stamp >= window.start for stamp in stamps))
