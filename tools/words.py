"""What schemas and tables say of a stream, in words derived from its declaration."""

from __future__ import annotations

import re

from source_stripe.catalog import CATALOG
from source_stripe.declaration.origins import never
from source_stripe.declaration.resource import ListNew, Relist, Resource
from source_stripe.declaration.takes import Embedded, Whole
from tools.event_map import followed
from tools.sdk import Sdk
from tools.shapes import Array, Definition, Shape, within

# What a resource's `gone` is where none of its rows ends without being deleted.
NEVER = Resource.__dataclass_fields__["deleted_if"].default


def plain(markdown: str) -> str:
    """The first sentence of a description, or two if they are short, without markup."""
    text = " ".join(markdown.partition("\n\n")[0].split())
    text = re.sub(r"!?\[([^]]*)]\([^)]*\)", r"\1", text)
    text = re.sub(r"</?\w+[^>]*>|\*\*?", "", text)
    sentences = re.split(r"(?<=[^.][.!?])(?<!\.\w\.) +(?=[A-Z`])", text)
    brief = " ".join(sentences[:2])
    brief = brief if len(brief) <= 240 else sentences[0]
    return brief if not brief or brief[-1] in ".!?" else f"{brief.rstrip(':')}."


def added(resource: Resource, name: str, sdk: Sdk) -> str:
    """What a field holds that the connector adds."""
    parent = resource.parent
    if name == "is_deleted":
        return is_deleted(resource, sdk)
    if name == resource.cursor:
        return _cursor(resource, sdk)
    if parent and name == "position" and isinstance(resource.first.take, Embedded):
        return f"Its place among the `{resource.first.take.field}` of the {noun(parent.object)}, from 0."
    if not parent:
        raise ValueError(f"{resource.name}: nothing is known of {name}")
    if name == parent.id_field:
        return f"ID of the {noun(parent.owner[1] or parent.object)} that this row belongs to."
    carried = name.removeprefix(f"{parent.noun}_")
    meaning = plain(sdk.object(parent.object).fields[carried].text)
    return f"`{carried}` of the {noun(parent.object)} that this row belongs to. {meaning}"


def _cursor(resource: Resource, sdk: Sdk) -> str:
    parent = resource.parent
    if isinstance(resource.later, ListNew) and not parent:
        return "`created` in Unix seconds."
    owner = f"the {noun(parent.object)}" if parent else "it"
    told = owner if parent and resource.cursor == f"{parent.noun}_updated" else "it"
    # Products alone know when they were last changed.
    since = "last changed" if not parent and "updated" in row(resource, sdk).fields else "created"
    if isinstance(resource.later, Relist):
        since = "created" if resource.first.origin.time_field else "read"
        return (
            f"Unix seconds: when this version of the row became known: in a first sync, when {owner} was {since}; "
            "later, when a sync found it changed. Of two versions the one with the higher value is the newer."
        )
    since = since if resource.first.origin.time_field else "read"
    return (
        f"Unix seconds: when this version of the row became known: the time of the latest event about {told}; "
        f"in a first sync, when {owner} was {since}; in a repeated one, when that began. "
        "Of two versions the one with the higher value is the newer."
    )


def is_deleted(resource: Resource, sdk: Sdk) -> str:
    how = deletes(resource, sdk)
    return f"True once this {thing(resource)} has been {how}." if how else "Never set: these are not removed."


def deletes(resource: Resource, sdk: Sdk) -> str:
    """How a row goes that `is_deleted` marks; empty where none ever does."""
    if ending(resource):
        return ending(resource)
    if isinstance(resource.later, Relist):
        return "removed from the list"
    ways = []
    for route in resource.routes:
        kinds = followed(route.origin, sdk)
        ended = any(kind.endswith(".deleted") for kind in kinds)
        match route.take:
            case Whole() if ended:
                ways.append("deleted")
            # An event of another kind does not say what the list held before; and some lists only grow.
            case Embedded() if resource.cursor != "created" and any(kind.endswith(".updated") for kind in kinds):
                owner = noun(route.origin.object)
                ways.append(f"removed from the {owner}")
                ways += [f"deleted with the {owner}"] if ended and not ending(_declared(route.origin.object)) else []
    with_parent = f"deleted with the {noun(resource.parent.object)}" if resource.parent else ""
    if with_parent and resource.parent and resource.parent.children_vanish is not never and with_parent not in ways:
        ways.append(with_parent)
    return " or ".join(dict.fromkeys(ways))


def ending(resource: Resource) -> str:
    """`canceled`, where rows end so without being deleted."""
    return "" if resource.deleted_if is NEVER else resource.deleted_if.__name__


def _declared(tag: str) -> Resource:
    return next(each for each in CATALOG if each.object == tag)


def row(resource: Resource, sdk: Sdk) -> Definition:
    """The shape of Stripe's part of a row: of an object, or of an element of its parent."""
    if resource.object or not resource.parent or not isinstance(resource.first.take, Embedded):
        return sdk.object(resource.object)
    shape: Shape | None = sdk.object(resource.parent.object)
    for name in resource.first.take.field.split("."):
        shape = within(shape, name) if shape else None
    if not (isinstance(shape, Array) and isinstance(shape.items, Definition)):
        raise ValueError(f"{resource.name}: {shape} is not an array of objects")
    return shape.items


def thing(resource: Resource) -> str:
    """What a row is: `invoice`; `price tier` where Stripe has no name for it."""
    return noun(resource.object or resource.name.removesuffix("s"))


def noun(tag: str) -> str:
    """`checkout session` for `checkout.session`."""
    if tag.startswith("v2."):
        tag = tag.rpartition(".")[2]
    return "invoice item" if tag == "invoiceitem" else re.sub(r"[._]", " ", tag)


def plural(tag: str) -> str:
    word = noun(tag)
    return word[:-1] + "ies" if word.endswith("y") else word + "s"
