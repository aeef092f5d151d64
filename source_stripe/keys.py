"""Which of Stripe's keys a text is, by its first letters: https://docs.stripe.com/keys. Pure."""

from __future__ import annotations

import re

ORGANIZATION = "sk_org_"
"""How the keys of organizations begin, whatever they may: https://docs.stripe.com/keys/organization-api-keys."""
_LIMITED = ("rk_", ORGANIZATION)
_NO_KEYS: dict[str, str] = {
    "pk_": "a publishable key (pk_...), which cannot read",
    "whsec_": "the signing secret of a webhook endpoint (whsec_...), which cannot read",
    "absec_": "the signing secret of a Stripe App (absec_...), which cannot read",
    "ek_": "an ephemeral key (ek_...), which an app has for one customer and an hour, and which cannot read lists",
    "uk_": "a key of the Stripe CLI or dashboard for one user (uk_...), which other programs cannot use",
    "ca_": "the client ID of a platform or app (ca_...), which is no key",
    "ac_": "an authorization code (ac_...), which a platform exchanges once for tokens",
    "rt_": "a refresh token (rt_...), which belongs into credentials as refresh_token",
    "acct_": "the ID of an account (acct_...), which belongs into account_id",
    "rak_": "the name of a permission (rak_...), which is no key",
}
"""What people take for a key, and what is the matter with it."""
_CLIENT_SECRET = re.compile(r"(?:pi|seti|src|cs|fcsess|vs)_\w*_secret_\w+")


def refused(text: str) -> str:
    """What a text is that is no key to read with, for `is ...`; empty where it may be one."""
    for start, what in _NO_KEYS.items():
        if text.startswith(start):
            return what
    if _CLIENT_SECRET.fullmatch(text):
        return "the client secret of one payment or setup (..._secret_...), which is for a browser"
    return ""


def is_live(key: str) -> bool | None:
    """Whether it is of live mode, `sk_live_`, `rk_live_` or `sk_org_live_`; the keys of Stripe's sandboxes are of test
    mode, each of an account of its own. None where its name does not say."""
    start = key[: len(ORGANIZATION) + len("live_")]
    return True if "_live_" in start else False if "_test_" in start else None


def is_limited(key: str) -> bool:
    """Whether it is of a kind that is given its permissions one by one."""
    return key.startswith(_LIMITED)


def is_organizations(key: str) -> bool:
    """Whether it is an organization's, which reads the account that a context names."""
    return key.startswith(ORGANIZATION)
