"""Whose data it is: an account in one of its modes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

ID = re.compile(r"acct_[A-Za-z0-9_]+")
CONTEXT = re.compile(rf"{ID.pattern}(?:/{ID.pattern})?")
"""An account, or one through another: https://docs.stripe.com/context."""


@dataclass(frozen=True)
class Account:
    """Whose data it is. Live and test mode of one account hold different objects."""

    id: str = ""
    """`acct_...`; empty where nobody says."""
    live: bool | None = None
    """Whether it is in live mode; None where nobody says."""

    def __str__(self) -> str:
        mode = "" if self.live is None else " in live mode" if self.live else " in test mode"
        return f"{self.id or 'an account that is not named'}{mode}"

    def differs_from(self, other: Account) -> bool:
        """Whether it is certainly another; what nobody says is not compared."""
        other_id = bool(self.id and other.id and self.id != other.id)
        return other_id or (self.live is not None and other.live is not None and self.live is not other.live)


NOBODY = Account()
"""An account of which nothing is known."""
