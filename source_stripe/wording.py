"""How a sentence shows what somebody else wrote: little of it, and never a key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

from source_stripe.masking import masked

LONGEST = 60
LONGEST_FOREIGN = 500
"""How much is shown of what Stripe, or whatever answers in its place, has to say."""
MOST = 8
"""Names that are shown of many."""
NEAR = 0.75
"""How alike a name and one that is known are for it to be a slip of the pen, from 0 to 1."""


def foreign(text: str, longest: int = LONGEST_FOREIGN) -> str:
    """What somebody else wrote, as a part of a sentence: on one line, without keys, cut when it is long."""
    text = masked(" ".join(text[: 2 * longest].split()))
    return text if len(text) <= longest else f"{text[:longest]}..."


def quoted(value: object) -> str:
    """A value in the form Python shows it, without keys, cut when it is long."""
    return foreign(repr(value), LONGEST)


def shown(value: object) -> str:
    """A name or a value, cut when it is long; texts other than plain names in quotes."""
    return foreign(value, LONGEST) if isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) else quoted(value)


def listed(names: Iterable[str]) -> str:
    """Several names, the first few of many."""
    every = list(names)
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return ", ".join(shown(name) for name in every[:MOST]) + more


def nearest(name: str, known: Collection[str], near: float = NEAR) -> str:
    """The name that is meant by one misspelt; empty if it is not nearly any of those that are known."""
    matcher = SequenceMatcher(b=_letters(name))
    best, share = "", near
    for one in known:
        matcher.set_seq1(_letters(one))
        if matcher.real_quick_ratio() >= share and matcher.ratio() > share:
            best, share = one, matcher.ratio()
    return best


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
