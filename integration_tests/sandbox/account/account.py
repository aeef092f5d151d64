"""A Stripe account: what can be done to it and what can be seen of it."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import orjson

from integration_tests.sandbox.account import listing
from integration_tests.sandbox.account.contents import living, shown
from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.life import life, population
from integration_tests.sandbox.objects.registry import RESOURCES, TEMPLATES
from integration_tests.sandbox.world.facts import DAY_SECONDS, UNIQUE, Json
from integration_tests.sandbox.world.rendering import NOTHING, render, tree_of
from integration_tests.sandbox.world.stored import Stored

_CURRENCIES = "usd eur gbp"
_COUNTRIES = "AT AU BE BR CA CH CZ DE DK EE ES FI FR GB GR HK IE IN IT JP LT LU LV MX NL NO NZ PL PT SE SG SI SK US"


class Held(NamedTuple):
    """An object as the API shows it, and the id of what it stands under."""

    body: Json
    owner: str | None


class Account(Ledger):
    """An account at Stripe. Times are in whole Unix seconds; `now` is the account's own clock.

    What it returns are copies; what it is told is done at once. Calls may come from several threads.
    """

    connected: dict[str, Account]  # type: ignore[assignment]

    def __init__(self, now: int = 1_790_000_000, seed: int = 7, id: str = "") -> None:
        super().__init__(now, seed)
        self.id = id or self.id
        self.lock = threading.RLock()
        self.test_only = False
        """Whether it was made in test mode, so that no live key has anything to do with it."""
        self.refusing: set[str] = set()
        """Connected accounts that have taken the platform's access away, and are listed all the same."""
        itself = {**TEMPLATES["account"], "id": self.id, "created": now - 4 * 365 * DAY_SECONDS}
        self._put("account", self.id, itself, None, listed=False)
        for kind in sorted(set(UNIQUE.values()) - {"account"}):
            self._put(kind, kind, TEMPLATES[kind], None, listed=False)
        for name in RESOURCES["reporting.report_type"].names:
            self.bear("reporting.report_type", {"id": name})
        for country in _COUNTRIES.split():
            self.bear("country_spec", {"id": country})
        for currency in _CURRENCIES.split():
            self.bear("exchange_rate", {"id": currency})
        for kind in ("tax_code", "climate.supplier"):
            for _ in range(3):
                self.bear(kind, {})

    @classmethod
    def populated(cls, now: int = 1_790_000_000, seed: int = 7, customers: int = 40, years: float = 3) -> Account:
        """An account with a past: `customers` and what they did over `years`, ending now."""
        account = cls(now, seed)
        population.lived(account, customers, int(years * 365 * DAY_SECONDS))
        return account

    def advance(self, seconds: int) -> None:
        """Lets time pass, here and in the connected accounts."""
        with self.lock:
            self.now += seconds
            for other in self.connected.values():
                other.advance(seconds)

    def late(self, seconds: int, *, rows: int = 0) -> None:
        """From here on an event can be seen only up to so many seconds after its `created`, and new objects stand in
        lists only up to `rows` seconds after theirs.

        Seen by others: https://github.com/singer-io/tap-stripe/issues/45.
        """
        self._late_seconds, self._late_row_seconds = seconds, rows

    def create(self, object: str, /, **fields: Any) -> Json:
        """A new object, with the owner it needs if none is given, and with the events of its birth.

        A number for one of its lists (`lines=25`, `items=3`, `refunds=2`) fills that list, and so do the fields of what
        is to stand in it (`lines=[{"amount": 500}]`).
        """
        with self.lock:
            with self.at(fields.pop("created", fields.pop("date", self.now))):
                stored = self.bear(object, fields)
            return self._shown(stored)

    def update(self, id: str, /, *, object: str | None = None, **fields: Any) -> Json:
        """Changes an object, with the events Stripe has for it, which for some types are none."""
        with self.lock:
            stored = self._find(id, object)
            row = RESOURCES[stored.place[2]]
            self.change(stored, fields)
            if row.twin:
                twin = self.store.get(row.twin, id)
                shared = {name: value for name, value in fields.items() if name in ("active", "metadata", "nickname")}
                if twin is not None and shared:
                    self.change(twin, shared)
            return self._shown(stored)

    def delete(self, id: str, /, *, object: str | None = None) -> None:
        """Deletes an object; the event shows its last body. A subscription is canceled instead, as at Stripe."""
        with self.lock:
            stored = self._find(id, object)
            ends = RESOURCES[stored.place[2]].ends
            if ends:
                self.change(stored, ends)
            else:
                self.drop(stored)

    def live(self, seconds: int, changes: int, *, silent: bool = True) -> None:
        """Lets `changes` random things happen over the next `seconds`; without `silent`, none that no event tells."""
        with self.lock:
            life.live(self, seconds, changes, silent)
            for other in self.connected.values():
                other.advance(seconds)

    def uses(self, meter: str, customer: str, value: float, at: int | None = None) -> None:
        """A customer uses what a meter counts, or did so in the last 35 days. No event tells of it."""
        with self.lock:
            self.use(meter, customer, value, at)

    def has(self, object: str, count: int, between: tuple[int, int] | None = None, **fields: Any) -> list[Json]:
        """Many objects at once, over the last two years or `between` two seconds, many sharing their second."""
        with self.lock:
            return [self._shown(stored) for stored in population.spread(self, object, count, between, fields)]

    def connect(self, **fields: Any) -> Account:
        """A new connected account, with nothing in it."""
        with self.lock:
            other = Account(self.now, self.rng.randrange(1 << 30))
            itself = self.bear("account", {**fields, "id": other.id})
            other.store.stored[itself.key] = itself
            self.connected[other.id] = other
            return other

    def of(self, id: str) -> Account | None:
        """A connected account; None if there is none. One that nothing has happened in yet holds what every account
        has, and the events about itself."""
        with self.lock:
            itself = self.store.get("account", id)
            if itself is None:
                return None
            if id not in self.connected:
                other = Account(self.now, sum(map(ord, id)), id)
                other.store.stored[itself.key] = itself
                self.connected[id] = other
                for place in self.store.shelf("event").places:
                    body = self.store.stored["event", place[3]].body
                    if body.get("account") == id:
                        other.hear(body, place, self._visible_from.get(place[3], 0))
            return self.connected[id]

    def simulate(self, frozen_time: int | None = None, subscriptions: int = 1) -> Json:
        """A new test clock, and on it a customer with subscriptions, whom lists show to those who ask for them."""
        with self.lock:
            stamp = self.now if frozen_time is None else frozen_time
            clock = self.bear("test_helpers.test_clock", {"frozen_time": stamp})
            with self.at(stamp):
                customer = self.bear("customer", {"test_clock": clock.key[1]}).key[1]
                for _ in range(subscriptions):
                    self.bear("subscription", {"customer": customer, "items": 1})
            return self._shown(clock)

    def rows(self, path: str, /, **params: Any) -> list[Json]:
        """Everything a list endpoint yields now, whole and unpaged, as HTTP renders it."""
        with self.lock:
            copies: list[Json] = orjson.loads(orjson.dumps(listing.rows(self, path, params)))
            return copies

    def objects(self, object: str) -> list[Json]:
        """Every living object of a type, newest first, canceled subscriptions included, without expansions."""
        with self.lock:
            places = self.store.shelf(RESOURCES[object].shelved).older(None)
            return [self._shown(self.store.stored[place[2], place[3]]) for place in places if place[2] == object]

    def contents(self, object: str, *expand: str, under: str | None = "", over: bool = False) -> list[Held]:
        """All of a type that the API can be made to show, newest first, by what the rows of the objects say.

        `under` narrows it to what stands under an object of that type, or under none (None). Those that are `over`,
        as a canceled subscription, are left out unless asked for, and so is what is on a test clock.
        """
        with self.lock:
            found = (shown if over else living)(self, object)
            holders = ((stored, self.store.holder(object, stored.owner)) for stored in found)
            tree = tree_of(expand)
            return [
                Held(orjson.loads(orjson.dumps(render(self.store, stored, tree, self.now))), stored.owner)
                for stored, holder in holders
                if under == "" or (holder.place[2] if holder else None) == under
            ]

    def only(self, object: str) -> Json:
        """What an account has but one of."""
        with self.lock:
            return self._shown(self.stored(object, self.id if object == "account" else object))

    def _find(self, id: str, object: str | None) -> Stored:
        types = [object] if object else self.store.types.get(id, [])
        if sorted(types) == ["plan", "price"]:
            types = ["price"]
        if len(types) != 1:
            raise LookupError(f"{len(types)} objects have the id {id}")
        return self.stored(types[0], id)

    def _shown(self, stored: Stored) -> Json:
        copy: Json = orjson.loads(orjson.dumps(render(self.store, stored, NOTHING, self.now)))
        return copy
