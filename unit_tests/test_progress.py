"""What is told of a sync while it runs."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest

from source_stripe.sync.progress import Progress, ProgressSnapshot, sentence


@dataclass
class Stream:
    name: str
    at: ProgressSnapshot | None

    def snapshot(self) -> ProgressSnapshot | None:
        return self.at


def told(
    streams: list[Stream], ticks: list[float], caplog: pytest.LogCaptureFixture
) -> tuple[list[str], list[tuple[str, int]]]:
    now, estimates = [0.0], list[tuple[str, int]]()
    progress = Progress(lambda: now[0], lambda *estimate: estimates.append(estimate))
    progress.watch(streams)
    with caplog.at_level(logging.INFO, "airbyte"):
        logging.getLogger("airbyte").disabled = False
        for at in ticks:
            now[0] = at
            progress.tick()
    return [message for message in caplog.messages if "records" in message], estimates


def test_each_running_stream_is_told_of_every_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    streams = [Stream("charges", ProgressSnapshot(10, 1, 0.5, 10.0, True)), Stream("refunds", None)]
    lines, _ = told(streams, [1, 9.9, 10, 11, 19.9, 20, 35], caplog)
    assert len(lines) == 3
    assert all(line.startswith("charges: ") for line in lines)


@pytest.mark.parametrize(
    ("snapshot", "rows"),
    [
        (ProgressSnapshot(1_000, 10, 0.5, 250.4, True), 1_250),
        (ProgressSnapshot(1_000, 10, 0.01, 99_000.0, True), None),
        (ProgressSnapshot(1_000, 10, 0.5, 0.0, False), None),
    ],
)
def test_an_estimate_is_given_only_where_it_can_be_honest(
    snapshot: ProgressSnapshot, rows: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    _, estimates = told([Stream("charges", snapshot)], [10], caplog)
    assert estimates == ([("charges", rows)] if rows else [])


@pytest.mark.parametrize(
    ("snapshot", "elapsed", "said"),
    [
        (
            ProgressSnapshot(120_000, 1_210, 0.48, 130_000.0, True),
            50.0,
            "120,000 records, 1,210 requests, 48 % of the time range, about 130,000 records left, 54 s at this pace",
        ),
        (
            ProgressSnapshot(1_000, 12, 0.1, 9_000.0, True),
            600.0,
            "1,000 records, 12 requests, 10 % of the time range, about 9,000 records left, 1 h 30 min at this pace",
        ),
        (
            ProgressSnapshot(100, 3, 0.5, 100.0, True),
            90.0,
            "100 records, 3 requests, 50 % of the time range, about 100 records left, 1 min 30 s at this pace",
        ),
        (ProgressSnapshot(0, 3, 0.2, 0.0, False), 10.0, "0 records, 3 requests, 20 % of the time range"),
        (ProgressSnapshot(50, 3, 1.0, 0.0, True), 10.0, "50 records, 3 requests, 100 % of the time range"),
    ],
)
def test_a_line_says_how_far_it_is_and_how_long_it_may_take(
    snapshot: ProgressSnapshot, elapsed: float, said: str
) -> None:
    assert sentence(snapshot, elapsed) == said
