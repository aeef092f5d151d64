"""Writes `source_stripe/dbt/references.json`: which columns hold the id of which of Stripe's objects, from the SDK."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from source_stripe.catalog import CATALOG
from source_stripe.declaration.resource import Resource
from tools import words
from tools.sdk import Sdk
from tools.shapes import Definition, Expandable

PATH = Path("source_stripe/dbt/references.json")


def document(sdk: Sdk, provenance: str) -> str:
    """By stream and column the tag of the object meant, and the tags of all objects that can be deleted."""
    fields = {resource.name: references(resource, sdk) for resource in CATALOG}
    named = {tag for columns in fields.values() for tag in columns.values()}
    tags = named | {resource.object for resource in CATALOG if resource.object}
    written = {
        "$comment": provenance,
        "deletable": sorted(tag for tag in tags if "deleted" in sdk.object(tag).fields),
        "columns": {name: columns for name, columns in sorted(fields.items()) if columns},
    }
    return json.dumps(written, indent=1) + "\n"


def references(resource: Resource, sdk: Sdk) -> dict[str, str]:
    """The expandable fields of its rows that are of one kind of object, and its tag."""
    found = {}
    for name, field in words.row(resource, sdk).fields.items():
        match field.shape:
            case Expandable(Definition() as whole) if whole.object and not _asked(resource, name):
                found[name] = whole.object
    return dict(sorted(found.items()))


def _asked(resource: Resource, name: str) -> bool:
    """Whether the stream asks for the object in place of its id."""
    expansions: Iterable[str] = resource.first.origin.expand
    return name in expansions
