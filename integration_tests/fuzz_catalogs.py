"""Random catalogues: each selects what is then read whole, or is refused in a sentence."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from integration_tests.fuzz_configurations import KEY, with_key
from integration_tests.in_process import file, said
from integration_tests.odd_values import KEYS, damaged, encoded, is_sound, odd, placed, written
from integration_tests.oracle import held
from integration_tests.printed import Printed, WrongError, understood
from integration_tests.vocabulary import BY_NAME, settled

STREAMS = ("customers", "charges", "balance_transactions", "invoice_line_items", "balance", "country_specs")
UNKNOWN = ("custommers", "usage_records", "", "x" * 5_000, "Customers", "\x00", *KEYS)


class Catalogs:
    """An account, and syncs of whatever is selected."""

    def __init__(self, directory: Path) -> None:
        self.tally: Counter[str] = Counter()
        self._directory = directory
        self._stripe = with_key(settled(customers=5, seed=3).account, KEY)
        self._config = file(directory, "config.json", {"client_secret": KEY, "num_workers": 4})
        account = self._stripe.account
        self._rows = {name: set(held(account, BY_NAME[name])) for name in STREAMS}
        printed = said(["discover", "--config", self._config], self._stripe.session, account.now)
        understood("discover", printed, (KEY, *KEYS))
        self._discovered = next(line for line in printed.lines if line["type"] == "CATALOG")
        self._streams = {one["name"]: one for one in self._discovered["catalog"]["streams"]}

    def try_one(self, rng: random.Random) -> None:
        """Raises WrongError."""
        catalog, right = self._catalog(rng)
        sound = is_sound(catalog)
        content, is_text = encoded(written(catalog, rng), rng)
        path, is_file = placed(self._directory, content, rng)
        argv = ["read", "--config", self._config, "--catalog", path]
        try:
            keys = (KEY, *KEYS) if is_text else (KEY,)
            printed = understood("read", said(argv, self._stripe.session, self._stripe.account.now), keys)
            if right is not None and sound and is_text and is_file and printed.succeeded is not right:
                raise WrongError(f"{'Refused' if right else 'Gone by'}: {printed.synced.error}")
            if printed.succeeded:
                self._judge(printed, Path(path).read_bytes())
        except WrongError as error:
            raise WrongError(f"{argv}\n{content[:3000]!r}\n{error}") from None
        self.tally["examples"] += 1
        self.tally["read" if printed.succeeded else "refused"] += 1

    def _judge(self, printed: Printed, content: bytes) -> None:
        """What is selected is there whole, if it was read."""
        names = [one["stream"]["name"] for one in json.loads(content)["streams"]]
        if not names or sorted(printed.synced.statuses) != sorted(names):
            raise WrongError(f"Selected {names}, read {printed.synced.statuses}")
        for name in names:
            found = printed.synced.ids(name)
            if name in self._rows and found != self._rows[name]:
                raise WrongError(f"{name}: {len(found)} rows, not {len(self._rows[name])}")

    def _catalog(self, rng: random.Random) -> tuple[Any, bool | None]:
        """What may be given as one, and whether it must be gone by; None where that is not known."""
        names = rng.sample(STREAMS, rng.choice((1, 1, 2, 3)))
        catalog: Any = {"streams": [self._entry(rng, name) for name in names]}
        match rng.randrange(12):
            case 0 | 1:
                return catalog, True
            case 2:
                return self._none(rng), False
            case 3:
                catalog["streams"].append(self._entry(rng, rng.choice(UNKNOWN)))
                rng.shuffle(catalog["streams"])
                return catalog, False
            case 4:
                catalog["streams"].append(self._entry(rng, rng.choice(names)))
                return catalog, False
            case 5:
                entry = rng.choice(catalog["streams"])
                entry["sync_mode"] = rng.choice(("INCREMENTAL", "full", "", None, 5, [], {}, *KEYS))
                return catalog, False
            case 6:
                entry = rng.choice(catalog["streams"])
                entry[rng.choice(("cursor_field", "primary_key", "destination_sync_mode"))] = odd(rng)
                return catalog, None
            case 7:
                entry = rng.choice(catalog["streams"])["stream"]
                field = rng.choice(("source_defined_primary_key", "default_cursor_field", "namespace", "json_schema"))
                entry[field] = odd(rng)
                return catalog, None
            case 8:
                catalog[rng.choice(("streams", "stream", "type", "catalog", *KEYS))] = odd(rng)
                return catalog, None
            case _:
                for _ in range(rng.choice((1, 1, 2, 5))):
                    catalog = damaged(catalog, rng)
                return catalog, None

    def _none(self, rng: random.Random) -> Any:
        """What is no configured catalogue, or selects nothing that there is."""
        catalog = self._discovered["catalog"]
        few = {"streams": rng.sample(catalog["streams"], 3)}
        if rng.random() < 0.05:
            return rng.choice(
                (
                    self._discovered,
                    catalog,
                    {"streams": [self._entry(rng, f"stream_{number}") for number in range(3_000)]},
                    {"streams": [self._entry(rng, "customers")] * 5_000},
                )
            )
        return rng.choice(
            (
                {"streams": []},
                {"streams": {}},
                {"streams": None},
                {"streams": "customers"},
                {"streams": ["customers"]},
                {"streams": [None]},
                {"streams": [[]]},
                {"streams": [{}]},
                {},
                {"type": "CATALOG", "catalog": few},
                few,
                [self._entry(rng, "customers")],
                {"streams": [{"stream": one} for one in few["streams"]]},
                {"customers": {"updated": 5}},
                {"client_secret": KEYS[0]},
                self._entry(rng, "customers"),
            )
        )

    def _entry(self, rng: random.Random, name: str) -> Any:
        """A stream as a platform selects it: with all that discover said, or as little as it takes."""
        modes = ["full_refresh", "incremental"]
        few = {"name": name, "json_schema": {}, "supported_sync_modes": modes}
        stream = rng.choice((few, few, self._streams.get(name, few)))
        entry = {
            "stream": dict(stream),
            "sync_mode": rng.choice(modes),
            "destination_sync_mode": rng.choice(("append", "overwrite", "append_dedup")),
        }
        more = {
            "cursor_field": rng.choice(([], ["updated"], ["no", "such"])),
            "primary_key": rng.choice(([], [["id"]], [["no_such"]])),
            "generation_id": 5,
            "minimum_generation_id": 0,
            "sync_id": 7,
        }
        return entry | {key: more[key] for key in rng.sample(sorted(more), rng.choice((0, 0, 2)))}
