"""What a stream did in a sync."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass
class Tally:
    """What a stream did in a sync, for its summary; counts may be off by the odd one where threads meet."""

    listed: int = 0
    changed: int = 0
    read_again: int = 0
    deleted: int = 0
    of_another_type: int = 0
    """Skipped: they came in a list of several types, or have no id."""
    delivered_before: int = 0
    """Skipped: they are as an earlier sync delivered them."""

    def add(self, other: Tally) -> None:
        """Counts what another has counted."""
        self.listed += other.listed
        self.changed += other.changed
        self.read_again += other.read_again
        self.deleted += other.deleted
        self.of_another_type += other.of_another_type
        self.delivered_before += other.delivered_before

    def __str__(self) -> str:
        """`listed 2, read again 1`."""
        counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in asdict(self).items() if count)
        return counts or "nothing new"
