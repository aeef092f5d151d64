"""What a module of the catalogue says of the product that its streams belong to."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from source_stripe.declaration.resource import Resource


@dataclass(frozen=True)
class Product:
    """One of Stripe's products: a module of the catalogue."""

    module: ModuleType

    @property
    def name(self) -> str:
        """As in a path: `payment_methods`."""
        return self.module.__name__.rpartition(".")[2]

    @property
    def title(self) -> str:
        """The first line of the module: `Payment methods`."""
        return (self.module.__doc__ or "").splitlines()[0].rstrip(".")

    @property
    def enable(self) -> str:
        """What an account has to enable, and where: `Issuing at https://...`; empty where every account has it."""
        return str(getattr(self.module, "ENABLE", ""))

    @property
    def feature(self) -> str:
        """What Stripe calls what is to be enabled."""
        return self.enable.partition(" at ")[0]

    @property
    def where(self) -> str:
        """The address at which it is enabled."""
        return self.enable.partition(" at ")[2]

    @property
    def advice(self) -> str:
        """What to do where Stripe refuses its streams to an account."""
        if not self.enable:
            return ""
        return f"If the account does not use {self.feature}, enable it at {self.where} or deselect the stream."

    @property
    def streams(self) -> tuple[Resource, ...]:
        """In the order in which they stand."""
        return tuple(value for value in vars(self.module).values() if isinstance(value, Resource))
