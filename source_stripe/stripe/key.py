"""What requests are signed with."""

from __future__ import annotations

from dataclasses import dataclass, field

from source_stripe.keys import is_limited, is_live, is_organizations


@dataclass(frozen=True)
class Key:
    """Reads an account, in the mode that it is of. May be used from many threads."""

    secret: str = field(repr=False)

    @property
    def live(self) -> bool | None:
        """Whether it is of live mode; None where its name does not say."""
        return is_live(self.secret)

    @property
    def limited(self) -> bool:
        """Whether it is one that is given its permissions one by one."""
        return is_limited(self.secret)

    @property
    def header(self) -> str:
        """The header that names the account that is asked about. An organization's key takes a context, which may be
        an account: https://docs.stripe.com/context."""
        return "Stripe-Context" if is_organizations(self.secret) else "Stripe-Account"

    def bearer(self) -> str:
        """What the next request is signed with. Raises StripeError where it cannot be had."""
        return self.secret

    def renew(self, refused: str) -> bool:
        """Whether there is another `bearer` now that Stripe does not accept one any more. Raises StripeError."""
        return False
