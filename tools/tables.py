"""Writes the tables of README.md and `docs/streams.md`: what each stream reads, and what it cannot know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from source_stripe.catalog import CATALOG
from source_stripe.config import specification
from source_stripe.memory import MOST_KNOWN, MOST_PRINTS
from source_stripe.resource import Children, Embedded, Events, Listing, Orphans, Resource, Route, Take, Whole, never
from tools.event_map import IGNORED, followed
from tools.sdk import Sdk
from tools.words import deletes, noun, plural

NONE = "-"

# Endpoint -> what its list does not show, by Stripe's reference.
LIMITS: dict[str, str] = {
    "/v1/charges": "`refunds` holds the newest ten; the stream `refunds` has them all.",
    "/v1/customers": "Customers on a test clock are not listed.",
    "/v1/customers/{id}/payment_methods": "Payment methods that no customer has, or that a customer lost before the "
    "first sync, are not listed.",
    "/v1/customers/{id}/sources": "The bank accounts of connected accounts are not among them.",
    "/v1/events": "Stripe keeps events for 30 days.",
    "/v1/prices": "Prices made inline, for one purchase only, are not listed.",
    "/v1/subscriptions": "Subscriptions on a test clock are not listed.",
}


def filled(text: str, name: str, content: str) -> str:
    """A document with `content` between its marks `<!-- name:begin -->` and `<!-- name:end -->`."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"README.md must hold {begin} and {end}, once each and in this order")
    before, after = text[: text.index(begin)], text[text.index(end) :]
    return f"{before}{begin}\n{content}{after}"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


# README.md


def streams(sdk: Sdk) -> str:
    heads = ("Stream", "Endpoint", "Key", "Cursor", "First sync", "Later syncs", "Marked as deleted when")
    return table(heads, (_row(resource, sdk) for resource in CATALOG))


def _row(resource: Resource, sdk: Sdk) -> Iterator[str]:
    yield f"[`{resource.name}`](docs/streams.md#{resource.name})"
    yield f"`{endpoint(resource)}`"
    yield _codes(resource.key)
    yield f"`{resource.cursor}`" if resource.cursor else NONE
    yield _taken(resource.first.take, "every", _parent(resource)) or "everything"
    told = [route for route in resource.then if not isinstance(route.take, Orphans)]
    listed = "what changed" if resource.relisted else "new rows" if resource.cursor else "everything"
    yield "; ".join(_later(route) for route in told) or listed
    yield deletes(resource, sdk) or NONE


def endpoint(resource: Resource) -> str:
    """The list that holds the stream's rows."""
    match resource.first.take:
        case Children(path=path) | Embedded(whole=Children(path=path)):
            return path
        case _:
            return resource.first.origin.path


def _parent(resource: Resource) -> str:
    return noun(resource.parent.object) if resource.parent else ""


def _taken(take: Take, which: str, parent: str) -> str:
    match take:
        case Embedded(field=field):
            return f"`{field}` of {which} {parent}"
        case Children():
            return f"the list of {which} {parent}"
        case _:
            return ""


def _later(route: Route[Events]) -> str:
    taken = _taken(route.take, "each", noun(route.origin.object))
    return f"{taken} in {_codes(route.origin.types)}" if taken else f"events {_codes(route.origin.types)}"


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def options() -> str:
    spec = specification()
    properties, required = spec["properties"], spec["required"]
    if not isinstance(properties, dict) or not isinstance(required, list):
        raise ValueError("the specification is not a JSON schema of an object")
    rows = sorted(properties.items(), key=lambda item: int(item[1]["order"]))
    return table(
        ("Option", "Default", "Meaning"),
        (
            (f"`{name}`", _default(name in required, one.get("default")), f"{one['title']}. {one['description']}")
            for name, one in rows
        ),
    )


def _default(required: bool, default: object) -> str:
    return "required" if required else NONE if default in (None, "") else f"`{default}`"


# docs/streams.md


def page(sdk: Sdk, provenance: str) -> str:
    """The reference of the streams."""
    sections = (_section(resource, sdk) for resource in CATALOG)
    return "\n".join((f"<!-- {provenance} -->", "", INTRODUCTION, *sections, _ignored()))


INTRODUCTION = """# Streams

What each stream reads from Stripe, and what it cannot know.

A stream with events is listed once. Later syncs read `/v1/events`, once for all streams, and then the objects that the
events tell of, as they are now. Stripe keeps events for 30 days: a stream that was not synced for that long is listed
again.
"""


def _section(resource: Resource, sdk: Sdk) -> str:
    facts = [
        ("Object", f"`{resource.object}`"),
        ("Key", _codes(resource.key)),
        ("Cursor", f"`{resource.cursor}`" if resource.cursor else "none"),
        ("First sync", _first(resource)),
        ("Later syncs", " ".join(_follow(route) for route in resource.then) or _relist(resource)),
        ("Events", _codes(dict.fromkeys(kind for route in resource.then for kind in _heard(route, sdk)))),
        ("Also told by", ", ".join(dict.fromkeys(_mentions(resource)))),
        ("Expanded", _codes(resource.first.origin.expand) if isinstance(resource.first.take, Whole) else ""),
        ("Added by the connector", _codes(resource.added)),
        ("Marked as deleted when", deletes(resource, sdk)),
        ("Cannot be known", " ".join(unknown(resource, sdk))),
    ]
    lines = [f"- **{name}:** {text}" for name, text in facts if text]
    return "\n".join((f"## {resource.name}", "", *lines, ""))


def _first(resource: Resource) -> str:
    origin, parent = resource.first.origin, _parent(resource)
    source = f"`GET {origin.path}`{_filters(origin)}"
    match resource.first.take:
        case Embedded(field=field, whole=whole):
            return f"`{field}` of every {parent} in {source}; where Stripe embeds only a part of it, {_get(whole)}."
        case Children(unless_null=needed) as take:
            asked = f" whose `{needed}` is not null" if needed else ""
            return f"{_get(take)} for every {parent} in {source}{asked}."
        case _:
            return f"{source}."


def _get(take: Children) -> str:
    query = "&".join(f"{name}={value}" for name, value in take.params)
    return f"`GET {take.path}{'?' if query else ''}{query}`"


def _filters(origin: Listing) -> str:
    told = [", ".join(f"`{name}={value}`" for name, value in params) for params in origin.filters if params]
    return f" with {' and again with '.join(told)}" if told else ""


def _follow(route: Route[Events]) -> str:
    origin = route.origin
    thing = noun(origin.object)
    again = f"each {thing} that its events tell of, read again at `GET {origin.retrieve}`"
    match route.take:
        case Embedded(field=field):
            return f"`{field}` of {again}."
        case Children(immutable=True) as take:
            return f"What is new in {_get(take)} for each {thing} that its events tell of."
        case Children() as take:
            return f"{_get(take)} for each {thing} that its events tell of."
        case Orphans():
            return f"What is known to be under a {thing} that its events tell the deletion of."
        case Whole():
            return f"{again[0].upper()}{again[1:]}."


def _mentions(resource: Resource) -> Iterator[str]:
    for route in resource.then:
        if not isinstance(route.take, Orphans):
            yield from (f"the events of its {plural(tag)} (`{link}`)" for tag, link in route.origin.mentions)


def _heard(route: Route[Events], sdk: Sdk) -> list[str]:
    kinds = followed(route.origin, sdk)
    return [kind for kind in kinds if kind.endswith(".deleted")] if isinstance(route.take, Orphans) else list(kinds)


def _relist(resource: Resource) -> str:
    if resource.relisted:
        return "The same list, whole; what is other than it was is delivered."
    if matures := resource.matures:
        ripe = f"And once more, when `{matures.at}` has come, what had the {matures.field} `{matures.value}`."
        return f"What was created since. {ripe}"
    return "What was created since." if resource.cursor else "The same again, whole."


def unknown(resource: Resource, sdk: Sdk) -> Iterator[str]:
    """What a stream cannot tell, a sentence each."""
    if resource.relisted:
        yield f"The state remembers what {MOST_PRINTS:,} rows looked like; beyond that a row repeats in every sync."
    elif not resource.then:
        yield (
            "No event tells of changes: other than above, a row is seen again only within `lookback_window_days`."
            if resource.cursor
            else "Rows that are gone are not marked."
        )
    if resource.parent and resource.parent.mortal is not never:
        yield (
            f"The state remembers up to {MOST_KNOWN:,} rows whose {noun(resource.parent.object)} may yet be deleted; "
            "beyond that a row may stay unmarked when it is."
        )
    for route in resource.then:
        told = any(kind.endswith(".updated") for kind in followed(route.origin, sdk))
        if isinstance(route.take, Whole) and not told:
            yield (
                f"Stripe has no event for a mere edit of {plural(route.origin.object)}, such as one of `metadata`: "
                "it is seen when one of the events above follows, or within `recheck_days`."
            )
        if isinstance(route.take, Whole) and not route.origin.announced and route.origin.listing:
            yield "Nor has it one for a new one: what was created since is listed in every sync."
    if limit := LIMITS.get(endpoint(resource)):
        yield limit


def _ignored() -> str:
    rows = ((_codes(kinds), why) for why, kinds in IGNORED.items())
    return "## Events that no stream follows\n\n" + table(("Events", "Why not"), rows)
