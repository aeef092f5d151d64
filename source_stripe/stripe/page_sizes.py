"""How many objects of a list are asked for at once: as many as Stripe gives, fewer where so large a page fails.

People who read live accounts report lists whose body ends after 131,072 bytes with status 200, at every retry as well,
and errors 500 for pages of 100 objects with expansions, which a smaller page does not meet.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from source_stripe.declaration.origins import PAGE

FIRST_PAGES = 4
"""How many pages in succession must arrive until larger ones are tried; twice as many each time that these fail."""
MOST_PAGES = 512
"""The most of them."""

logger = logging.getLogger("airbyte")


@dataclass
class _Reduced:
    size: int
    pages: int = 0
    """How many of this size have arrived."""
    needed: int = FIRST_PAGES
    grown: bool = False
    """Whether the size has been raised and has not arrived since."""
    said: bool = False


class PageSizes:
    """By endpoint. May be used from many threads."""

    def __init__(self) -> None:
        self._reduced: dict[str, _Reduced] = {}
        self._lock = threading.Lock()

    def of(self, template: str) -> int:
        """How many objects to ask an endpoint for."""
        reduced = self._reduced.get(template)
        return reduced.size if reduced else PAGE

    def failed(self, template: str, size: int) -> None:
        """A page of so many objects, more than one, has failed for what may be its size."""
        with self._lock:
            reduced = self._reduced.setdefault(template, _Reduced(PAGE))
            if (smaller := size // 2) < reduced.size:
                needed = min(MOST_PAGES, 2 * reduced.needed) if reduced.grown else reduced.needed
                self._reduced[template] = _Reduced(smaller, 0, needed, said=reduced.said)

    def arrived(self, template: str, size: int) -> None:
        """A page of so many objects is there."""
        if template not in self._reduced:
            return
        with self._lock:
            reduced = self._reduced[template]
            if size != reduced.size or size == PAGE:
                return
            reduced.grown = False
            reduced.pages += 1
            if not reduced.said:
                reduced.said = True
                logger.info(
                    f"{template}: pages of {PAGE} objects fail, and pages of {size} do not. It is read by so many at a "
                    "time, which takes more requests, and now and then larger pages are tried again."
                )
            if reduced.pages >= reduced.needed:
                self._reduced[template] = _Reduced(min(PAGE, 2 * size), 0, reduced.needed, grown=True, said=True)
