"""What a later sync costs where much has changed, and how much of it is read again when it is killed."""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.account import DAY
from benchmarks.connectors import Job
from benchmarks.measure import Run, served
from benchmarks.scenarios import CHARGES, LIVE, OLD_VERSION, Bench, figures

KILLED_AT = 0.9
"""Of the records."""


def later_syncs(bench: Bench) -> None:
    """Charges that have changed in a day, any of them or mostly the young, of accounts of several sizes."""
    for of, changed, about in bench.sizes.later:
        since = int(time.time()) - DAY - 60
        job = Job(*CHARGES, state={"charges": {"updated": since}}, options=LIVE)
        case = f"{changed:,} of {of:,} changed, {about}"
        bench.sync(bench.own, case, job, changed, *_account(of, changed, about), of=of, about=about)


def killed(bench: Bench) -> None:
    """A later sync that is killed at nine tenths of its records and goes on from its last state."""
    for of, changed, about in bench.sizes.killed:
        since = int(time.time()) - DAY - 60
        job = Job(*CHARGES, state={"charges": {"updated": since}}, options=LIVE)
        with tempfile.TemporaryDirectory() as files, served(*_account(of, changed, about)) as stripe:
            whole = bench.own.read(job, stripe, Path(files))
            needed = _requests(stripe.counts())
            first = bench.own.read(job, stripe, Path(files), KILLED_AT * changed)
            state = json.loads(first.state)["state"]["stream"]["stream_state"] if first.state else {"updated": since}
            rest = bench.own.read(replace(job, state={"charges": state}), stripe, Path(files))
            taken = _requests(stripe.counts()) - needed
        right = whole.exit_code == rest.exit_code == 0 and first.distinct + rest.distinct >= changed
        case = f"{changed:,} of {of:,} changed, {about}, killed at {KILLED_AT:.0%}".replace("%", " %")
        bench.rows.append(
            figures(rest)
            | {
                "connector": bench.own.name,
                "case": case,
                "right": right,
                "expected": changed,
                "requests": taken,
                "least_requests": needed,
                "repeated": (taken - needed) / needed,
                "peak_mb": round(max(first.peak_mb, rest.peak_mb, whole.peak_mb), 3),
                "wall": round(_seconds(first, rest), 3),
            }
        )
        bench.say(f"  ours     {case:<58} {needed:,} requests, {taken:,} with the kill{'' if right else '  WRONG'}")


def _account(of: int, changed: int, about: str) -> tuple[str, ...]:
    """So many charges, and events of a day that tell of some of them."""
    feed = ("--events", f"charge.updated={changed}", "--events-days", "1", "--events-about", about)
    return ("--objects", f"charges={of}", *feed, "--event-version", OLD_VERSION)


def _requests(counts: Mapping[str, Any]) -> int:
    return int(sum(counts["requests"].values()))


def _seconds(*runs: Run) -> float:
    return math.fsum(one.wall for one in runs)
