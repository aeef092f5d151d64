"""Objects of a Stripe account as bytes: Stripe's own examples with id, time and amount put in, written on the fly."""

from __future__ import annotations

import hashlib
import json
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "integration_tests" / "sandbox" / "world" / "fixtures.json"
"""Stripe's example of each object, from github.com/stripe/openapi (MIT)."""
DIGITS = 16
CHILDREN = 32
"""How many numbers are set aside for the children of one parent."""
LINES, MANY_LINES, MANY_EVERY = 3, 25, 1_000
"""Lines of an invoice, and of every thousandth one; ten stand inside the invoice, as with Stripe."""
EMBEDDED = 10

# What a template is made of: these stand in the example where each object has its own.
NUMBER, RELATED, CREATED, AMOUNT, INSIDE = "<NUMBER>", "<RELATED>", 1_000_000_000_007, 1_000_000_000_009, "<INSIDE>"
LETTERS, THEIRS = "<LETTERS>", "<THEIRS>"
"""What is random in the id of an object, and in that of the one it belongs to."""
SEPARATOR = b",\n    "
"""Between the objects of a list."""
WriteChild = Callable[[int, int], bytes]
"""From the number of a parent and the place under it to the child."""
_SLOT = re.compile(rf'(<NUMBER>|<RELATED>|<LETTERS>|<THEIRS>|{CREATED}|{AMOUNT}|"<INSIDE>")')
_FORMATS = {NUMBER: (0, "%016d"), RELATED: (1, "%016d"), str(CREATED): (2, "%d"), str(AMOUNT): (3, "%d")}
_FORMATS |= {LETTERS: (5, "%b"), THEIRS: (6, "%b")}
_BASE62 = string.digits + string.ascii_letters


IN_LIST = 2
"""How many levels deep an object stands on a page."""


def indented(text: str, levels: int) -> str:
    """As Stripe prints what stands so many levels deep: two spaces for each."""
    return text.replace("\n", "\n" + "  " * levels)


class Template:
    """The text of an object with slots in it, indented as on a page of a list."""

    def __init__(self, example: Mapping[str, Any]) -> None:
        text, self._slots = "", []
        for piece in _SLOT.split(indented(json.dumps(example, indent=2), IN_LIST)):
            slot, format = _FORMATS.get(piece, (4, "%b") if piece == f'"{INSIDE}"' else (-1, piece.replace("%", "%%")))
            text += format
            if slot >= 0:
                self._slots.append(slot)
        self._format = text.encode()

    def write(
        self,
        number: int,
        created: int = 0,
        related: int = 0,
        inside: bytes = b"",
        letters: bytes = b"",
        theirs: bytes = b"",
    ) -> bytes:
        values = (number, related, created, 500 + number * 7919 % 99_500, inside, letters, theirs)
        return self._format % tuple([values[slot] for slot in self._slots])


@dataclass(frozen=True)
class Kind:
    """A type of object: where it is listed, how its ids begin, how it is written."""

    object: str
    path: str
    prefix: str
    shape: Callable[[frozenset[str]], dict[str, Any]] = field(repr=False)
    """The example, given what is to be expanded."""
    inside: Callable[[int], bytes] | None = field(default=None, repr=False)
    """What is embedded in one, given its number."""
    letters: int = 0
    """How many letters at random end an id."""

    def id(self, number: int) -> str:
        return f"{self.prefix}{number:0{DIGITS}d}{at_random(number, self.letters)}"

    def number(self, id: str) -> int | None:
        """The number in an id; None where it is no id of this type."""
        rest = id.removeprefix(self.prefix)
        digits = rest[:DIGITS]
        is_one = id.startswith(self.prefix) and len(rest) == DIGITS + self.letters and digits.isdigit()
        return int(digits) if is_one else None

    def write(self, number: int, created: int, expand: frozenset[str] = frozenset()) -> bytes:
        inside = self.inside(number) if self.inside else b""
        letters = at_random(number, self.letters).encode()
        return template(self, expand).write(number, created, inside=inside, letters=letters)


def at_random(number: int, count: int) -> str:
    """Always the same letters for a number."""
    if not count:
        return ""
    left, letters = int.from_bytes(hashlib.blake2b(b"%d" % number, digest_size=16).digest()), ""
    for _ in range(count):
        left, place = divmod(left, len(_BASE62))
        letters += _BASE62[place]
    return letters


@cache
def template(kind: Kind, expand: frozenset[str]) -> Template:
    return Template(kind.shape(expand))


@cache
def examples() -> dict[str, dict[str, Any]]:
    resources: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text())["resources"]
    return resources


def example(object: str, prefix: str) -> dict[str, Any]:
    """A fresh copy of Stripe's example with slots for id and time, as of a live account."""
    thing: dict[str, Any] = json.loads(json.dumps(examples()[object]))
    thing |= {"id": f"{prefix}{NUMBER}", "livemode": True}
    return thing | ({"created": CREATED} if "created" in thing else {})


def charge(expand: frozenset[str]) -> dict[str, Any]:
    """3.4 kB without its indentation, as a charge of a shop is: with an address, a receipt, a customer and metadata."""
    thing = example("charge", "ch_3Bench")
    del thing["source"]
    refunds = thing.pop("refunds") | {"url": f"/v1/charges/{thing['id']}/refunds"}
    address = {"city": "San Francisco", "country": "US", "line1": "354 Oyster Point Blvd", "line2": "Suite 2100"}
    address |= {"postal_code": "94080", "state": "CA", "country": "US"}
    thing |= {
        "amount": AMOUNT,
        "amount_captured": AMOUNT,
        "captured": True,
        "balance_transaction": f"txn_3Bench{NUMBER}",
        "billing_details": thing["billing_details"] | {"address": address, "email": "jenny.rosen@example.com"},
        "calculated_statement_descriptor": "EXAMPLE SHOP* ORDER",
        "customer": f"cus_Bench{NUMBER}",
        "description": f"Order {NUMBER} at Example Shop, 3 items, express shipping",
        "invoice": None,
        "metadata": {
            "order_id": f"order_{NUMBER}",
            "cart_id": f"9b2c4c0e-7a44-4f6e-{NUMBER}",
            "sales_channel": "web",
            "utm_campaign": "autumn-2026-returning-customers",
            "session": f"sess_{NUMBER}_c1f0a7d2e94b4a0f8f6c3d5e7b9a1c24",
            "items": "SKU-10442 x1; SKU-20871 x1; SKU-33019 x1",
            "warehouse": "sfo-2",
            "gift_message": "Happy birthday! We hope that you like it as much as we do. With love from all of us",
            "delivery_note": "Please leave the parcel with the neighbour on the ground floor",
        },
        "outcome": thing["outcome"]
        | {"network_status": "approved_by_network", "risk_level": "normal", "risk_score": 17, "type": "authorized"}
        | {"seller_message": "Payment complete."},
        "payment_intent": f"pi_3Bench{NUMBER}",
        "payment_method": f"pm_1Bench{NUMBER}",
        "receipt_email": "jenny.rosen@example.com",
        "receipt_url": f"https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8xUGdhZlRCN1daMDF6Z2tXKI_ei7UGMgZv2S_"
        f"KfiY6LCJrxC7awazgQA9I88krZKw5uuCkZ5Nup2tomEtAbSpdfzjVZHO3ZYP5KFZP{NUMBER}",
        "shipping": {"address": address, "carrier": None, "name": "Jenny Rosen", "phone": "+14155550123"}
        | {"tracking_number": None},
        "transfer_data": None,
    }
    return thing | ({"refunds": refunds} if "refunds" in expand else {})


def customer(expand: frozenset[str]) -> dict[str, Any]:
    thing = example("customer", "cus_Bench")
    thing |= {"discount": None, "email": f"customer{NUMBER}@example.com", "name": "Jenny Rosen", "shipping": None}
    return thing | ({"sources": _list([], f"/v1/customers/{thing['id']}/sources")} if "sources" in expand else {})


def card_holder(expand: frozenset[str]) -> dict[str, Any]:
    """A customer with a card, and ids in which as much is random as in Stripe's."""
    thing = customer(frozenset()) | {"id": f"cus_Bench{NUMBER}{LETTERS}"}
    return thing | ({"sources": INSIDE} if "sources" in expand else {})


@cache
def _card() -> Template:
    shape = example("card", "card_1Bench") | {"customer": f"cus_Bench{RELATED}{THEIRS}"}
    return Template(shape | {"id": f"card_1Bench{NUMBER}{LETTERS}"})


def embedded_card(customer: int) -> bytes:
    """The list inside a customer."""
    own, theirs = at_random(-1 - customer, CARD_LETTERS).encode(), at_random(customer, CUSTOMER_LETTERS).encode()
    card = _card().write(customer, related=customer, letters=own, theirs=theirs)
    return listed(card, more=False, url=f"/v1/customers/{CARD_HOLDERS.id(customer)}/sources")


def invoice(_: frozenset[str]) -> dict[str, Any]:
    thing = example("invoice", "in_1Bench")
    thing |= {"status": "paid", "customer": f"cus_Bench{NUMBER}", "total": AMOUNT, "lines": INSIDE}
    return thing | {"period_end": CREATED, "period_start": CREATED, "attempted": True, "last_finalization_error": None}


def plain(object: str, prefix: str) -> Callable[[frozenset[str]], dict[str, Any]]:
    """Stripe's example as it is."""
    return lambda _: example(object, prefix) | ({"amount": AMOUNT} if "amount" in examples()[object] else {})


def lines_of(invoice: int) -> int:
    return MANY_LINES if invoice % MANY_EVERY == 0 else LINES


@cache
def _line() -> Template:
    return Template(example("line_item", "il_1Bench") | {"invoice": f"in_1Bench{RELATED}", "amount": AMOUNT})


def line(invoice: int, place: int) -> bytes:
    return _line().write(invoice * CHILDREN + place, related=invoice)


def embedded_lines(invoice: int) -> bytes:
    """The list inside an invoice, its first ten."""
    count = lines_of(invoice)
    data = SEPARATOR.join([line(invoice, place) for place in range(min(count, EMBEDDED))])
    return listed(data, more=count > EMBEDDED, url=f"/v1/invoices/{INVOICES.id(invoice)}/lines")


@cache
def _payment_method() -> Template:
    return Template(example("payment_method", "pm_1Bench") | {"customer": f"cus_Bench{RELATED}"})


def payment_method(customer: int, place: int) -> bytes:
    return _payment_method().write(customer * CHILDREN + place, 1_600_000_000 + customer, related=customer)


def methods_of(customer: int) -> int:
    """One, and two for every fourth customer."""
    return 2 if customer % 4 == 0 else 1


@cache
def _event(type: str, version: str) -> Template:
    shape = example("event", "evt_1Bench") | {"type": type, "api_version": version}
    return Template(shape | {"data": {"object": INSIDE}})


def event(number: int, created: int, type: str, version: str, thing: bytes) -> bytes:
    return _event(type, version).write(number, created, inside=thing)


def listed(data: bytes, *, more: bool, url: str) -> bytes:
    """A list as the API writes it."""
    return b'{\n  "object": "list",\n  "data": [%b],\n  "has_more": %b,\n  "url": "%b"\n}' % (
        b"\n    %b\n  " % data if data else b"",
        b"true" if more else b"false",
        url.encode(),
    )


def _list(data: list[Any], url: str) -> dict[str, Any]:
    return {"object": "list", "data": data, "has_more": False, "url": url}


CHARGES = Kind("charge", "/v1/charges", "ch_3Bench", charge)
CARD_LETTERS, CUSTOMER_LETTERS = 8, 14
CARD_HOLDERS = Kind("customer", "/v1/customers", "cus_Bench", card_holder, embedded_card, CUSTOMER_LETTERS)
CUSTOMERS = Kind("customer", "/v1/customers", "cus_Bench", customer)
INVOICES = Kind("invoice", "/v1/invoices", "in_1Bench", invoice, embedded_lines)
REFUNDS = Kind("refund", "/v1/refunds", "re_3Bench", plain("refund", "re_3Bench"))
INTENTS = Kind("payment_intent", "/v1/payment_intents", "pi_3Bench", plain("payment_intent", "pi_3Bench"))
EVENT_PREFIX, LINE_PREFIX, METHOD_PREFIX, CARD_PREFIX = "evt_1Bench", "il_1Bench", "pm_1Bench", "card_1Bench"
KINDS = {kind.path.removeprefix("/v1/"): kind for kind in (CHARGES, CUSTOMERS, INVOICES, REFUNDS, INTENTS)}
"""By the name of the list."""


def account() -> bytes:
    thing = example("account", "acct_1Bench") | {"id": "acct_1BenchBenchBench"}
    thing["settings"]["dashboard"]["display_name"] = "Example Shop"
    return json.dumps(thing, indent=2).encode()
