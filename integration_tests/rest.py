"""What has rested: the rows of an account that are as they were."""

from __future__ import annotations

from collections.abc import Sequence

from integration_tests.oracle import held
from integration_tests.sandbox import Account
from integration_tests.vocabulary import Record
from source_stripe.declaration.resource import Resource


class Rest:
    """Since when each row of an account is as it is, as far as looks at it tell."""

    def __init__(self, account: Account, streams: Sequence[Resource]) -> None:
        self._account, self._streams = account, streams
        self._rows: dict[str, dict[str, Record]] = {one.name: held(account, one) for one in streams}
        self._since: dict[tuple[str, str], int] = {}

    def look(self) -> None:
        for resource in self._streams:
            before, now = self._rows[resource.name], held(self._account, resource)
            for key in before.keys() | now.keys():
                if before.get(key) != now.get(key):
                    self._since[resource.name, key] = self._account.now
            self._rows[resource.name] = now

    def came(self, name: str, key: str, *, lively: bool) -> None:
        """A sync brought a row. It may have come and gone, or changed and changed back, since the last look: if no look
        has found it, or if the account was `lively` meanwhile."""
        if lively or key not in self._rows[name]:
            self._since[name, key] = self._account.now

    def since(self, name: str, key: str) -> int:
        return self._since.get((name, key), 0)
