"""What a key may not see inside the objects it may read: a page that several streams share is asked for without it.

Expanding takes the permissions for what is expanded: https://docs.stripe.com/stripe-apps/reference/permissions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from source_stripe.declaration.takes import Children, Embedded, Take, Whole
from source_stripe.stripe.errors import Kind, StripeError

T = TypeVar("T")

Ask = Callable[[Sequence[str], str], T]
"""Asks with some fields expanded; the second is what is asked for, in words, where the path does not say it."""


def needed(take: Take, expand: Sequence[str]) -> list[str]:
    """The fields, of those that are expanded in an object, which cannot be done without for what is taken from it."""
    match take:
        case Whole():
            return list(expand)
        case Embedded():
            return [field for field in expand if field == take.expanded]
        case Children():
            return [field for field in expand if field.partition(".")[0] in take.names]
        case _:
            return []


class Expansions:
    """What was refused, by endpoint. May be used from many threads."""

    def __init__(self) -> None:
        self._refused: dict[str, dict[str, StripeError]] = {}
        self._finding: dict[str, threading.Lock] = {}

    def refusal(self, template: str, fields: Sequence[str]) -> StripeError | None:
        """Why one of these fields is not shown; None where nothing is known against them."""
        refused = self._refused.get(template)
        return next((refused[field] for field in fields if field in refused), None) if refused else None

    def ask(self, template: str, path: str, fields: Sequence[str], ask: Ask[T]) -> T:
        """What is answered with those of the fields expanded that may be seen. Raises StripeError."""
        allowed = self._allowed(template, fields)
        try:
            return ask(allowed, "")
        except StripeError as error:
            if error.kind is not Kind.FORBIDDEN or not allowed:
                raise
            with self._finding.setdefault(template, threading.Lock()):
                if self._allowed(template, fields) == allowed:
                    self._find_out(template, path, allowed, ask, error)
        return ask(self._allowed(template, fields), "")

    def _find_out(self, template: str, path: str, fields: Sequence[str], ask: Ask[T], error: StripeError) -> None:
        """Which of the fields is refused. Raises StripeError where it is the objects themselves."""
        ask((), "")
        refused = {}
        for field in fields:
            try:
                ask((field,), f"{field} of {path}")
            except StripeError as one:
                if one.kind is not Kind.FORBIDDEN:
                    raise
                refused[field] = one
        # Where each may be seen alone, it is a matter of all together.
        self._refused[template] = self._refused.get(template, {}) | (refused or dict.fromkeys(fields, error))

    def _allowed(self, template: str, fields: Sequence[str]) -> Sequence[str]:
        refused = self._refused.get(template)
        return [field for field in fields if field not in refused] if refused else fields
