"""Where one stands in a list that is read page by page, and whether the list has an end. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from source_stripe.limits import MOST_PAGES
from source_stripe.stripe.errors import Failure, StripeError

PLACES = 200
"""How many ids of a list are kept to find the place again when the object that marked it is deleted."""


class Walk:
    """One way through a list, from its newest object down."""

    def __init__(self, path: str, stamp: str = "", place: str = "") -> None:
        """`stamp` is the field in whose order the list is, newest first; empty where its objects have no time. `place`
        is the id to go on after."""
        self._path, self._stamp = path, stamp
        self.begun = False
        """Whether it has come to a page."""
        self.places: deque[str] = deque([place] if place else (), maxlen=PLACES)
        """The last ids that were read."""
        self._pages, self._mark, self._next_mark = 0, "", 1
        self._newest = 0

    def take(self, objects: Sequence[Mapping[str, Any]], ids: Sequence[str], *, has_more: bool) -> None:
        """A page is read. Raises StripeError where the list does not end."""
        self.check(objects, ids, has_more=has_more)
        self.add(ids)

    def add(self, ids: Sequence[str]) -> None:
        self.places.extend(filter(None, ids))
        self.begun = True

    def check(self, objects: Sequence[Mapping[str, Any]], ids: Sequence[str], *, has_more: bool) -> None:
        """Raises StripeError where a page shows that the list does not end: it walks in a circle, however long, or
        climbs above where it began."""
        if not has_more:
            return
        self._pages += 1
        if ids[-1] == self._mark:
            raise self._endless("its pages repeat themselves")
        # As Brent finds a cycle: a place is remembered at the pages 1, 2, 4, 8, ...
        if self._pages == self._next_mark:
            self._mark, self._next_mark = ids[-1], 2 * self._next_mark
        stamps = [stamp for obj in objects if type(stamp := obj.get(self._stamp)) is int] if self._stamp else []
        if stamps and not self._newest:
            self._newest = max(stamps)
        elif stamps and min(stamps) > self._newest:
            raise self._endless("what follows is newer than what it began with")
        if not self._stamp and self._pages >= MOST_PAGES:
            raise self._endless(f"{MOST_PAGES:,} pages were read")

    def _endless(self, why: str) -> StripeError:
        return StripeError(f"The list {self._path} does not end: {why}.", Failure.SYSTEM)
