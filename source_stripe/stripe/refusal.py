"""What Stripe names where a key lacks a permission. Pure.

It says so in several wordings, and names every permission that would do, not those that are all needed:
`Having the 'rak_billing_cadence_read', 'rak_subscription_read' permissions would allow this request to continue.`,
`Enabling "Prices Read" ('plan_read') permissions on this key would allow this request to continue.`, or none at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = re.compile(r"['\"`](?:rak_)?([a-z][a-z0-9_]*_(?:read|write))['\"`]|\brak_([a-z0-9_]+_(?:read|write))\b")
_ROW = re.compile(r"[\"“]([^\"“”]+?)(?: Read| Write)?[\"”](?!\w)")
_BEFORE = re.compile(r"(?is).*?\b(?:having|enabling|enable)\b")


@dataclass(frozen=True)
class Refusal:
    """Why a key may not read an endpoint."""

    endpoint: str
    """The path without ids."""
    permissions: tuple[str, ...] = ()
    """Any one of these would do: `rak_charge_read`; none where Stripe names none."""
    rows: tuple[str, ...] = ()
    """What Stripe's form calls them, in the same order: `Charges and Refunds`; none where Stripe does not say it."""
    live: bool | None = None
    """Whether the key is of live mode; None where that is not known."""

    def row(self, permission: str) -> str:
        """What Stripe itself calls one of them; empty where it does not."""
        return dict(zip(self.permissions, self.rows, strict=False)).get(permission, "")


def refusal(message: str, endpoint: str = "", live: bool | None = None) -> Refusal:
    """What a refusal says, in whichever wording."""
    before = _BEFORE.match(message)
    said = message[before.end() :] if before else ""
    names = dict.fromkeys(f"rak_{quoted or bare}" for quoted, bare in _QUOTED.findall(message))
    rows = [row for row in _ROW.findall(said) if f"rak_{row.removeprefix('rak_')}" not in names]
    return Refusal(endpoint, tuple(names), tuple(rows) if len(rows) == len(names) else (), live)
