"""Random configurations: each is gone by, or refused in a sentence."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

from integration_tests.in_process import file, said, selecting
from integration_tests.odd_values import KEYS, encoded, is_sound, odd, placed, written
from integration_tests.oracle import held
from integration_tests.printed import Printed, WrongError, understood
from integration_tests.vocabulary import BY_NAME, Account, Sandbox, settled
from source_stripe.config import moment
from source_stripe.options import ELSEWHERE

KEY = "rk_test_51Mq4WzCt7RvYbEx2NgUk9HsLd6JpFo1AiQw3ZmTc8XnVr5ByGuKe0SjPhDl"
STREAMS = ("customers", "charges", "balance_transactions")

GOOD: dict[str, tuple[Any, ...]] = {
    "account_id": ("", None, "  "),
    "start_date": ("2017-01-25T00:00:00Z", "2026-01-01", "", None, "2026-07-01T00:00:00+02:00", "0001-01-01"),
    "lookback_window_days": (0, 1, 30, 100_000, None, ""),
    "slice_range": (1, 7, 365, 1 << 31, 10**18, None),
    "num_workers": (1, 3, 100, "5", None),
    "call_rate_limit": (1, 25, 10**9, None, ""),
    "incremental_records": ("current", "event", None, ""),
    "recheck_days": (0, 3, 100_000, None),
    "reconcile": (True, False, None, ""),
    "emit_every_version": (True, False, None, ""),
    "test_clocks": (True, False, None, ""),
    "unreadable_streams": ("keep", "hide", None, ""),
    "credentials": (
        None,
        "",
        {"auth_type": "api_key", "api_key": KEY},
        {"api_key": f" {KEY}\n"},
        {"access_token": KEY, "credentials_title": "Private App Credentials"},
    ),
}
"""What each option takes."""
BAD: dict[str, tuple[Any, ...]] = {
    "client_secret": ("", " ", None, 5, [], {}, "pk_live_51Abc", "sk_test_\n_51", "sk_test_\x00", "sk_tést_51", True),
    "account_id": ("acct", "acct_", "acct_/../x", "acct_1\r\nHost: x", 5, [], "x" * 10_000, *KEYS),
    "start_date": ("0000-00-00", "9999-12-31T23:59:59Z", "2020-02-30", "now", "1e9", -1, 5, [], {}, True, *KEYS),
    "lookback_window_days": (-1, 0.5, "many", [], {}, -(10**30), *KEYS),
    "slice_range": (0, -1, 0.5, "x", [], {}, *KEYS),
    "num_workers": (0, 101, -1, 10**30, "x", [], {}, 1.5, *KEYS),
    "call_rate_limit": (0, -1, "x", [], {}, 0.1, *KEYS),
    "incremental_records": ("Event", "x", 5, [], {}, True, *KEYS),
    "recheck_days": (-1, 0.5, "x", [], {}, *KEYS),
    "reconcile": (5, "x", [], {}, *KEYS),
    "emit_every_version": (5, "x", [], {}, *KEYS),
    "test_clocks": (5, "x", [], {}, *KEYS),
    "unreadable_streams": ("Keep", 5, [], {}, True, *KEYS),
    "credentials": (
        *(5, [], {"auth_type": "x", "a": 1}, {"auth_type": "oauth", "client_secret": KEY}, *KEYS),
        *({"auth_type": "api_key", "api_key": one} for one in (5, "pk_live_51Abc", "rt_51Abc", {"a": KEY}, "a b")),
    ),
}
"""What each option does not take."""
DATES = (
    *(
        "2020-W01-1",
        "20200101",
        "\uff11\uff19\uff19\uff19-01-01",
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:00:00+99:99",
        "-0001-01-01",
    ),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2020-01-01\n", "1970-01-01", "2026-09-21T14:13:20Z"),
)


class Configurations:
    """An account, and commands with whatever configuration."""

    def __init__(self, directory: Path) -> None:
        self.tally: Counter[str] = Counter()
        self._directory = directory
        self._stripe = with_key(settled(customers=5, seed=3).account, KEY)
        self._catalog = file(directory, "catalog.json", selecting(*STREAMS))
        account = self._stripe.account
        self._rows = {name: held(account, BY_NAME[name]) for name in STREAMS}

    def try_one(self, rng: random.Random) -> None:
        """Raises WrongError."""
        config, right = self._config(rng)
        sound = is_sound(config)
        content, is_text = encoded(written(config, rng), rng)
        path, is_file = placed(self._directory, content, rng)
        if not (is_text and is_file and sound):
            right = None
        command = rng.choice(("check", "check", "read", "read", "read", "discover", "spec"))
        argv = [command, *(["--debug"] if rng.random() < 0.1 else [])]
        argv += ["--config", path] if command != "spec" else []
        argv += ["--catalog", self._catalog] if command == "read" else []
        shown = f"{argv}\n{content[:1500]!r}"
        try:
            # A key with another character in its middle has no shape that it could be told by.
            keys = (KEY, *KEYS) if is_text else (KEY,)
            printed = understood(command, said(argv, self._stripe.session, self._stripe.account.now), keys)
            self._judge(command, printed, config, right)
        except WrongError as error:
            raise WrongError(f"{shown}\n{error}") from None
        self.tally["examples"] += 1
        self.tally["done" if printed.succeeded else "refused"] += 1

    def _judge(self, command: str, printed: Printed, config: Any, right: bool | None) -> None:
        """`right` is whether it must be gone by; None where that is not known."""
        if command in ("check", "read") and right is not None and printed.succeeded is not right:
            raise WrongError(f"{'Refused' if right else 'Gone by'}: {printed.synced.error}")
        if command != "read":
            return
        if not printed.succeeded:
            if printed.synced.error.startswith("Not read whole") and right:
                raise WrongError(printed.synced.error)
            return
        start = moment(config.get("start_date") or "2017-01-25") if right else None
        for name, rows in self._rows.items():
            found = {record["id"] for record in printed.synced.records(name)}
            wanted = {key for key, row in rows.items() if start is None or row["created"] >= start}
            if found != wanted and start is not None:
                raise WrongError(f"{name}: {len(found)} rows, not {len(wanted)}")

    def _config(self, rng: random.Random) -> tuple[Any, bool | None]:
        """A configuration, and whether it must be gone by."""
        config: dict[str, Any] = {"client_secret": KEY}
        right: bool | None = True
        for name in rng.sample(sorted(GOOD), rng.choice((0, 1, 2, 3, 5))):
            config[name] = rng.choice(GOOD[name])
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            match rng.randrange(9):
                case 0 | 1:
                    name = rng.choice(sorted(BAD))
                    config[name] = rng.choice(BAD[name])
                    right = False
                case 2 | 3:
                    config[rng.choice(sorted(BAD))] = odd(rng)
                    right = None
                case 4:
                    name = rng.choice(sorted(BAD))
                    at = rng.randrange(len(name))
                    config[name[:at] + rng.choice("xz_") + name[at + 1 :]] = rng.choice((odd(rng), KEY))
                    right = right and None
                case 5:
                    config[rng.choice(sorted(ELSEWHERE))] = odd(rng)
                    right = right and None
                case 6:
                    config[rng.choice((*KEYS, "", "\x00", "x" * 5_000, "_platform", "ü"))] = odd(rng)
                    right = right and None
                case 7:
                    config["start_date"] = rng.choice(DATES)
                    right = None
                case _:
                    config.pop("client_secret", None)
                    config[rng.choice(("client_secrt", "api_key", "secret", "token"))] = rng.choice((KEY, *KEYS))
                    right = False
        # What was wrong may have been overwritten since.
        wrong = [name for name in BAD if name in config and config[name] not in (*GOOD.get(name, ()), KEY)]
        if right is False and ("client_secret" in config or config.get("credentials")) and not wrong:
            right = None
        return config, right


def with_key(account: Account, key: str) -> Sandbox:
    return Sandbox(account, {key: ()})
