"""What merchants and their customers do, at random but consistently."""

from __future__ import annotations

from .acts import ACTS
from .ledger import Ledger


def live(ledger: Ledger, seconds: int, changes: int, silent: bool) -> None:
    """Lets `changes` things happen over the next `seconds`, at whose end the clock stands."""
    start = ledger.now
    acts = [act for act in ACTS if silent or not act.silent]
    weights = [act.weight for act in acts]
    for offset in sorted(ledger.rng.randint(0, seconds) for _ in range(changes)):
        ledger.now = start + offset
        while not ledger.rng.choices(acts, weights)[0].deed(ledger):
            pass
    ledger.now = start + seconds


def found(ledger: Ledger) -> None:
    """What a merchant sets up first: something to sell."""
    for _ in range(3):
        product = ledger.bear("product", {}).key[1]
        for _ in range(2):
            ledger.bear("price", {"product": product})
    ledger.bear("coupon", {})
    ledger.bear("climate.product", {})


def once(ledger: Ledger) -> None:
    """Lets everything happen that can, a minute apart, so that no account is without any of it."""
    for act in ACTS:
        ledger.now += 60
        act.deed(ledger)
