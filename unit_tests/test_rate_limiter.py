"""No second sees more requests than allowed, no allowance is wasted, and a refusal slows those it concerns."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.stripe.key import Key
from source_stripe.stripe.rate_limiter import (
    DECREASE,
    ENDPOINT_CONCURRENCY,
    ENDPOINT_RATE,
    GLOBAL_CONCURRENCY,
    GLOBAL_RATE,
    INCREASE_PER_SECOND,
    RESOURCE,
    RateLimiter,
)

ENDPOINTS = st.lists(st.sampled_from("abc"), min_size=1, max_size=120)


def sent_at(
    limiter: RateLimiter, endpoints: list[str], pause: float = 0.0, now: float = 0.0
) -> list[tuple[float, str]]:
    """When requests leave that are made one after the other, `pause` seconds apart, and answered at once."""
    sent = []
    for endpoint in endpoints:
        now += pause + limiter.wait_seconds(endpoint, now + pause)
        limiter.take(endpoint, now)
        limiter.answered(endpoint, now, now)
        sent.append((now, endpoint))
    return sent


def busiest(times: list[float], seconds: float) -> int:
    return max(sum(start <= at < start + seconds for at in times) for start in times)


def seconds_for(limiter: RateLimiter, endpoint: str, requests: int, now: float) -> float:
    return sent_at(limiter, [endpoint] * requests, now=now)[-1][0] - now


@given(ENDPOINTS, st.floats(1, 100), st.floats(1, 25), st.floats(0, 0.2))
def test_no_second_sees_more_than_the_rate_and_a_small_burst(
    endpoints: list[str], rate: float, endpoint_rate: float, pause: float
) -> None:
    sent = sent_at(RateLimiter(rate, endpoint_rate, 10), endpoints, pause)
    assert busiest([at for at, _ in sent], 1.0) <= rate * 1.2 + 3
    for name in set(endpoints):
        times = [at for at, endpoint in sent if endpoint == name]
        assert busiest(times, 1.0) <= endpoint_rate * 1.2 + 3


@pytest.mark.parametrize(("key", "asked"), [("sk_live_1", None), ("sk_test_1", None), ("rk_live_1", 60)])
def test_no_second_sees_more_than_stripe_allows_where_the_user_asks_for_less(key: str, asked: int | None) -> None:
    limiter = RateLimiter.of(Key(key), asked, 10)
    allowed = 100 if "live" in key else 25
    assert busiest([at for at, _ in sent_at(limiter, [f"/v1/{n % 40}" for n in range(500)])], 1.0) <= allowed
    if asked is None:
        assert busiest([at for at, _ in sent_at(limiter, ["/v1/charges"] * 200, now=100)], 1.0) <= 25


@pytest.mark.parametrize("key", ["sk_live_1", "sk_test_1"])
@pytest.mark.parametrize("asked", [None, 10, 100])
@pytest.mark.parametrize("path", ["/v1/charges", "/v1/files", "/v1/{}"])
def test_processes_that_share_a_key_send_no_more_in_any_second_than_one_that_has_it_all(
    key: str, asked: int | None, path: str
) -> None:
    asks = [path.format(number % 40) for number in range(400)]

    def sent(share: float) -> list[float]:
        return [at for at, _ in sent_at(RateLimiter.of(Key(key), asked, 10, share), asks)]

    whole = busiest(sent(1.0), 1.0)
    for workers in range(2, 11):
        # All begin at once, so that the busiest second of each is the busiest of all.
        assert workers * busiest(sent(1 / workers), 1.0) <= whole, workers


def test_a_hundred_requests_at_ten_a_second_take_ten_seconds() -> None:
    assert seconds_for(RateLimiter(10, 10, 5), "a", 100, 0.0) == pytest.approx(10, abs=0.5)


def test_a_busy_endpoint_leaves_the_global_rate_to_the_others() -> None:
    limiter = RateLimiter(100, 10, 5)
    sent_at(limiter, ["a"] * 50)
    assert limiter.wait_seconds("b", 5.0) == 0


@pytest.mark.parametrize(
    ("key", "asked", "rates"),
    [
        ("sk_live_1", None, (80, 20, 16)),
        ("rk_live_1", None, (80, 20, 16)),
        ("sk_test_1", None, (20, 20, 16)),
        ("rk_test_1", 10, (10, 10, 10)),
        ("sk_live_1", 50, (50, 25, 20)),
        ("sk_live_1", 1000, (100, 25, 20)),
        ("sk_test_1", 1000, (25, 25, 20)),
    ],
)
def test_the_rates_are_a_share_of_stripes_or_what_the_user_asks_for(
    key: str, asked: int | None, rates: tuple[float, float, float]
) -> None:
    limiter = RateLimiter.of(Key(key), asked, 10)
    assert (limiter.rate, limiter.endpoint_rate, limiter.files_rate) == rates


def test_all_that_has_to_do_with_files_shares_one_limit() -> None:
    limiter = RateLimiter.of(Key("sk_live_1"), 100, 10)
    paths = ["/v1/files", "/v1/files/{file}", "/v1/file_links"]
    times = [at for at, _ in sent_at(limiter, [paths[n % 3] for n in range(100)])]
    assert times[-1] == pytest.approx(100 / 20, abs=0.3)


@pytest.mark.parametrize(
    ("reason", "slowed", "spared"),
    [
        (ENDPOINT_RATE, ["a"], ["b"]),
        (RESOURCE, ["a"], ["b"]),
        (GLOBAL_RATE, ["a", "b"], []),
        ("a reason of tomorrow", ["a", "b"], []),
    ],
)
def test_a_refused_rate_slows_whoever_shares_the_limit(reason: str, slowed: list[str], spared: list[str]) -> None:
    for endpoint in (*slowed, *spared):
        limiter = RateLimiter(20, 20, 10)
        limiter.take("a", 0.0)
        limiter.answered("a", 0.0, 0.1, reason)
        assert (seconds_for(limiter, endpoint, 20, 0.1) > 1.05) == (endpoint in slowed)


def test_what_was_sent_before_a_refusal_tells_nothing_new() -> None:
    once, thrice = RateLimiter(20, 20, 10), RateLimiter(20, 20, 10)
    for limiter, refusals in ((once, 1), (thrice, 3)):
        for _ in range(3):
            limiter.take("a", 0.0)
        for number in range(3):
            limiter.answered("a", 0.0, 0.1 + number / 100, GLOBAL_RATE if number < refusals else "")
    assert seconds_for(once, "a", 20, 1.0) == pytest.approx(seconds_for(thrice, "a", 20, 1.0), rel=0.01)


def test_a_limit_recovers_bit_by_bit_and_to_the_whole() -> None:
    limiter = RateLimiter(20, 20, 10)
    limiter.take("a", 0.0)
    limiter.answered("a", 0.0, 0.0, GLOBAL_RATE)
    paces = [seconds_for(limiter, "a", 20, float(now)) for now in (1, 5, 60)]
    assert paces == sorted(paces, reverse=True)
    assert paces[-1] == pytest.approx(seconds_for(RateLimiter(20, 20, 10), "a", 20, 0.0))


def test_however_often_it_is_refused_it_goes_on() -> None:
    limiter, now = RateLimiter(20, 20, 10), 0.0
    for _ in range(100):
        now += limiter.wait_seconds("a", now)
        limiter.take("a", now)
        limiter.answered("a", now, now, GLOBAL_RATE)
    assert now < 400


@pytest.mark.parametrize(("reason", "other"), [(GLOBAL_CONCURRENCY, math.inf), (ENDPOINT_CONCURRENCY, 0.0)])
def test_fewer_requests_are_under_way_at_once_after_a_refusal_for_concurrency(reason: str, other: float) -> None:
    limiter = RateLimiter(1000, 1000, 10)
    for _ in range(10):
        limiter.take("a", 0.0)
    assert limiter.wait_seconds("b", 0.0) == math.inf
    limiter.answered("a", 0.0, 1.0, reason)
    limiter.answered("a", 0.0, 1.0)
    assert limiter.wait_seconds("a", 1.0) == math.inf
    assert limiter.wait_seconds("b", 1.0) == other
    for _ in range(8):
        limiter.answered("a", 0.0, 1.0)
    assert limiter.wait_seconds("a", 1.0) == 0
    for _ in range(10):
        limiter.take("a", 60.0)
    assert limiter.wait_seconds("a", 60.0) == math.inf


def fit(limiter: RateLimiter, now: float) -> int:
    """How many more may be under way at once."""
    number = 0
    while limiter.wait_seconds("a", now) < math.inf:
        limiter.take("a", now)
        number += 1
    for _ in range(number):
        limiter.answered("a", now, now)
    return number


# Catches: a limit that shrinks where it should grow back, or grows at another pace, or beyond the whole.
@pytest.mark.parametrize("most", [1, 5, 10, 100])
@pytest.mark.parametrize("reason", [GLOBAL_CONCURRENCY, ENDPOINT_CONCURRENCY])
def test_after_a_refusal_for_concurrency_a_request_more_fits_each_second_or_a_share_of_all(
    most: int, reason: str
) -> None:
    limiter = RateLimiter(1e9, 1e9, most)
    for _ in range(most):
        limiter.take("a", 0.0)
    for number in range(most):
        limiter.answered("a", 0.0, 10.0, reason if not number else "")
    left = max(1.0, most * DECREASE)
    for seconds in (0, 1, 2, 3, 5, 8, 20, 100):
        grown = left + seconds * max(1.0, most * INCREASE_PER_SECOND)
        assert fit(limiter, 10.0 + seconds) == int(min(most, grown))


# Catches: a refusal that takes the limit below what is under way, or below one.
def test_however_often_concurrency_is_refused_one_request_fits() -> None:
    limiter = RateLimiter(1e9, 1e9, 10)
    for number in range(20):
        limiter.take("a", float(number) / 100)
        limiter.answered("a", number / 100, number / 100, GLOBAL_CONCURRENCY)
    assert fit(limiter, 0.2) == 1


# Catches: a rate that shrinks where it should grow back, or grows at another pace, or beyond the whole.
@pytest.mark.parametrize(("rate", "reason"), [(20.0, GLOBAL_RATE), (80.0, GLOBAL_RATE), (20.0, ENDPOINT_RATE)])
def test_after_a_refusal_the_rate_grows_back_by_a_share_of_the_whole_each_second(rate: float, reason: str) -> None:
    limiter = RateLimiter(rate, rate, 10)
    limiter.take("a", 0.0)
    limiter.answered("a", 0.0, 10.0, reason)
    for seconds in (0, 1, 2, 5, 7.5, 8, 100):
        grown = min(rate, rate * (DECREASE + INCREASE_PER_SECOND * seconds))
        assert limiter.pace("a", 10.0 + seconds) == pytest.approx(grown)
        assert limiter.pace("b", 10.0 + seconds) == pytest.approx(rate if reason == ENDPOINT_RATE else grown)


@given(st.floats(1, 100), st.integers(1, 20), st.integers(0, 10))
def test_there_is_room_for_one_more_exactly_if_it_could_follow_those_that_wait_at_once(
    rate: float, concurrency: int, waiting: int
) -> None:
    limiter = RateLimiter(rate, rate, concurrency)
    foreseen = limiter.has_room("a", 0.0, waiting, waiting)
    waits = []
    for _ in range(waiting + 1):
        waits.append(limiter.wait_seconds("a", 0.0))
        limiter.take("a", 0.0)
    assert foreseen == all(wait <= 1e-9 for wait in waits)
