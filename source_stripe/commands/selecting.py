"""Which streams are meant: by name, by product, or those that most people want."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from source_stripe.catalog import CATALOG, PRODUCTS, SUGGESTED
from source_stripe.columns import schema, schema_with
from source_stripe.declaration.resource import Resource, by_account
from source_stripe.wording import listed, nearest, shown

T = TypeVar("T")

BY_NAME = {resource.name: resource for resource in CATALOG}
BY_PRODUCT = {product.name: product.streams for product in PRODUCTS}


class SelectionError(ValueError):
    """`str()` of it says which name is none, and which is meant."""


def chosen(names: Iterable[str] = (), products: Iterable[str] = (), *, suggested: bool = False) -> list[Resource]:
    """The streams that are meant, in the order of the catalogue; all, if nothing is said. Raises SelectionError."""
    wanted = {_known(name, BY_NAME, "stream").name for name in names}
    wanted |= {stream.name for name in products for stream in _known(name, BY_PRODUCT, "product")}
    wanted |= {*SUGGESTED} if suggested else set()
    return [resource for resource in CATALOG if resource.name in wanted] if wanted else list(CATALOG)


def told_apart(resources: Sequence[Resource], config: Mapping[str, Any]) -> list[Resource]:
    """The streams as their rows are with a configuration: those of several accounts say which one they are of."""
    several = config.get("connected_accounts") or config.get("contexts")
    return [by_account(resource) for resource in resources] if several else [*resources]


def configured(resources: Sequence[Resource]) -> dict[str, Any]:
    """A configured catalogue that reads these streams as they are best read."""
    return {"streams": [_entry(resource) for resource in resources]}


def _entry(resource: Resource) -> dict[str, Any]:
    incremental = bool(resource.cursor)
    stream: dict[str, Any] = {
        "name": resource.name,
        "json_schema": schema_with(resource.name, resource.added) if resource.by_account else schema(resource.name),
        "supported_sync_modes": ["full_refresh", "incremental"] if incremental else ["full_refresh"],
        "source_defined_primary_key": [[name] for name in resource.key],
    }
    if incremental:
        stream |= {"source_defined_cursor": True, "default_cursor_field": [resource.cursor]}
    return {
        "stream": stream,
        "sync_mode": "incremental" if incremental else "full_refresh",
        "destination_sync_mode": "append_dedup" if incremental else "overwrite",
        **({"cursor_field": [resource.cursor]} if incremental else {}),
        "primary_key": [[name] for name in resource.key],
    }


def _known(name: str, known: Mapping[str, T], what: str) -> T:
    if name in known:
        return known[name]
    near = nearest(name, known)
    meant = f" Is {near} meant?" if near else f" There are: {listed(known)}."
    raise SelectionError(f"There is no {what} {shown(name)}.{meant}")
