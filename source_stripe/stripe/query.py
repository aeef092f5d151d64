"""What is asked of Stripe, and the pages it answers with; of a list that takes no times, what lies in a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from source_stripe.declaration.origins import CREATED, Listing, Params, fields_of
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.windows import Window

PAGE = 100
"""The most objects that Stripe puts on a page."""


class Page(NamedTuple):
    data: list[Object]
    has_more: bool

    @property
    def ids(self) -> list[str]:
        """The place of each object: its id, or that of the one before it where Stripe shows none."""
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


EVERYTHING = Query()


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

    def params(self, params: Params) -> list[tuple[str, str]]:
        """The query, its values filled in; those whose field is null are left out."""
        fields = self.fields or {}
        return [
            (name, value.format_map(fields))
            for name, value in params
            if not ("{" in value and all(fields[field] is None for field in fields_of(value)))
        ]


def is_time(value: object) -> bool:
    """Whether a field may hold a time: whole seconds, or none."""
    return value is None or type(value) is int


def stamp_of(obj: Mapping[str, Any], name: str) -> int:
    """The time of an object; 0 where it has none, or none that can be used."""
    value = obj.get(name)
    return value if type(value) is int else 0


def moment(obj: Mapping[str, Any], name: str) -> int:
    """As `stamp_of`, for the stream that the object is of. Raises StripeError where the time cannot be used."""
    value = obj.get(name)
    if not is_time(value):
        raise StripeError(
            f"{obj.get('object') or 'An object'} {obj.get('id') or 'without an id'} has no usable time: its {name} "
            f"is {str(value)[:40]!r}.",
            Failure.SYSTEM,
        )
    return value or 0


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

    Only a page that is older as a whole ends the window, as Stripe promises no strict order. Where Stripe filters by
    itself, or the objects have no time, it is the whole page.
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
    return objects, page.has_more and any(stamp >= window.start for stamp in stamps)
