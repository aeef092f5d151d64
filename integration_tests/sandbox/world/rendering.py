"""An object as Stripe shows it: lists cut at ten, includable fields left out, and what `expand` asked for put in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from integration_tests.sandbox.world import linked
from integration_tests.sandbox.world.facts import SHAPES, Json, Sublist
from integration_tests.sandbox.world.store import Store
from integration_tests.sandbox.world.stored import Stored

EMBEDDED_LIST_LENGTH = 10

Tree: TypeAlias = dict[str, "Tree"]
"""Paths to expand, as nested names."""

NOTHING: Tree = {}

# What an includable field holds when nobody has filled it.
_EMPTY: dict[str, object] = {
    "tax": {"automatic_tax": "unrecognized_location", "ip_address": None, "location": None, "provider": "stripe"},
    "invoice_credit_balance": {},
    "applies_to": {"products": []},
}


def tree_of(paths: Iterable[str]) -> Tree:
    """The paths `a.b` and `a.c` as `{a: {b: {}, c: {}}}`."""
    tree: Tree = {}
    for path in paths:
        node = tree
        for name in path.split("."):
            node = node.setdefault(name, {})
    return tree


def render(store: Store, stored: Stored, tree: Tree, now: int) -> Json:
    """The object at the pinned version. Shares what it can with the store: a reader must not write in it."""
    kind = stored.place[2]
    if kind.startswith("v2."):
        return linked.shown(kind, stored.body, tree)
    shape = SHAPES[kind]
    body = {**stored.body}
    for path in shape.includable:
        if path in body and path not in tree:
            del body[path]
    _embed(store, stored, body, now)
    for sub in shape.sublists.values():
        names = sub.field.split(".")
        asked = _below(tree, names)
        if _is_held(store, stored, sub, asked):
            body = _placed(body, names, _cut(store, stored.key[1], sub, (asked or NOTHING).get("data", NOTHING), now))
    for name, subtree in tree.items():
        if name in shape.sublists:
            continue
        if name in body:
            body[name] = _expanded(store, body[name], subtree, kind, name, now)
        elif name in shape.includable:
            body[name] = _EMPTY.get(name)
    return body


def _is_held(store: Store, stored: Stored, sub: Sublist, asked: Tree | None) -> bool:
    """Whether a list is there: always or on demand, or for those who may read it, where not everybody may."""
    owner = stored.place[2]
    rules = [store.kinds[name].read_by.get(owner) for name in sub.objects if name in store.kinds]
    restricted = [rule for rule in rules if rule is not None]
    return all(rule(stored.body) for rule in restricted) if restricted else sub.always or asked is not None


def _below(tree: Tree, names: list[str]) -> Tree | None:
    """What is asked for below a path, if the path itself is asked for."""
    node: Tree | None = tree
    for name in names:
        node = node.get(name) if node is not None else None
    return node


def _placed(body: Json, names: list[str], value: Json) -> Json:
    """The object with a value at a path into it; unchanged if the path ends early."""
    head, rest = names[0], names[1:]
    if not rest:
        return {**body, head: value}
    inner = body.get(head)
    return {**body, head: _placed(inner, rest, value)} if isinstance(inner, dict) else body


def _embed(store: Store, stored: Stored, body: Json, now: int) -> None:
    """Objects that are part of another one in full, not by their id."""
    match stored.place[2]:
        case "subscription_item" | "item":
            for name in ("price", "plan"):
                if name in body:
                    body[name] = _referred(store, body[name], (name,), NOTHING, now)
        case "customer":
            body["discount"] = _referred(store, body["discount"], ("discount",), NOTHING, now)
        case "product_feature":
            feature = body["entitlement_feature"]
            body["entitlement_feature"] = _referred(store, feature, ("entitlements.feature",), NOTHING, now)
        case "dispute" | "issuing.authorization" | "issuing.dispute":
            body["balance_transactions"] = [
                _referred(store, moved, ("balance_transaction",), NOTHING, now)
                for moved in body["balance_transactions"]
            ]
        case "balance_transaction":
            body["status"] = "available" if body["available_on"] <= now else "pending"
        case "balance":
            body |= _funds(store, now)
        case _:
            pass


def _funds(store: Store, now: int) -> Json:
    """What of the account's money it may pay out, what not yet, and what its cards may spend, by currency."""
    sums: dict[str, dict[str, int]] = {"available": {"usd": 0}, "pending": {"usd": 0}, "issuing": {}}
    for place in store.shelf("balance_transaction").older(None):
        moved = store.stored[place[2], place[3]].body
        paid = "available" if moved["available_on"] <= now else "pending"
        of = sums["issuing" if moved["balance_type"] == "issuing" else paid]
        of[moved["currency"]] = of.get(moved["currency"], 0) + moved["net"]
    funds = {
        name: [{"amount": net, "currency": currency, "source_types": {"card": net}} for currency, net in of.items()]
        for name, of in sums.items()
    }
    spent = funds.pop("issuing")
    return {**funds, "issuing": {"available": spent}} if spent else {**funds}


def _cut(store: Store, id: str, sub: Sublist, tree: Tree, now: int) -> Json:
    """The first ten of a list, as it stands inside its object."""
    data: list[Json] = []
    more = False
    for place in _children(store, id, sub):
        if len(data) == EMBEDDED_LIST_LENGTH:
            more = True
            break
        data.append(render(store, store.stored[place], tree, now))
    url = sub.url
    if "{" in url:
        url = f"{url[: url.index('{')]}{id}{url[url.index('}') + 1 :]}"
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _children(store: Store, id: str, sub: Sublist) -> Iterator[tuple[str, str]]:
    known = [name for name in sub.objects if name in store.kinds and name != "account"]
    if not known:
        return
    row = store.kinds[known[0]]
    link = sub.url.partition("?")[2].partition("=")[0]
    beside = link not in ("", row.owner_field)
    for place in store.shelf(row.shelved, None if beside else id).older(None):
        child = store.stored[place[2], place[3]]
        # Canceled subscriptions leave their customer's list.
        if store.kinds[place[2]].has_ended(child.body):
            continue
        if holds(store, sub.url, child) and (not beside or child.body.get(link) == id):
            yield child.key


def holds(store: Store, path: str, stored: Stored) -> bool:
    """Whether the list at an address shows what its owner has, where it does not show all of it."""
    return path != UPFRONT or not _is_metered(store, stored)


# What is metered cannot be charged upfront. Whether the items of this list have the ids of the quote's own ones is not
# documented: https://docs.stripe.com/api/quotes/line_items/upfront/list
UPFRONT = "/v1/quotes/{quote}/computed_upfront_line_items"


def _is_metered(store: Store, item: Stored) -> bool:
    price = store.get("price", item.body["price"])
    recurring = price.body["recurring"] if price is not None else None
    return recurring is not None and recurring["usage_type"] == "metered"


def _referred(store: Store, id: object, targets: Iterable[str], tree: Tree, now: int) -> Any:
    """The object an id stands for; a stub if it is deleted; the id if the account does not hold it."""
    if not isinstance(id, str):
        return id
    for target in targets:
        found = store.get(target, id)
        if found is not None:
            return render(store, found, tree, now)
        if (target, id) in store.deleted:
            return {"id": id, "object": target, "deleted": True}
    return id


def _expanded(store: Store, value: Any, tree: Tree, object: str, path: str, now: int) -> Any:
    """A value with what `tree` asks for below it, `path` being where it stands in an `object`."""
    match value:
        case str():
            return _referred(store, value, SHAPES[object].expandable.get(path, ()), tree, now)
        case list():
            return [_expanded(store, item, tree, object, path, now) for item in value]
        case {"object": str(inner), "id": str(id), **_rest} if inner in SHAPES and path in SHAPES[object].embedded:
            found = store.get(inner, id)
            return render(store, found, tree, now) if found is not None else value
        case dict():
            return {
                **value,
                **{
                    name: _expanded(store, value[name], subtree, object, f"{path}.{name}", now)
                    for name, subtree in tree.items()
                    if name in value
                },
            }
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Expansion:
    """What is asked for inside an object: the types it may be of, and the address of the list, where it is one."""

    objects: tuple[str, ...]
    url: str = ""


def expansions(object: str, tree: Tree) -> Iterator[Expansion]:
    """What `tree` asks for inside an object, as far as it can be known beforehand."""
    shape = SHAPES.get(object)
    if shape is None:
        return
    for path in _paths(tree):
        for length in range(len(path), 0, -1):
            head, rest = ".".join(path[:length]), path[length:]
            if head in shape.sublists:
                found = Expansion(shape.sublists[head].objects, shape.sublists[head].url)
                rest = rest[1:] if rest[:1] == ["data"] else rest
            elif head in shape.expandable:
                found = Expansion(shape.expandable[head])
            else:
                continue
            yield found
            for kind in found.objects if rest else ():
                yield from expansions(kind, tree_of([".".join(rest)]))
            break


def expanded_types(object: str, tree: Tree) -> Iterator[str]:
    """The types of the objects that `tree` asks for inside an object."""
    for found in expansions(object, tree):
        yield from found.objects


def _paths(tree: Tree) -> Iterator[list[str]]:
    for name, below in tree.items():
        yield from ([name, *rest] for rest in _paths(below)) if below else [[name]]


def refused_expansion(object: str, path: str) -> bool:
    """Whether Stripe does not know this path as something to expand on the object."""
    return not _expandable(object, path.split("."))


def refused_in_lists(object: str, path: str) -> bool:
    """Whether only a single object can be asked for this: https://docs.stripe.com/api/treasury/transactions/object."""
    return (object, path.partition(".")[0]) == ("treasury.transaction", "entries")


def _expandable(object: str, names: list[str]) -> bool:
    shape = SHAPES.get(object)
    if shape is None:
        return False
    for length in range(1, len(names) + 1):
        head, rest = ".".join(names[:length]), names[length:]
        if head in shape.sublists:
            below = shape.sublists[head].objects
            # Naming a list that is always there asks for nothing, and is let pass.
            return not rest or rest == ["data"] or (rest[0] == "data" and any(_expandable(o, rest[1:]) for o in below))
        if head in shape.includable:
            return not rest
        if head in shape.expandable:
            return not rest or any(_expandable(target, rest) for target in shape.expandable[head])
        if head in shape.embedded and rest:
            return _expandable(shape.embedded[head], rest)
    return False
