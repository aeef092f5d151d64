"""States by stream, torn apart by account and put together again: each is the other's inverse. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from source_stripe.accounts.book import unnamed
from source_stripe.declaration.resource import Resource, Scope
from source_stripe.declaration.scopes import own_part
from source_stripe.state.accounts import AccountStates, groups, without_block
from source_stripe.state.wire import MEMBERS, NOTHING_KEPT, load_memory

Blob = Mapping[str, Any]
ByStream = Mapping[str, Blob]
"""The state of each stream, as it stands on the wire."""
OWN = ""
"""Stands for the account of the key."""


class ClaimedTwiceError(Exception):
    """Two shards say how far the same stream of the same account has come; `str()` of it names all."""


def divided(states: ByStream, home: Callable[[str, str], int], number: int) -> list[dict[str, Blob]]:
    """What each of so many shards goes on from; `home` is the shard that reads a stream of an account.

    Raises ValueError, with the name of the stream, where a state is damaged.
    """
    parts: list[dict[str, Blob]] = [{} for _ in range(number)]
    for stream, blob in states.items():
        try:
            top, whose = without_block(blob), _whose(blob)
            blocks = [AccountStates([stream]) for _ in parts]
            for state, accounts in groups(blob):
                for account in accounts:
                    blocks[home(account, stream)].put(account, stream, state)
        except ValueError as error:
            raise ValueError(f"The state of the stream {stream} cannot be understood: {error}.") from None
        mine = home(OWN, stream)
        if home(whose, stream) != mine:
            # Of one account that was read alone: it is now one of many.
            blocks[home(whose, stream)].put(whose, stream, unnamed(top))
            top = {}
        for index, (part, block) in enumerate(zip(parts, blocks, strict=True)):
            if one := (top if index == mine else {}) | block.pack(stream):
                part[stream] = one
    return parts


def merged(parts: Mapping[str, ByStream], resources: Mapping[str, Resource]) -> dict[str, Blob]:
    """The states of all shards, which are given by name. Raises ClaimedTwiceError, and ValueError as `divided`."""
    claims: dict[tuple[str, str], str] = {}
    twice: list[str] = []
    for name, states in parts.items():
        for account, stream in _claimed(states, resources):
            first = claims.setdefault((account, stream), name)
            if first != name:
                whose = account or "the key's own account"
                twice.append(f"{stream} of {whose} by the shards {first} and {name}")
    if twice:
        others = f", and {len(twice) - 5} more" if len(twice) > 5 else ""
        raise ClaimedTwiceError(f"Read twice: {'; '.join(twice[:5])}{others}. Each belongs to one shard.")
    return {
        stream: _joined(stream, [states[stream] for states in parts.values() if stream in states], resources)
        for stream in dict.fromkeys(stream for states in parts.values() for stream in states)
    }


def _joined(stream: str, blobs: Sequence[Blob], resources: Mapping[str, Resource]) -> Blob:
    block = AccountStates([stream])
    for blob in blobs:
        for state, accounts in groups(blob):
            for account in accounts:
                block.put(account, stream, state)
    tops = [without_block(blob) for blob in blobs]
    top = next(filter(None, tops), {})
    resource = resources[stream]
    if _is_about_all(resource):
        # The earliest position of all accounts, for people, as a sync of all prints it.
        positions = [state.get(resource.cursor) for blob in blobs for state, _ in groups(blob)]
        positions = positions or [one[resource.cursor] for one in tops if resource.cursor in one]
        top = {name: value for name, value in top.items() if name != resource.cursor}
        if positions and None not in positions:
            top = {resource.cursor: min(filter(None, positions))} | top
    return top | block.pack(stream)


def _claimed(states: ByStream, resources: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    """Each account and stream of which they say something."""
    for stream, blob in states.items():
        top = without_block(blob)
        if top and top != NOTHING_KEPT and not _is_about_all(resources[stream]):
            yield OWN, stream
        yield from ((account, stream) for _, accounts in groups(blob) for account in accounts)


def _is_about_all(resource: Resource) -> bool:
    """Whether what a state says beside its accounts is about all of them together."""
    return resource.scope is Scope.PLATFORM and own_part(resource) is None


def _whose(blob: Blob) -> str:
    """The account that a state is of, beside those that it names."""
    top = without_block(blob)
    said = next(iter(top[MEMBERS].values()), {}) if isinstance(top.get(MEMBERS), Mapping) else top
    return load_memory(said).account.id
