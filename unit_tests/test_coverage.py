"""Every list that Stripe has is a stream, or is none for a reason."""

from __future__ import annotations

import re

from source_stripe.catalog import CATALOG
from source_stripe.declaration.origins import is_v2
from source_stripe.declaration.resource import Resource
from tools import coverage
from tools.event_map import IGNORED, THIN_IGNORED
from tools.generate import ROOT
from tools.sdk import anonymous, installed
from unit_tests.laws import every, name_of

SDK = installed()
LISTS = coverage.covered(SDK)
STREAMS = {stream.name for stream in CATALOG}
DOCUMENT = (ROOT / coverage.PATH).read_text()

every_stream = every("resource", CATALOG, name_of)


def test_the_sdk_knows_as_many_lists_as_version_16_1_0_has() -> None:
    of_v2 = sum(is_v2(path) for path in LISTS)
    assert (SDK.version, len(LISTS) - of_v2, of_v2) == ("16.1.0", 120, 18)


def test_no_list_is_without_a_stream_or_a_reason() -> None:
    assert [path for path, streams in LISTS.items() if not streams and path not in coverage.EXCLUDED] == []


@every("path", coverage.EXCLUDED)
def test_what_is_excluded_is_a_list_that_no_stream_reads(path: str) -> None:
    assert LISTS[path] == []


@every_stream
def test_a_stream_stands_under_the_list_that_holds_its_rows_or_is_said_to_be_none(resource: Resource) -> None:
    under = [path for path, streams in LISTS.items() if resource in streams]
    assert under == [path for path in [coverage.own_list(resource, SDK)] if path]
    _, _, taken_out = DOCUMENT.partition("## Streams that are no list of Stripe's")
    assert bool(under) != (f"\n| [`{resource.name}`]" in taken_out)


def test_the_counts_add_up() -> None:
    found = re.findall(r"^\| (\D[^|]+) \| (\d+) \| (\d+) \| (\d+) \|$", DOCUMENT, re.MULTILINE)
    counts = {what: [int(number) for number in numbers] for what, *numbers in found}
    for column in range(3):
        lists, read, not_read, streams, listed, others = (numbers[column] for numbers in counts.values())
        assert (lists, streams) == (read + not_read, listed + others)
    assert [v1 + v2 for v1, v2, _ in counts.values()] == [both for _, _, both in counts.values()]
    assert (counts["Lists"][2], counts["Streams"][2]) == (len(LISTS), len(CATALOG))


@every("former", coverage.FORMER, lambda former: former.path)
def test_a_list_that_was_removed_is_none_any_more(former: coverage.Former) -> None:
    assert not {anonymous(path) for path in former.path.split(", ")} & set(LISTS)


def test_what_is_to_be_read_instead_is_a_stream() -> None:
    assert {name for former in coverage.FORMER for name in former.instead} - STREAMS == set()


def test_what_a_reason_refers_to_is_a_stream() -> None:
    named = re.findall(r"`(\w+)`", " ".join([*coverage.EXCLUDED.values(), *IGNORED, *THIN_IGNORED]))
    assert set(named) - STREAMS == set()
