"""A key of Stripe's, and what its first letters say: https://docs.stripe.com/keys. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Key:
    """Reads an account, in the mode that it is of."""

    secret: str = field(repr=False)

    @property
    def live(self) -> bool | None:
        """Whether it is of live mode; None where its name does not say."""
        return True if "_live_" in self.secret else False if "_test_" in self.secret else None

    @property
    def of_organization(self) -> bool:
        """Whether it is an organization's: https://docs.stripe.com/keys/organization-api-keys."""
        return self.secret.startswith("sk_org")

    @property
    def restricted(self) -> bool:
        """Whether it is one that is given its permissions one by one."""
        return self.secret.startswith("rk_")
