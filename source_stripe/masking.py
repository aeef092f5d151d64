"""Takes out of a text whatever is, or looks like, a key of Stripe's.

A key is told by its shape, whole or cut, also in base64 as HTTP's Basic authentication sends it; and the key of this
configuration, which may have any shape, by twelve of its characters in a row. https://docs.stripe.com/keys
"""

from __future__ import annotations

import base64
import binascii
import re

RUN = 12
"""So many characters of the configured key in a row give it away; with fewer every other word would."""
_KEY = re.compile(
    r"""
    (?: (?<![A-Za-z0-9]) (sk|rk|pk|ek|uk|whsec|absec) _ (?! (?:live|test|org) _ (?![\w-]) ) [\w-]+
      | (sk|rk|pk|ek|uk) _ (?:org_)? (?:live|test) _ (?=\w{6}) [\w-]+    # glued to what is before it: %20sk_live_...
      | (?<![A-Za-z0-9]) (ca|ac|rt) _ (?=[A-Za-z0-9]*[0-9A-Z]) [A-Za-z0-9]{16,}    # of Connect's OAuth
      | (?<=_) (secret) _ [A-Za-z0-9]{16,}    # of a payment intent, for its customer's browser
    )
    """,
    re.VERBOSE,
)
"""Stripe's keys and secrets by their first letters. In `sk_live_...`, as sentences name them, nothing is secret."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_MODE = re.compile(r"(?:[a-z]+_)?(?:org_)?(?:live_|test_)?")
_known = set[str]()
"""What is secret about the keys of this process: without what says only their kind."""


def remember(key: str) -> None:
    """From now on no sentence shows `key`, whatever its shape, nor a longer piece of it."""
    key = key.strip()
    kind = _MODE.match(key)
    secret = key[kind.end() :] if kind else key
    if len(secret) >= RUN:
        _known.add(secret)
    elif len(key) >= RUN // 2:
        _known.add(key)


def masked(text: str) -> str:
    """The text without anything that is, or looks like, a key of Stripe's."""
    text = _BASE64.sub(_without_encoded, text)
    text = _KEY.sub(lambda found: f"{next(filter(None, found.groups()))}_***", text)
    for secret in _known:
        text = _without(text, secret)
    return text


def _without(text: str, secret: str) -> str:
    """The text without the secret and its longer pieces."""
    run, at, parts = min(RUN, len(secret)), 0, list[str]()
    while at < len(text):
        length = 0
        if text[at : at + run] in secret and at + run <= len(text):
            length = run
            while at + length < len(text) and text[at : at + length + 1] in secret:
                length += 1
        parts.append("***" if length else text[at])
        at += length or 1
    return "".join(parts)


def _without_encoded(found: re.Match[str]) -> str:
    """A piece of text that may be base64, if no key is in what it stands for. Where it begins is not certain."""
    text = found[0]
    for start in range(4):
        piece = text[start : start + (len(text) - start) // 4 * 4]
        try:
            plain = base64.b64decode(piece, altchars=b"-_" if "-" in piece or "_" in piece else None)
        except (ValueError, binascii.Error):
            continue
        if _gives_away(plain):
            return "***"
    return text


def _gives_away(plain: bytes) -> bool:
    """Whether a key is in some bytes."""
    text = plain.decode("latin-1")
    return _KEY.search(text) is not None or any(_without(text, secret) != text for secret in _known)
