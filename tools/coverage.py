"""Writes `docs/coverage.md`: which of Stripe's lists is which stream, and why some are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from source_stripe.catalog import CATALOG
from source_stripe.declaration.origins import is_v2
from source_stripe.declaration.resource import Resource
from tools import pages
from tools.event_map import IGNORED, THIN_IGNORED, heard
from tools.markdown import codes, table
from tools.sdk import Sdk, anonymous
from tools.tables import asked, endpoint
from tools.words import noun

PATH = Path("docs/coverage.md")

# List -> why it is no stream.
EXCLUDED: dict[str, str] = {
    "/v1/apps/secrets": "Secrets, which belong in no warehouse.",
    "/v1/credit_notes/preview/lines": "A calculation; nothing is stored.",
    "/v1/payment_methods": "The rows of the stream `payment_methods`, which links them to their customers.",
    "/v1/sources/{}/source_transactions": "Under a source only, and Stripe lists no sources but those that customers "
    "have; it has deprecated them.",
    "/v1/tax/calculations/{}/line_items": "Stripe lists no tax calculations, and they expire.",
    "/v1/tax/transactions/{}/line_items": "Stripe lists no tax transactions.",
}


class Former(NamedTuple):
    """A list that Stripe's reference and SDK no longer have."""

    path: str
    fate: str
    instead: tuple[str, ...]
    """Streams that hold the same, or what took its place."""


ALIAS = "Another name of the list that this stream reads."
FORMER = (
    Former("/v1/accounts/{account}/people", ALIAS, ("persons",)),
    Former("/v1/balance/history", ALIAS, ("balance_transactions",)),
    Former(
        "/v1/bitcoin/receivers", "Removed: Stripe takes no bitcoin since 2018. What was paid are charges.", ("charges",)
    ),
    Former("/v1/charges/{charge}/refunds", "The refunds of one charge; the stream has those of all.", ("refunds",)),
    Former("/v1/customers/{customer}/bank_accounts", "Deprecated; the stream has the same.", ("bank_accounts",)),
    Former("/v1/customers/{customer}/cards", "Deprecated; the stream has the same.", ("customer_cards",)),
    Former(
        "/v1/customers/{customer}/subscriptions",
        "The subscriptions of one customer; the stream has those of all.",
        ("subscriptions",),
    ),
    Former(
        "/v1/invoices/upcoming, /v1/invoices/upcoming/lines",
        "Removed in 2025-03-31.basil: a preview is calculated on request, and not stored.",
        ("subscriptions", "subscription_items"),
    ),
    Former("/v1/issuing/settlements", "Never in the SDK. What was settled are transactions.", ("transactions",)),
    Former("/v1/linked_accounts", ALIAS, ("financial_connections_accounts",)),
    Former("/v1/linked_accounts/{account}/owners", ALIAS, ("financial_connections_account_owners",)),
    Former(
        "/v1/orders, /v1/order_returns",
        "Removed in 2022, after Checkout took their place.",
        ("checkout_sessions", "checkout_sessions_line_items", "refunds"),
    ),
    Former("/v1/skus", "Removed in 2022, after prices took their place.", ("products", "prices")),
    Former(
        "/v1/subscription_items/{subscription_item}/usage_record_summaries",
        "Removed in 2025-03-31.basil, after meters took their place.",
        ("billing_meters", "billing_meter_event_summaries"),
    ),
)

INTRODUCTION = """# Coverage

What Stripe's API {version} can list, and what of it is a stream here.
"""
OTHER = """## Also not read

Searches (`/v1/.../search`), whose results lag behind the lists';
what a report or a Sigma query holds, a CSV file that a request has to order.
"""


def covered(sdk: Sdk) -> dict[str, list[Resource]]:
    """Every list of Stripe's, and the streams whose rows it holds."""
    lists: dict[str, list[Resource]] = {
        one.path: [] for one in sorted(sdk.endpoints, key=lambda one: one.path) if one.lists
    }
    for resource in CATALOG:
        if path := own_list(resource, sdk):
            lists[path].append(resource)
    return lists


def own_list(resource: Resource, sdk: Sdk) -> str:
    """The list that holds the rows of a stream as objects of their own; empty where they are read from others."""
    listed = {one.path: one.object for one in sdk.endpoints if one.lists}
    path = anonymous(endpoint(resource))
    alone = not resource.parent or asked(resource.first.take)
    return path if alone and listed.get(path) in ("", resource.object) else ""


def document(sdk: Sdk, provenance: str) -> str:
    parts = (_lists(sdk), _taken_out(sdk), _former(), _events(sdk), OTHER)
    return "\n".join((f"<!-- {provenance} -->", "", INTRODUCTION.format(version=sdk.api_version), *filter(None, parts)))


def _lists(sdk: Sdk) -> str:
    lists = covered(sdk)
    versions = [{path: lists[path] for path in lists if is_v2(path) is v2} for v2 in (False, True)]
    counts = [counted(one, v2) for one, v2 in zip(versions, (False, True), strict=True)]
    rows = ((what, *(str(one[what]) for one in counts), str(sum(one[what] for one in counts))) for what in counts[0])
    return "\n".join(
        (
            table(("What", "API v1", "API v2", "Both"), rows),
            *(_table(title, one) for title, one in zip(("API v1", "API v2"), versions, strict=True)),
        )
    )


def counted(lists: Mapping[str, list[Resource]], v2: bool) -> dict[str, int]:
    """What there is of the lists of one version of the API, and of its streams."""
    listed = sum(len(streams) for streams in lists.values())
    streams = [one for one in CATALOG if is_v2(one.first.origin.path) is v2]
    return {
        "Lists": len(lists),
        "read": sum(bool(streams) for streams in lists.values()),
        "not read, for a reason": sum(path in EXCLUDED for path in lists),
        "Streams": len(streams),
        "of lists": listed,
        "that are no list of Stripe's": len(streams) - listed,
    }


def _table(title: str, lists: Mapping[str, list[Resource]]) -> str:
    rows = ((f"`{path.replace('{}', '{id}')}`", _fate(path, streams)) for path, streams in lists.items())
    return f"## Lists of {title}\n\n" + table(("List", "Stream, or why there is none"), rows)


def _fate(path: str, streams: list[Resource]) -> str:
    return ", ".join(_link(stream) for stream in streams) or EXCLUDED[path]


def _link(stream: Resource) -> str:
    return pages.link(stream, pages.FOLDER.relative_to(PATH.parent))


def _named(name: str) -> str:
    return next((_link(stream) for stream in CATALOG if stream.name == name), f"`{name}`")


def _taken_out(sdk: Sdk) -> str:
    rows = [(_link(one), "".join(_where(one))) for one in CATALOG if not own_list(one, sdk)]
    text = "## Streams that are no list of Stripe's\n\n" + table(("Stream", "Read from"), rows)
    return text if rows else ""


def _where(resource: Resource) -> Iterator[str]:
    field = getattr(resource.first.take, "field", "")
    yield f"`{field}` of every {noun(resource.parent.object)} in " if field and resource.parent else ""
    yield f"`{resource.first.origin.path}`"


def _former() -> str:
    rows = ((codes(one.path.split(", ")), one.fate, ", ".join(map(_named, one.instead))) for one in FORMER)
    heads = ("List", "What became of it", "Stream to use")
    return "## Lists that were removed, or have other names\n\n" + table(heads, rows)


def _events(sdk: Sdk) -> str:
    telling = {kind for stream in CATALOG for route in stream.routes for kind in heard(route.origin, sdk)}
    thin = telling & set(sdk.thin_event_objects)
    rows = ((codes(kinds), why) for why, kinds in (*IGNORED.items(), *THIN_IGNORED.items()))
    return "\n".join(
        (
            "## Events that no stream follows\n",
            f"Of Stripe's {len(sdk.event_types)} types of events {len(telling - thin)} tell the streams of changes; "
            f"all of them are rows of the stream `events`. Of the {len(sdk.thin_event_objects)} types of thin events "
            f"about objects of API v2 {len(thin)} do; all of them are rows of the stream `v2_core_events`.\n",
            table(("Events", "Why not"), rows),
        )
    )
