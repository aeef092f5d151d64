"""Where many accounts stand in one state: those that stand alike share what is said of them. Pure.

A state holds `{"accounts": {"v": 1, "same": [[<state>, "1Nv0FGQ9RKHgCVdK 1Ab..."], ...]}}` beside what it says of the
key's own account. As all accounts of a sync are read up to the same second, those in which nothing happened are one
group. An id stands without its `acct_`; one that has none is written with `=` before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from source_stripe import json_text

BLOCK = "accounts"
"""The field of a state."""
VERSION = 1
PREFIX = "acct_"
States = tuple[str | None, ...]
"""The state of each stream as JSON text, in the order of the streams; None where there is none."""


class AccountStates:
    """Which account stands where: an account has a profile, a profile the state of each stream.

    Not locked by itself.
    """

    def __init__(self, streams: Iterable[str]) -> None:
        self.streams = tuple(streams)
        self._index = {stream: number for number, stream in enumerate(self.streams)}
        self._nothing: States = (None,) * len(self.streams)
        self._profiles: dict[States, int] = {self._nothing: 0}
        self._states: list[States] = [self._nothing]
        self._uses = [0]
        self._free: list[int] = []
        self._at: dict[str, int] = {}

    def __contains__(self, account: str) -> bool:
        return account in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    @property
    def profiles(self) -> int:
        """How many different ways to stand are kept, that of knowing nothing included."""
        return len(self._profiles)

    def of(self, account: str) -> States:
        """The states of an account."""
        return self._states[self._at.get(account, 0)]

    def get(self, account: str, stream: str) -> Mapping[str, Any] | None:
        """What is known of a stream of an account; None where that is nothing."""
        text = self.of(account)[self._index[stream]]
        if text is None:
            return None
        blob: Mapping[str, Any] = json_text.loads(text.encode())
        return blob

    def put(self, account: str, stream: str, blob: Mapping[str, Any]) -> None:
        """A stream of an account stands otherwise."""
        states = list(self.of(account))
        states[self._index[stream]] = written(blob)
        self.move(account, tuple(states))

    def move(self, account: str, states: States) -> list[str]:
        """The account stands there; returns the streams of which that says something new."""
        before = self.of(account)
        if states == before and account in self._at:
            return []
        old = self._at.get(account)
        self._at[account] = self._enter(states)
        if old is not None:
            self._leave(old)
        pairs = zip(self.streams, states, before, strict=True)
        return [stream for stream, new, known in pairs if new != known]

    def drop(self, account: str) -> None:
        """Nothing is known of an account any more."""
        if (old := self._at.pop(account, None)) is not None:
            self._leave(old)

    def pack(self, stream: str) -> dict[str, Any]:
        """The field of the state of a stream; nothing where no account has one."""
        index, groups = self._index[stream], dict[str, list[str]]()
        for account, profile in self._at.items():
            text = self._states[profile][index]
            if text is not None:
                groups.setdefault(text, []).append(_short(account))
        if not groups:
            return {}
        same = [[json_text.loads(text.encode()), " ".join(ids)] for text, ids in groups.items()]
        return {BLOCK: {"v": VERSION, "same": same}}

    def _enter(self, states: States) -> int:
        profile = self._profiles.get(states)
        if profile is None:
            if self._free:
                profile = self._free.pop()
                self._states[profile] = states
            else:
                profile = len(self._states)
                self._states.append(states)
                self._uses.append(0)
            self._profiles[states] = profile
        self._uses[profile] += 1
        return profile

    def _leave(self, profile: int) -> None:
        """A profile that no account has any more is forgotten."""
        self._uses[profile] -= 1
        if profile and not self._uses[profile]:
            del self._profiles[self._states[profile]]
            self._states[profile] = self._nothing
            self._free.append(profile)


def written(blob: Mapping[str, Any]) -> str:
    """A state as text, the same for the same state."""
    return json_text.dumps(dict(blob), sort_keys=True).decode()


def groups(blob: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """What a state says of accounts, with the accounts it says that of. Raises ValueError where it is damaged."""
    if BLOCK not in blob:
        return
    block = blob[BLOCK]
    same = block.get("same") if isinstance(block, Mapping) else None
    if not isinstance(block, Mapping) or block.get("v") != VERSION or not isinstance(same, list | tuple):
        raise ValueError(f"its {BLOCK!r} are not as this version writes them")
    for item in same:
        match item:
            case [Mapping() as state, str(ids)]:
                yield state, [_long(one) for one in ids.split(" ") if one]
            case _:
                raise ValueError(f"one of its {BLOCK!r} is not a state and the ids of accounts")


def without_block(blob: Mapping[str, Any]) -> dict[str, Any]:
    """What a state says of the own account."""
    return {name: value for name, value in blob.items() if name != BLOCK}


def _short(account: str) -> str:
    return account.removeprefix(PREFIX) if account.startswith(PREFIX) else f"={account}"


def _long(written: str) -> str:
    return written.removeprefix("=") if written.startswith("=") else PREFIX + written
