"""What each stream reads and what it cannot know, in words derived from its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from source_stripe.declaration.origins import EVENT, Events, Listing, always, is_v2, never
from source_stripe.declaration.resource import Accrue, Relist, Resource, Route
from source_stripe.declaration.takes import Children, Embedded, ParentTombstones, Retrieved, Take, Whole
from source_stripe.permissions import needed
from source_stripe.state.known import MOST_KNOWN
from source_stripe.state.memory import MOST_FINGERPRINTS
from tools.column_table import folded
from tools.event_map import followed
from tools.markdown import NONE, codes, table
from tools.sdk import Sdk
from tools.words import deletes, noun, plural

# Endpoint -> what its list does not show, by Stripe's reference.
LIMITS: dict[str, str] = {
    "/v1/charges": "`refunds` holds the newest ten; the stream `refunds` has them all.",
    "/v1/customers": "Customers on a test clock are listed with the option `test_clocks` only.",
    "/v1/customers/{id}/payment_methods": "Payment methods that no customer has, or that a customer lost before the "
    "first sync, are not listed.",
    "/v1/customers/{id}/sources": "Those of connected accounts are not among them.",
    "/v1/events": "Stripe keeps events for 30 days.",
    "/v1/prices": "Prices made inline, for one purchase only, are not listed.",
    "/v1/quotes": "Quotes on a test clock are listed with the option `test_clocks` only.",
    "/v1/reviews": "Reviews that were closed before the first sync are not listed.",
    "/v1/subscription_schedules": "Schedules of customers on a test clock are listed by customer only; they are seen "
    "when they change.",
    "/v1/subscriptions": "Subscriptions on a test clock are listed with the option `test_clocks` only.",
    "/v1/billing/meters/{each}/event_summaries": "Usage of customers without a subscription to a price of the meter, "
    "canceled or not, is not asked for, nor is any of more than 35 days before the first such subscription was "
    "created. Where a price of a meter comes to a subscription after the first sync, the 35 days before the sync that "
    "sees it are asked for. Where the last subscription to a price of a meter leaves that price, the usage of the last "
    "35 days is marked as deleted, though it took place; that of earlier days stays.",
    "/v1/accounts": "Whether an account was disconnected or deleted is not told.",
    "/v1/test_helpers/test_clocks": "In test mode only; with a live key it is empty.",
    "/v2/core/events": "Stripe keeps events for 30 days. It does not say whether those about objects of API v1 are "
    "listed where no event destination takes them.",
    "/v2/money_management/payout_methods": "Those that were archived before the first sync may not be listed.",
    "/v1/tax_ids": "These are the account's own; those of customers are in `customer_tax_ids`.",
}


# Takes. A new kind of take is a case of `asked` and of `said`, and one of `words.deletes` where it can lose rows.


def asked(take: Take) -> Children | None:
    """The list that is asked for under a parent, if that is where the rows are."""
    match take:
        case Children():
            return take
        case Embedded(whole=whole, inside=""):
            return whole
        case _:
            return None


def endpoint(resource: Resource) -> str:
    """The list that holds the stream's rows."""
    take = asked(resource.first.take)
    return take.path if take else resource.first.origin.path


class Said(NamedTuple):
    """How a take is said."""

    brief: str
    """In a table; empty where what is taken is the object itself."""
    first: str
    """As a sentence about a first sync."""
    later: str
    """As a sentence about later ones."""


def said(take: Take, every: str, thing: str, source: str, retrieve: str) -> Said:
    """`every` is `every` or `each`, `thing` what it is taken from, `source` where that is listed."""
    again = f"each {thing} that its events tell of, read again at `GET {retrieve}`"
    match take:
        case Whole():
            return Said("", f"{source}.", f"{again[0].upper()}{again[1:]}.")
        case Retrieved(path=path):
            return Said("", f"{source}, and each of them by its id, `GET {path}`.", "")
        case Embedded(field=field, inside=inside, whole=whole):
            held = f"`{inside}` of each of `{field}`" if inside else f"`{field}`"
            rest = f"; where Stripe embeds only a part of it, {_get(whole)}" if whole else ""
            return Said(
                f"{held} of {every} {thing}",
                f"{held} of every {thing} in {source}{rest}.",
                f"{held} of {again}.",
            )
        case Children(unless_null=needed, immutable=immutable, where=test):
            only = f" whose `{needed}` is not null" if needed else ""
            only += f", if {test.__name__.replace('_', ' ')}" if test is not always else ""
            told = f"{_get(take)} for each {thing} that its events tell of."
            return Said(
                f"the list of {every} {thing}",
                f"{_get(take)} for every {thing} in {source}{only}.",
                f"What is new in {told}" if immutable else told,
            )
        case ParentTombstones():
            return Said("", "", f"What is known to be under a {thing} that its events tell the deletion of.")


def _get(take: Children) -> str:
    between = tuple((name, f"{{{name}}}") for name in take.between) if take.step_seconds > 1 else ()
    query = "&".join(f"{name}={value}" for name, value in (*take.params, *between))
    path = take.path.replace("{each}", f"{{{take.each}}}")
    return f"`GET {path}{'?' if query else ''}{query}`"


def _said_first(resource: Resource) -> Said:
    origin, parent = resource.first.origin, resource.parent
    source = f"`GET {origin.path}`{_filters(origin)}"
    return said(resource.first.take, "every", noun(parent.object) if parent else "", source, "")


def _said_later(route: Route[Events]) -> Said:
    return said(route.take, "each", noun(route.origin.object), "", route.origin.retrieve)


def _told(resource: Resource) -> list[Route[Events]]:
    """The routes of later syncs; an event is what tells, and not told of."""
    return [route for route in resource.routes if route.origin.object != EVENT]


def _filters(origin: Listing) -> str:
    told = [", ".join(f"`{name}={value}`" for name, value in params) for params in origin.filters if params]
    also = " and again" if () in origin.filters else ""
    return f"{also} with {' and again with '.join(told)}" if told else ""


# A row of a table.


def overview(resources: tuple[Resource, ...], sdk: Sdk) -> str:
    """Endpoint, key and cursor stand in each section and the index: more columns than these are cut on most hosts."""
    heads = ("Stream", "First sync", "Later syncs", "Marked as deleted when")
    return table(heads, (_row(resource, sdk) for resource in resources))


def _row(resource: Resource, sdk: Sdk) -> Iterator[str]:
    yield f"[`{resource.name}`](#{resource.name})"
    yield "; ".join(dict.fromkeys(_said_first(part).brief for part in resource.parts)) or "everything"
    told = [route for route in _told(resource) if not isinstance(route.take, ParentTombstones)]
    listed = "what changed" if isinstance(resource.later, Relist) else "new rows" if resource.cursor else "everything"
    new = ["new rows"] if isinstance(resource.later, Accrue) else []
    yield "; ".join(dict.fromkeys((*new, *(_later(route) for route in told)))) or listed
    yield deletes(resource, sdk) or NONE


def _later(route: Route[Events]) -> str:
    taken = _said_later(route).brief
    types = codes((f"{route.origin.object}.*",) if route.origin.thin else route.origin.types)
    return f"{taken} in {types}" if taken else f"events {types}"


# A section.


def section(resource: Resource, sdk: Sdk) -> str:
    facts = [
        ("Object", f"`{resource.object}`" if resource.object else ""),
        ("Key", codes(resource.key)),
        ("Cursor", f"`{resource.cursor}`" if resource.cursor else "none"),
        ("Permission", _permission(resource)),
        ("First sync", " ".join(_said_first(part).first for part in resource.parts)),
        ("Later syncs", " ".join(dict.fromkeys(_said_rest(resource)))),
        ("Events", codes(dict.fromkeys(kind for route in resource.routes for kind in _heard(route, sdk)))),
        ("Also told by", ", ".join(dict.fromkeys(_mentions(resource)))),
        ("Included" if is_v2(resource.first.origin.path) else "Expanded", codes(_expanded(resource))),
        ("Added by the connector", codes(resource.added)),
        ("Marked as deleted when", deletes(resource, sdk)),
        ("Cannot be known", " ".join(unknown(resource, sdk))),
    ]
    lines = [f"- **{name}:** {text}" for name, text in facts if text]
    return "\n".join((f"## {resource.name}", "", *lines, "", folded(resource, sdk)))


def _expanded(resource: Resource) -> tuple[str, ...]:
    """What is asked for of each object that Stripe shows on request only."""
    match resource.first.take:
        case Whole():
            return resource.first.origin.expand
        case Retrieved(expand=fields):
            return fields
        case _:
            return ()


def _permission(resource: Resource) -> str:
    asked = needed(resource)
    said = codes(dict.fromkeys(one.name for one in asked if one.name))
    unknown = codes(dict.fromkeys(one.endpoint for one in asked if not one.name))
    unnamed = f"one that Stripe does not publish, for {unknown}" if unknown else ""
    guessed = " (inferred)" if said and asked[0].known == "inferred" else ""
    notes = dict.fromkeys(one.note for one in asked if one.note)
    return " ".join((", ".join(filter(None, (said + guessed, unnamed))) + ".", *notes))


def _mentions(resource: Resource) -> Iterator[str]:
    for route in resource.routes:
        if not isinstance(route.take, ParentTombstones):
            yield from (f"the events of its {plural(tag)} (`{link}`)" for tag, link in route.origin.indirect_events)


def _heard(route: Route[Events], sdk: Sdk) -> list[str]:
    kinds = followed(route.origin, sdk)
    return (
        [kind for kind in kinds if kind.endswith(".deleted")]
        if isinstance(route.take, ParentTombstones)
        else list(kinds)
    )


def _said_rest(resource: Resource) -> Iterator[str]:
    """What later syncs read, a sentence each."""
    if isinstance(resource.later, Accrue):
        yield f"What was added since, under every {noun(resource.parent.object)}." if resource.parent else ""
    for route in _told(resource):
        yield _said_later(route).later
    if not isinstance(resource.later, Accrue) and not _told(resource):
        yield _relist(resource)


def _relist(resource: Resource) -> str:
    take = resource.first.take
    if isinstance(take, Children) and take.back_days:
        return f"The last {take.back_days} days again, under every parent; what is other than it was is delivered."
    if isinstance(resource.later, Relist):
        return "The same list, whole; what is other than it was is delivered."
    if matures := resource.matures:
        ripe = f"And once more, when `{matures.at}` has come, what had the {matures.field} `{matures.value}`."
        return f"What was created since. {ripe}"
    return "What was created since." if resource.cursor else "The same again, whole."


def unknown(resource: Resource, sdk: Sdk) -> Iterator[str]:
    """What a stream cannot tell, a sentence each."""
    if resource.cursor and not resource.first.origin.time_field:
        yield "The objects have no time: the start date leaves none out."
    if isinstance(resource.later, Relist):
        yield (
            f"The state remembers what {MOST_FINGERPRINTS:,} rows looked like; beyond that a row repeats in every sync."
        )
    elif not resource.routes:
        yield (
            "No event tells of changes: other than above, a row is seen again only within `lookback_window_days`."
            if resource.cursor
            else "Rows that are gone are not marked."
        )
    if resource.parent and resource.parent.children_vanish is not never:
        yield (
            f"The state remembers up to {MOST_KNOWN:,} rows whose {noun(resource.parent.object)} may yet be deleted, "
            "those of the newest; beyond that a row may stay unmarked when it is, which a warning says."
        )
    for route in _told(resource):
        told = any(kind.endswith(".updated") for kind in followed(route.origin, sdk))
        if isinstance(route.take, Whole) and not told:
            yield (
                f"Stripe has no event for a mere edit of {plural(route.origin.object)}, such as one of `metadata`: "
                "it is seen when one of the events above follows, or within `recheck_days`."
            )
        if isinstance(route.take, Whole) and not route.origin.created_has_event and route.origin.listing:
            yield "Nor has it one for a new one: what was created since is listed in every sync."
    if is_v2(resource.first.origin.path) and (resource.routes or resource.later):
        yield "Stripe promises no time within which a list of API v2 shows what is new; ten minutes are allowed for."
    if limit := LIMITS.get(endpoint(resource)):
        yield limit
