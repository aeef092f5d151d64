"""The laws of the catalogue: what Stripe's SDK, the schemas and the users of a stream hold a declaration to."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from source_stripe.catalog import CATALOG
from source_stripe.catalog.billing import canceled
from source_stripe.catalog.payment_methods import detached
from source_stripe.declaration.origins import EVENT, Events, Listing, Params, fields_of, is_v2
from source_stripe.declaration.resource import Accrue, Resource, Route
from source_stripe.declaration.takes import Children, Embedded, Take, Whole
from tools import words
from tools.event_map import CARRIED, IGNORED, THIN_IGNORED, carried, followed, heard, matches
from tools.generate import ROOT, SCHEMAS
from tools.sdk import Endpoint, anonymous, installed
from tools.shapes import Array, Either, Expandable, Page, Shape, within
from unit_tests.laws import every, name_of

SDK = installed()
LISTS = {endpoint.path: endpoint for endpoint in SDK.endpoints if endpoint.lists}
RETRIEVES = {endpoint.path: endpoint for endpoint in SDK.endpoints if not endpoint.lists}
# What the reader sends by itself.
PAGING = {"created", "ending_before", "expand", "include[]", "limit", "starting_after"}

# Cursor -> the streams that users of Airbyte's connector know it from.
KNOWN = {
    "": "country_specs exchange_rates",
    "checkout_session_updated": "checkout_sessions_line_items",
    "created": """balance_transactions customer_balance_transactions events file_links files setup_attempts
        shipping_rates transfer_reversals""",
    "invoice_updated": "invoice_line_items",
    "subscription_updated": "subscription_items",
    "updated": """accounts application_fees application_fees_refunds authorizations bank_accounts cardholders cards
        charges checkout_sessions coupons credit_notes customers disputes early_fraud_warnings
        external_account_bank_accounts external_account_cards invoice_items invoice_payments invoices
        payment_intents payment_methods payout_balance_transactions payouts persons plans prices products
        promotion_codes refunds reviews setup_intents subscription_schedule subscriptions top_ups
        transactions transfers""",
}

# The first event of a new object where it is not `created`.
FIRST_EVENTS = {
    "charge": {"charge.failed", "charge.pending", "charge.succeeded"},
    "payment_method": {"payment_method.attached"},
    "review": {"review.opened"},
}

DECLARED = [part for resource in CATALOG for part in resource.parts]

every_resource = every("resource", CATALOG, name_of)
every_declaration = every("resource", DECLARED, name_of)
every_event = every("kind", SDK.event_types)


def routes(resource: Resource) -> tuple[Route[Listing] | Route[Events], ...]:
    return (resource.first, *resource.routes)


def listings(resource: Resource) -> Iterator[tuple[Listing, str]]:
    """Each list that a stream pages through, and the tag of its objects."""
    tag = resource.parent.object if resource.parent else resource.object
    if not resource.first.origin.single:
        yield resource.first.origin, tag
    for route in resource.routes:
        if route.origin.listing:
            yield route.origin.listing, route.origin.object


def children(resource: Resource) -> Iterator[Children]:
    """Each list that a stream fetches by the id of a parent."""
    for route in routes(resource):
        match route.take:
            case Children() as take:
                yield from (take, take.whole) if take.whole else (take,)
            case Embedded(whole=Children() as whole):
                yield whole
            case Whole():
                pass


def has(tag: str, path: str) -> bool:
    """Whether Stripe's object has such a field: `lines.data.discounts`."""
    shape: Shape | None = SDK.object(tag)
    for name in path.split("."):
        shape = within(shape, name) if shape else None
    return shape is not None


def at(shape: Shape, path: str) -> Shape | None:
    found: Shape | None = shape
    for name in path.split("."):
        found = within(found, name) if found else None
    return found


def inside(shape: Shape, path: str) -> Iterator[Shape]:
    """What can stand at such a path of an object, or in the list or array there."""
    yield from _options(at(shape, path))


def _options(shape: Shape | None) -> Iterator[Shape]:
    match shape:
        case Page(items) | Array(items) | Expandable(items):
            yield from _options(items)
        case Either(options):
            for option in options:
                yield from _options(option)
        case None:
            pass
        case _:
            yield shape


def accepts(endpoint: Endpoint, params: Params) -> bool:
    """Whether a list takes these parameters, and wants no others."""
    given = {name for name, _ in params}
    if is_v2(endpoint.path):
        given = {re.sub(r"\[\d+]", "[]", name) for name in given}
        return given <= endpoint.written - PAGING and not endpoint.required
    return given <= endpoint.params - PAGING and endpoint.required <= given


def properties(resource: Resource) -> set[str]:
    return set(json.loads((ROOT / SCHEMAS / f"{resource.name}.json").read_text())["properties"])


# Names


def test_names_are_unique() -> None:
    assert [name for name, times in Counter(resource.name for resource in CATALOG).items() if times > 1] == []


@every_resource
def test_a_name_is_snake_case(resource: Resource) -> None:
    assert re.fullmatch(r"(v2_)?[a-z]+(_[a-z]+)*", resource.name)
    assert resource.name.startswith("v2_") == is_v2(resource.first.origin.path)


def test_a_stream_that_users_know_is_there_with_its_cursor() -> None:
    known = {name: cursor for cursor, names in KNOWN.items() for name in names.split()}
    assert {resource.name: resource.cursor for resource in CATALOG if resource.name in known} == known


# Schemas


def test_every_stream_has_a_schema_and_every_schema_a_stream() -> None:
    assert {path.stem for path in (ROOT / SCHEMAS).iterdir()} == {resource.name for resource in CATALOG}


@every_resource
def test_key_and_cursor_are_in_the_schema(resource: Resource) -> None:
    assert {*resource.key, *([resource.cursor] if resource.cursor else [])} <= properties(resource)


@every_resource
def test_what_the_connector_adds_is_in_the_schema_and_hides_nothing(resource: Resource) -> None:
    assert set(resource.added) <= properties(resource)
    # Some have an `updated` of their own, which is the same but for what happened to them without a change.
    has_own = resource.object in ("product", "billing.meter", "billing.credit_grant", "billing_portal.configuration")
    assert set(resource.added) & set(words.row(resource, SDK).fields) <= ({"updated"} if has_own else set())


# Endpoints


@every_declaration
def test_a_list_is_one_that_stripe_has(resource: Resource) -> None:
    for listing, tag in listings(resource):
        assert LISTS[anonymous(listing.path)].object == tag


@every_declaration
def test_a_list_is_windowed_if_and_only_if_it_takes_created(resource: Resource) -> None:
    for listing, tag in listings(resource):
        takes_times = {"created", *listing.between} & LISTS[anonymous(listing.path)].params
        # One cannot tell what lies in a window where the objects have no time.
        assert listing.takes_times == (bool(takes_times) and bool(listing.time_field))
        assert not is_v2(listing.path) or not listing.takes_times or set(listing.between) <= LISTS[listing.path].written
        assert not resource.cursor or bool(listing.time_field) == any(has(tag, name) for name in ("created", "date"))
        assert not listing.time_field or has(tag, listing.time_field)


@every_declaration
def test_a_list_is_paged_if_and_only_if_it_takes_a_limit(resource: Resource) -> None:
    for listing, _ in listings(resource):
        assert listing.paged == ("limit" in LISTS[anonymous(listing.path)].params)
    for take in children(resource):
        assert take.paged == ("limit" in LISTS[anonymous(take.path)].params)


@every_declaration
def test_what_is_no_list_is_read_by_an_endpoint_that_stripe_has(resource: Resource) -> None:
    if resource.first.origin.single:
        tag = resource.parent.object if resource.parent else resource.object
        assert RETRIEVES[resource.first.origin.path].object == tag


@every_declaration
def test_a_list_takes_its_filters(resource: Resource) -> None:
    for listing, _ in listings(resource):
        assert listing.filters
        assert all(accepts(LISTS[anonymous(listing.path)], params) for params in listing.filters)


@every_declaration
def test_what_is_expanded_is_a_field(resource: Resource) -> None:
    for listing, tag in listings(resource):
        assert [field for field in listing.expand if not has(tag, field)] == []
    for route in resource.routes:
        assert [field for field in route.origin.expand if not has(route.origin.object, field)] == []


@every_declaration
def test_an_object_is_the_same_whether_listed_or_read_again(resource: Resource) -> None:
    for route in resource.routes:
        listing = route.origin.listing
        assert listing is None or listing.expand == route.origin.expand
        if isinstance(route.take, Whole) and isinstance(resource.first.take, Whole):
            origin = resource.first.origin
            assert listing == (origin if origin.ordered or origin.takes_times else None)


@every_declaration
def test_a_retrieve_is_one_that_stripe_has(resource: Resource) -> None:
    for route in resource.routes:
        assert RETRIEVES[anonymous(route.origin.retrieve)].object in ("", route.origin.object)
        assert [name for name in fields_of(route.origin.retrieve) if not has(route.origin.object, name)] == []


# Children


@every_declaration
def test_a_childrens_list_is_one_that_stripe_has(resource: Resource) -> None:
    for take in children(resource):
        assert resource.parent
        whole = resource.first.take
        listed = LISTS[anonymous(take.path)].object
        leads = isinstance(whole, Children) and take is whole.whole
        assert listed in ("", resource.object) or leads or (isinstance(whole, Embedded) and whole.inside)
        stretch = tuple((name, "") for name in take.between) if take.step_seconds > 1 else ()
        assert accepts(LISTS[anonymous(take.path)], take.params + stretch)
        asks_for_new = take.immutable or (isinstance(resource.later, Accrue) and take is resource.first.take)
        assert not asks_for_new or "created" in LISTS[anonymous(take.path)].params
        wanted = {*take.names, *({take.unless_null} if take.unless_null else ())}
        assert [name for name in wanted if not has(resource.parent.object, name)] == []
        assert not take.each or has(resource.parent.object, take.each.replace("items.", "items.data."))
        assert [name for name in take.expand if not has(listed or resource.object, name)] == []


@every_declaration
def test_what_is_taken_out_of_the_parent_is_in_it(resource: Resource) -> None:
    for route in routes(resource):
        if isinstance(route.take, Embedded):
            assert resource.parent
            parent = SDK.object(resource.parent.object)
            held = list(inside(parent, route.take.field))
            if route.take.inside:
                held = [option for each in held for option in inside(each, route.take.inside)]
            assert words.row(resource, SDK) in held
            # A list may be cut, an array never is.
            shape = at(parent, route.take.field)
            assert isinstance(shape, Page) == (route.take.whole is not None)


@every_declaration
def test_a_parent_is_declared_before_its_children(resource: Resource) -> None:
    parent = resource.parent
    if parent:
        before = {(one.object, one.first.origin.path) for one in DECLARED[: DECLARED.index(resource)] if not one.parent}
        assert (parent.object, resource.first.origin.path) in before
        assert [name for name in parent.carries if not has(parent.object, name)] == []


@every_declaration
def test_a_child_with_events_of_its_own_names_its_parent(resource: Resource) -> None:
    own = [route for route in resource.routes if isinstance(route.take, Whole)]
    if resource.parent and own:
        assert has(resource.object, resource.parent.field)


# Events


def told_by_others(resource: Resource) -> list[Route[Events]]:
    """The routes of all but the events, which tell of themselves."""
    return [route for route in resource.routes if route.origin.object != EVENT]


@every_declaration
def test_an_event_taken_for_the_row_is_one_of_a_type_whose_every_edit_has_an_event(resource: Resource) -> None:
    for route in told_by_others(resource):
        if isinstance(route.take, Whole) and not resource.parent:
            told = any(kind.endswith(".updated") for kind in followed(route.origin, SDK))
            assert route.origin.every_edit_has_event == told


@every_declaration
def test_every_event_pattern_means_an_event_that_can_carry_the_object(resource: Resource) -> None:
    for route in told_by_others(resource):
        for pattern in route.origin.types:
            if route.origin.thin:
                assert SDK.thin_event_objects[pattern] == route.origin.object
                continue
            kinds = [kind for kind in SDK.event_types if matches(kind, (pattern,))]
            assert any(route.origin.object in carried(kind, SDK) for kind in kinds), pattern


@every_declaration
def test_what_tells_of_another_object_has_its_id(resource: Resource) -> None:
    for route in told_by_others(resource):
        assert [(tag, link) for tag, link in route.origin.indirect_events if not has(tag, link)] == []


@every_declaration
def test_later_syncs_take_the_stream_s_own_objects(resource: Resource) -> None:
    for route in resource.routes:
        owner: Take = route.take
        expected = resource.object if isinstance(owner, Whole) else resource.parent and resource.parent.object
        assert route.origin.object == expected


@every_declaration
def test_a_stream_is_announced_if_and_only_if_an_event_tells_of_every_new_object(resource: Resource) -> None:
    for route in told_by_others(resource):
        kinds = set(followed(route.origin, SDK))
        if not kinds:
            continue
        births = FIRST_EVENTS.get(route.origin.object, {kind for kind in kinds if kind.endswith(".created")})
        assert route.origin.created_has_event == bool(births)
        assert births <= kinds


CLAIMED = {kind for resource in CATALOG for route in resource.routes for kind in heard(route.origin, SDK)}
NOT_FOLLOWED = [pattern for patterns in IGNORED.values() for pattern in patterns]


@every_event
def test_every_event_is_followed_by_a_stream_or_ignored_for_a_reason(kind: str) -> None:
    assert (kind in CLAIMED) != matches(kind, NOT_FOLLOWED)


@every_event
def test_a_stream_misses_no_event_of_its_objects(kind: str) -> None:
    followers = {route.origin.object for resource in CATALOG for route in resource.routes}
    missed = followers & set(carried(kind, SDK)) if kind not in CLAIMED else set()
    assert not missed


THIN_NOT_FOLLOWED = [pattern for patterns in THIN_IGNORED.values() for pattern in patterns]


@every("kind", SDK.thin_event_objects)
def test_every_thin_event_is_followed_by_a_stream_or_ignored_for_a_reason(kind: str) -> None:
    assert (kind in CLAIMED) != matches(kind, THIN_NOT_FOLLOWED)
    followers = {route.origin.object for resource in CATALOG for route in resource.routes}
    assert (SDK.thin_event_objects[kind] in followers) == (kind in CLAIMED)


@every("pattern", THIN_NOT_FOLLOWED)
def test_a_pattern_of_what_is_ignored_still_means_a_thin_event(pattern: str) -> None:
    assert any(matches(kind, (pattern,)) for kind in SDK.thin_event_objects)


@every("pattern", [*NOT_FOLLOWED, *CARRIED])
def test_a_pattern_of_the_event_map_still_means_something(pattern: str) -> None:
    assert any(matches(kind, (pattern,)) for kind in SDK.event_types)


@every("tag", sorted({tag for tags in CARRIED.values() for tag in tags}))
def test_what_the_event_map_adds_to_the_sdk_is_an_object(tag: str) -> None:
    assert SDK.object(tag).object == tag


def test_a_subscription_is_gone_when_canceled() -> None:
    assert canceled({"status": "canceled"})
    assert not canceled({"status": "active"})


def test_a_payment_method_is_gone_when_detached() -> None:
    assert detached({"customer": None})
    assert not detached({"customer": "cus_1"})
