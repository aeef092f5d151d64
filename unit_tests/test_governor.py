"""No second sees more requests than allowed, and no allowance is wasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.governor import BURST_SECONDS, Governor

ENDPOINTS = st.lists(st.sampled_from("abc"), min_size=1, max_size=120)


def sent_at(governor: Governor, endpoints: list[str], pause_seconds: float = 0.0) -> list[tuple[float, str]]:
    now, sent = 0.0, []
    for endpoint in endpoints:
        now += pause_seconds
        sent.append((now + governor.reserve(endpoint, now), endpoint))
    return sent


def busiest(times: list[float], seconds: float) -> int:
    return max(sum(start <= at < start + seconds for at in times) for start in times)


@given(ENDPOINTS, st.floats(1, 100), st.floats(1, 25), st.floats(0, 0.2))
def test_no_second_sees_more_than_the_rate_and_a_small_burst(
    endpoints: list[str], rate: float, endpoint_rate: float, pause: float
) -> None:
    sent = sent_at(Governor(rate, endpoint_rate), endpoints, pause)
    assert busiest([at for at, _ in sent], 1.0) <= rate * (1 + BURST_SECONDS) + 2
    for name in set(endpoints):
        times = [at for at, endpoint in sent if endpoint == name]
        assert busiest(times, 1.0) <= endpoint_rate * (1 + BURST_SECONDS) + 2


def test_a_hundred_requests_at_ten_a_second_take_ten_seconds() -> None:
    last, _ = sent_at(Governor(10, 10), ["a"] * 100)[-1]
    assert last == pytest.approx(10, abs=0.5)


def test_a_busy_endpoint_leaves_the_global_rate_to_the_others() -> None:
    governor = Governor(100, 10)
    sent_at(governor, ["a"] * 50)
    assert governor.reserve("b", 5.0) == 0


@pytest.mark.parametrize(
    ("key", "asked", "rates"),
    [
        ("sk_live_1", None, (80, 20)),
        ("rk_live_1", None, (80, 20)),
        ("sk_test_1", None, (20, 20)),
        ("rk_test_1", 10, (10, 10)),
        ("sk_live_1", 50, (50, 25)),
        ("sk_live_1", 1000, (100, 25)),
        ("sk_test_1", 1000, (25, 25)),
    ],
)
def test_the_rates_are_a_share_of_stripes_or_what_the_user_asks_for(
    key: str, asked: int | None, rates: tuple[float, float]
) -> None:
    governor = Governor.of(key, asked)
    assert (governor.rate, governor.endpoint_rate) == rates
