"""Which money each automatic payout pays out. Stripe shows it nowhere but as a filter of the balance transactions."""

from __future__ import annotations

import heapq

from integration_tests.sandbox.world.facts import Json


class PaidOut:
    """Balance transactions that wait for a payout in their currency, and the payouts of those that had one."""

    def __init__(self) -> None:
        self._pending: list[tuple[int, str, str, int]] = []
        self._waiting: dict[str, dict[str, int]] = {}
        self._by: dict[str, str] = {}

    def moved(self, transaction: Json) -> None:
        """Money has moved; what a payout itself moves is part of that payout."""
        if transaction["type"] == "payout":
            self._by[transaction["id"]] = transaction["source"]
        else:
            waits = (transaction["available_on"], transaction["id"], transaction["currency"], transaction["net"])
            heapq.heappush(self._pending, waits)

    def due(self, currency: str, now: int) -> int:
        """What a payout would pay out now."""
        while self._pending and self._pending[0][0] <= now:
            _, transaction, its_currency, net = heapq.heappop(self._pending)
            self._waiting.setdefault(its_currency, {})[transaction] = net
        return sum(self._waiting.get(currency, {}).values())

    def paid(self, payout: Json, now: int) -> None:
        """An automatic payout pays out whatever is available; one that the merchant makes is of no transaction."""
        if payout["automatic"]:
            self.due(payout["currency"], now)
            for transaction in self._waiting.pop(payout["currency"], {}):
                self._by[transaction] = payout["id"]

    def payout_of(self, transaction: str) -> str | None:
        return self._by.get(transaction)
