"""What is told of a sync while it runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import pytest

from source_stripe.sync.progress import Parents, Progress, ProgressSnapshot, sentence, together


@dataclass
class Part:
    """A stream, or a member of a union."""

    at: ProgressSnapshot | None
    done: bool = False
    failed: bool = False
    emitted: int = 0
    requests: int = 0

    def snapshot(self) -> ProgressSnapshot | None:
        return self.at


def running(snapshot: ProgressSnapshot) -> Part:
    return Part(snapshot, emitted=snapshot.records, requests=snapshot.requests)


def told(
    streams: dict[str, list[Part]],
    ticks: list[float],
    caplog: pytest.LogCaptureFixture,
    sent: Iterable[int] = (),
) -> tuple[list[str], list[tuple[str, int]]]:
    """What is said when something comes at some times, where so many requests were `sent` at each line."""
    now, estimates, requests = [0.0], list[tuple[str, int]](), chain(sent, repeat(0))
    progress = Progress(lambda: now[0], lambda *estimate: estimates.append(estimate), lambda: next(requests))
    progress.watch(streams)
    with caplog.at_level(logging.INFO, "airbyte"):
        logging.getLogger("airbyte").disabled = False
        for at in ticks:
            now[0] = at
            progress.tick()
    return [message for message in caplog.messages if "records" in message], estimates


def test_each_running_stream_is_told_of_every_ten_seconds_and_the_sync_as_a_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    streams = {
        "charges": [running(ProgressSnapshot(10, 1, 0.5, 10.0))],
        "refunds": [Part(None)],
        "payouts": [Part(None, done=True, emitted=30, requests=2)],
        "disputes": [Part(None, done=True, failed=True)],
    }
    lines, _ = told(streams, [1, 9.9, 10, 11, 19.9, 20, 35], caplog, sent=[3, 103, 103])
    assert [line.partition(":")[0] for line in lines] == ["All streams", "charges"] * 3
    assert lines[0::2] == [
        "All streams: 2 of 4 done, 1 of them failed, 40 records, 3 requests, 4 records/s, 0.3 requests/s",
        "All streams: 2 of 4 done, 1 of them failed, 40 records, 103 requests, 0 records/s, 10.0 requests/s",
        "All streams: 2 of 4 done, 1 of them failed, 40 records, 103 requests, 0 records/s, 0.0 requests/s",
    ]


def test_a_union_is_one_stream_whose_members_have_no_line(caplog: pytest.LogCaptureFixture) -> None:
    members = [
        running(ProgressSnapshot(10, 1, 0.5, 10.0)),
        running(ProgressSnapshot(20, 2, 0.1, 70.0)),
        Part(None, done=True, emitted=30, requests=3),
    ]
    lines, estimates = told({"discounts": [*members]}, [10], caplog)
    assert lines[1:] == [
        "discounts: 60 records, 6 requests, 53 % of the time range, about 80 records left, 13 s at this pace"
    ]
    assert estimates == [("discounts", 140)]
    members[1] = running(ProgressSnapshot(0, 1, 0.0, 0.0))
    caplog.clear()
    lines, estimates = told({"discounts": [*members]}, [10], caplog)
    assert lines[1:] == ["discounts: 40 records, 5 requests, 50 % of the time range"]
    assert estimates == []
    assert together(members[2:]) is None


@pytest.mark.parametrize(
    ("snapshot", "rows"),
    [
        (ProgressSnapshot(1_000, 10, 0.5, 250.4), 1_250),
        (ProgressSnapshot(1_000, 10, 0.01, 99_000.0), None),
        (ProgressSnapshot(1_000, 10, None, 0.0, events=0.5), None),
        (ProgressSnapshot(1_000, 10, 0.5, 10.0, events=0.5), None),
        (ProgressSnapshot(1_000, 10, 0.25, 3_000.0, Parents(10, 40.0)), 4_000),
    ],
)
def test_an_estimate_is_given_only_where_it_can_be_honest(
    snapshot: ProgressSnapshot, rows: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    _, estimates = told({"charges": [running(snapshot)]}, [10], caplog)
    assert estimates == ([("charges", rows)] if rows else [])


@pytest.mark.parametrize(
    ("snapshot", "elapsed", "said"),
    [
        (
            ProgressSnapshot(120_000, 1_210, 0.48, 130_000.0),
            50.0,
            "120,000 records, 1,210 requests, 48 % of the time range, about 130,000 records left, 54 s at this pace",
        ),
        (
            ProgressSnapshot(1_000, 12, 0.1, 9_000.0),
            600.0,
            "1,000 records, 12 requests, 10 % of the time range, about 9,000 records left, 1 h 30 min at this pace",
        ),
        (
            ProgressSnapshot(100, 3, 0.5, 100.0),
            90.0,
            "100 records, 3 requests, 50 % of the time range, about 100 records left, 1 min 30 s at this pace",
        ),
        (
            ProgressSnapshot(6_000, 2_010, 0.2, 24_000.0, Parents(2_000, 10_000.4)),
            100.0,
            "6,000 records, 2,010 requests, lists of 2,000 of about 10,000 parents, about 24,000 records left, "
            "6 min 40 s at this pace",
        ),
        (
            ProgressSnapshot(6_000, 2_010, 1.0, 0.0, Parents(2_000, 2_000.0), events=0.5),
            100.0,
            "6,000 records, 2,010 requests, lists of 2,000 of 2,000 parents, 50 % of the events read",
        ),
        (
            ProgressSnapshot(310, 5, None, events=1.0),
            10.0,
            "310 records, 5 requests, 100 % of the events read",
        ),
        (ProgressSnapshot(0, 3, 0.2), 10.0, "0 records, 3 requests, 20 % of the time range"),
        (ProgressSnapshot(50, 3, 1.0), 10.0, "50 records, 3 requests, 100 % of the time range"),
    ],
)
def test_a_line_says_how_far_it_is_and_how_long_it_may_take(
    snapshot: ProgressSnapshot, elapsed: float, said: str
) -> None:
    assert sentence(snapshot, elapsed) == said


def test_the_lines_that_the_documentation_shows_are_such_lines(caplog: pytest.LogCaptureFixture) -> None:
    streams = {
        "charges": [running(ProgressSnapshot(120_000, 1_210, 0.48, 130_000.0))],
        "payment_methods": [running(ProgressSnapshot(6_000, 2_010, 0.2, 12_000.0, Parents(2_000, 6_000.0)))],
        "customers": [running(ProgressSnapshot(310, 5, None, events=1.0))],
    }
    lines, _ = told(streams, [50], caplog, sent=[3_225])
    page = (Path(__file__).parents[1] / "docs" / "troubleshooting.md").read_text()
    assert "\n".join(f"    {line}" for line in lines) in page
