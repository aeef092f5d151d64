"""What looks like a key is shown nowhere, and what does not is left alone."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from itertools import product
from random import Random
from string import ascii_letters, digits

import pytest

from source_stripe.masking import masked, remember
from source_stripe.wording import LONGEST_FOREIGN, foreign, listed, quoted, shown
from unit_tests.laws import every

SECRET = "".join(Random(1).choices(ascii_letters + digits, k=90))
KINDS = ["sk_live_", "rk_live_", "sk_test_", "pk_live_", "sk_org_live_", "sk_org_", "ek_test_", "uk_live_", "sk_"]
KINDS += ["whsec_", "ac_", "rt_", "ca_", "pi_3N1_secret_"]


AROUND = ["{}", "key '{}'.", "Bearer {}", "a\n{}\nb", '"client_secret":"{}"', "x=_{}&y"]


@every("key", product(KINDS, AROUND, [20, 40, 90]))
def test_a_key_is_told_by_its_shape_wherever_it_stands(key: tuple[str, str, int]) -> None:
    kind, around, length = key
    text = masked(around.format(kind + SECRET[:length]))
    assert not any(SECRET[at : at + 4] in text for at in range(length - 4))
    assert "***" in text


BEFORE = ["", "x", "xy", "xyz", "Bearer "]


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@every("key", product(["sk_live_", "rk_test_", "sk_org_live_", "whsec_"], BEFORE, [40, 64, 400]))
def test_a_key_is_told_in_base64_from_wherever_it_begins(
    key: tuple[str, str, int], encode: Callable[[bytes], bytes]
) -> None:
    kind, before, length = key
    encoded = encode(f"{before}{' ' if before else ''}{kind}{SECRET}:".encode()).decode()[:length]
    for glued in ("", "a", "ab", "abc"):
        assert encoded[8:] not in masked(f"Basic {glued}{encoded}")


@pytest.mark.parametrize(
    "text",
    [
        "it takes a Stripe API key such as sk_live_... or rk_live_....",
        "a publishable key (pk_...), which cannot read; take a secret (sk_) or restricted one (rk_)",
        "Invalid API Key provided: sk_test_*****dbox",
        "task_list, risk_score, work_day, client_secret, whsec",
        "test_helpers_test_clocks at /v1/test_helpers/test_clocks",
        "req_AbCdEfGhIjKlMn on account acct_1Nv0FGQ9RKHgCVdK of pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "https://dashboard.stripe.com/acct_1Nv0FGQ9RKHgCVdK/test/workbench/logs?object=req_AbCdEfGhIjKlMn",
        "/usr/lib/python3.11/site-packages/source_stripe/entrypoint.py",
    ],
)
def test_what_is_no_key_is_left_alone(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("key", [SECRET, f"odd-{SECRET}", "short!", "sk_test_short"])
def test_the_configured_key_is_known_whatever_its_shape(key: str) -> None:
    remember(f" {key}\n")
    assert key not in masked(f"a{key}b")
    assert masked("nothing") == "nothing"


def test_a_piece_of_the_configured_key_gives_it_away_and_a_few_letters_do_not() -> None:
    remember(f"sk_live_{SECRET}")
    for at in range(0, len(SECRET) - 12, 7):
        for length in (12, 13, 30):
            piece = SECRET[at : at + length]
            assert masked(f"({piece})") == "(***)"
            assert masked(b64encode(f"-{piece}---".encode()).decode()).startswith("***")
    assert masked(SECRET[5:16]) == SECRET[5:16]
    assert masked(f"{SECRET[:20]} and {SECRET[30:50]}") == "*** and ***"


def test_what_others_wrote_is_one_line_that_ends() -> None:
    assert foreign("a\r\n  b\tc") == "a b c"
    assert foreign(f"key sk_live_{SECRET}") == "key sk_***"
    assert len(foreign("a, " * 1_000_000)) == LONGEST_FOREIGN + 3
    assert len(quoted(["x"] * 10_000)) < 70
    assert len(shown("x" * 10_000)) < 70
    assert len(listed(str(number) for number in range(10_000))) < 70
