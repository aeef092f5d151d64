"""The laws of the catalogue: what Stripe's SDK, the schemas and the users of a stream hold a declaration to."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest

from source_stripe.catalog import CATALOG
from source_stripe.catalog.billing import canceled
from source_stripe.catalog.payment_methods import detached
from source_stripe.resource import EVENT, Children, Embedded, Events, Listing, Params, Resource, Route, Take, Whole
from tools.event_map import CARRIED, IGNORED, carried, followed, matches
from tools.generate import ROOT, SCHEMAS
from tools.sdk import Endpoint, anonymous, installed
from tools.shapes import Array, Definition, Either, Expandable, Mapping, Page, Shape

SDK = installed()
LISTS = {endpoint.path: endpoint for endpoint in SDK.endpoints if endpoint.lists}
RETRIEVES = {endpoint.path: endpoint for endpoint in SDK.endpoints if not endpoint.lists}
# What the reader sends by itself.
PAGING = {"created", "ending_before", "expand", "limit", "starting_after"}

# Cursor -> the streams that users of Airbyte's connector know it from.
KNOWN = {
    "": "country_specs exchange_rates",
    "checkout_session_updated": "checkout_sessions_line_items",
    "created": """balance_transactions customer_balance_transactions events file_links files setup_attempts
        shipping_rates transfer_reversals""",
    "invoice_updated": "invoice_line_items",
    "subscription_updated": "subscription_items",
    "updated": """application_fees application_fees_refunds authorizations bank_accounts cardholders cards charges
        checkout_sessions coupons credit_notes customers disputes early_fraud_warnings invoice_items invoices
        payment_intents payment_methods payouts plans prices products promotion_codes refunds reviews setup_intents
        subscription_schedule subscriptions top_ups transactions transfers""",
}

# The first event of a new object where it is not `created`.
FIRST_EVENTS = {
    "charge": {"charge.failed", "charge.pending", "charge.succeeded"},
    "payment_method": {"payment_method.attached"},
    "review": {"review.opened"},
}

every_resource = pytest.mark.parametrize("resource", CATALOG, ids=lambda resource: resource.name)
every_event = pytest.mark.parametrize("kind", SDK.event_types)


def routes(resource: Resource) -> tuple[Route[Listing] | Route[Events], ...]:
    return (resource.first, *resource.then)


def listings(resource: Resource) -> Iterator[tuple[Listing, str]]:
    """Each list that a stream pages through, and the tag of its objects."""
    tag = resource.parent.object if resource.parent else resource.object
    yield resource.first.origin, tag
    for route in resource.then:
        if route.origin.listing:
            yield route.origin.listing, route.origin.object


def children(resource: Resource) -> Iterator[Children]:
    """Each list that a stream fetches by the id of a parent."""
    for route in routes(resource):
        match route.take:
            case Children() as take:
                yield take
            case Embedded(whole=whole):
                yield whole
            case Whole():
                pass


def within(shape: Shape, name: str) -> Shape | None:
    """The shape of a field of an object, or of those that a list or an array holds."""
    match shape:
        case Definition():
            return shape.fields[name].shape if name in shape.fields else None
        case Page(items):
            return items if name == "data" else None
        case Array(items) | Expandable(items) | Mapping(items):
            return within(items, name)
        case Either(options):
            return next((found for option in options if (found := within(option, name))), None)
        case _:
            return None


def has(tag: str, path: str) -> bool:
    """Whether Stripe's object has such a field: `lines.data.discounts`."""
    shape: Shape | None = SDK.object(tag)
    for name in path.split("."):
        shape = within(shape, name) if shape else None
    return shape is not None


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def accepts(endpoint: Endpoint, params: Params) -> bool:
    """Whether a list takes these parameters, and wants no others."""
    given = {name for name, _ in params}
    return given <= endpoint.params - PAGING and endpoint.required <= given


def properties(resource: Resource) -> set[str]:
    return set(json.loads((ROOT / SCHEMAS / f"{resource.name}.json").read_text())["properties"])


# Names


def test_names_are_unique() -> None:
    assert [name for name, times in Counter(resource.name for resource in CATALOG).items() if times > 1] == []


@every_resource
def test_a_name_is_snake_case(resource: Resource) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", resource.name)


@pytest.mark.parametrize(("cursor", "name"), [(cursor, name) for cursor in KNOWN for name in KNOWN[cursor].split()])
def test_a_stream_that_users_know_is_there_with_its_cursor(cursor: str, name: str) -> None:
    assert {resource.name: resource.cursor for resource in CATALOG}.get(name) == cursor


# Schemas


def test_every_stream_has_a_schema_and_every_schema_a_stream() -> None:
    assert {path.stem for path in (ROOT / SCHEMAS).iterdir()} == {resource.name for resource in CATALOG}


@every_resource
def test_key_and_cursor_are_in_the_schema(resource: Resource) -> None:
    assert {*resource.key, *([resource.cursor] if resource.cursor else [])} <= properties(resource)


@every_resource
def test_what_the_connector_adds_is_in_the_schema_and_hides_nothing(resource: Resource) -> None:
    assert set(resource.added) <= properties(resource)
    # A product alone has an `updated` of its own, which is the same but for what happened to it without a change.
    assert set(resource.added) & set(SDK.object(resource.object).fields) <= (
        {"updated"} if resource.name == "products" else set()
    )


# Endpoints


@every_resource
def test_a_list_is_one_that_stripe_has(resource: Resource) -> None:
    for listing, tag in listings(resource):
        assert LISTS[anonymous(listing.path)].object == tag


@every_resource
def test_a_list_is_windowed_if_and_only_if_it_takes_created(resource: Resource) -> None:
    for listing, tag in listings(resource):
        assert listing.windowed == ("created" in LISTS[anonymous(listing.path)].params)
        assert not listing.windowed or has(tag, listing.stamp)


@every_resource
def test_a_list_takes_its_filters(resource: Resource) -> None:
    for listing, _ in listings(resource):
        assert listing.filters
        assert all(accepts(LISTS[anonymous(listing.path)], params) for params in listing.filters)


@every_resource
def test_what_is_expanded_is_a_field(resource: Resource) -> None:
    for listing, tag in listings(resource):
        assert [field for field in listing.expand if not has(tag, field)] == []
    for route in resource.then:
        assert [field for field in route.origin.expand if not has(route.origin.object, field)] == []


@every_resource
def test_an_object_is_the_same_whether_listed_or_read_again(resource: Resource) -> None:
    for route in resource.then:
        listing = route.origin.listing
        assert listing is None or listing.expand == route.origin.expand
        if isinstance(route.take, Whole) and isinstance(resource.first.take, Whole):
            assert listing == resource.first.origin


@every_resource
def test_a_retrieve_is_one_that_stripe_has(resource: Resource) -> None:
    for route in resource.then:
        assert RETRIEVES[anonymous(route.origin.retrieve)].object in ("", route.origin.object)
        assert [name for name in fields_of(route.origin.retrieve) if not has(route.origin.object, name)] == []


# Children


@every_resource
def test_a_childrens_list_is_one_that_stripe_has(resource: Resource) -> None:
    for take in children(resource):
        assert resource.parent
        assert LISTS[anonymous(take.path)].object in ("", resource.object)
        assert accepts(LISTS[anonymous(take.path)], take.params)
        assert not take.immutable or "created" in LISTS[anonymous(take.path)].params
        wanted = {*fields_of(take.path), *(name for _, value in take.params for name in fields_of(value))}
        wanted |= {take.unless_null} if take.unless_null else set()
        assert [name for name in wanted if not has(resource.parent.object, name)] == []


@every_resource
def test_an_embedded_field_is_a_list_in_the_parent(resource: Resource) -> None:
    for route in routes(resource):
        if isinstance(route.take, Embedded):
            assert resource.parent
            shape = within(SDK.object(resource.parent.object), route.take.field)
            assert isinstance(shape, Page)
            options = shape.items.options if isinstance(shape.items, Either) else (shape.items,)
            assert SDK.object(resource.object) in options


@every_resource
def test_a_parent_is_declared_before_its_children(resource: Resource) -> None:
    parent = resource.parent
    if parent:
        before = {one.object: one for one in CATALOG[: CATALOG.index(resource)] if not one.parent}
        assert resource.first.origin.path == before[parent.object].first.origin.path
        assert [name for name in parent.carries if not has(parent.object, name)] == []


@every_resource
def test_a_child_with_events_of_its_own_names_its_parent(resource: Resource) -> None:
    own = [route for route in resource.then if isinstance(route.take, Whole)]
    if resource.parent and own:
        assert has(resource.object, resource.parent.field)


# Events


def told_by_others(resource: Resource) -> list[Route[Events]]:
    """The routes of all but the events, which tell of themselves."""
    return [route for route in resource.then if route.origin.object != EVENT]


@every_resource
def test_an_event_taken_for_the_row_is_one_of_a_type_whose_every_edit_has_an_event(resource: Resource) -> None:
    for route in told_by_others(resource):
        if isinstance(route.take, Whole) and not resource.parent:
            told = any(kind.endswith(".updated") for kind in followed(route.origin, SDK))
            assert route.origin.complete == told


@every_resource
def test_every_event_pattern_means_an_event_that_can_carry_the_object(resource: Resource) -> None:
    for route in told_by_others(resource):
        for pattern in route.origin.types:
            kinds = [kind for kind in SDK.event_types if matches(kind, (pattern,))]
            assert any(route.origin.object in carried(kind, SDK) for kind in kinds), pattern


@every_resource
def test_later_syncs_take_the_stream_s_own_objects(resource: Resource) -> None:
    for route in resource.then:
        owner: Take = route.take
        expected = resource.object if isinstance(owner, Whole) else resource.parent and resource.parent.object
        assert route.origin.object == expected


@every_resource
def test_a_stream_is_announced_if_and_only_if_an_event_tells_of_every_new_object(resource: Resource) -> None:
    for route in told_by_others(resource):
        kinds = set(followed(route.origin, SDK))
        births = FIRST_EVENTS.get(route.origin.object, {kind for kind in kinds if kind.endswith(".created")})
        assert route.origin.announced == bool(births)
        assert births <= kinds


CLAIMED = {kind for resource in CATALOG for route in resource.then for kind in followed(route.origin, SDK)}
NOT_FOLLOWED = [pattern for patterns in IGNORED.values() for pattern in patterns]


@every_event
def test_every_event_is_followed_by_a_stream_or_ignored_for_a_reason(kind: str) -> None:
    if kind not in CLAIMED and not matches(kind, NOT_FOLLOWED):
        pytest.xfail("no stream yet")
    assert (kind in CLAIMED) != matches(kind, NOT_FOLLOWED)


@every_event
def test_a_stream_misses_no_event_of_its_objects(kind: str) -> None:
    followers = {route.origin.object for resource in CATALOG for route in resource.then}
    missed = followers & set(carried(kind, SDK)) if kind not in CLAIMED else set()
    # `bank_accounts` are those of customers.
    assert not missed or kind.startswith("account.external_account.")


@pytest.mark.parametrize("pattern", [*NOT_FOLLOWED, *CARRIED])
def test_a_pattern_of_the_event_map_still_means_something(pattern: str) -> None:
    assert any(matches(kind, (pattern,)) for kind in SDK.event_types)


@pytest.mark.parametrize("tag", sorted({tag for tags in CARRIED.values() for tag in tags}))
def test_what_the_event_map_adds_to_the_sdk_is_an_object(tag: str) -> None:
    assert SDK.object(tag).object == tag


def test_a_subscription_is_gone_when_canceled() -> None:
    assert canceled({"status": "canceled"})
    assert not canceled({"status": "active"})


def test_a_payment_method_is_gone_when_detached() -> None:
    assert detached({"customer": None})
    assert not detached({"customer": "cus_1"})
