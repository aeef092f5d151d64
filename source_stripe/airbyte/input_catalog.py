"""What a file has to be to select streams: a configured catalogue, or what stands for one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from source_stripe.airbyte.files import Unusable
from source_stripe.wording import listed, shown

SYNC_MODES = ("full_refresh", "incremental")
EXAMPLE = (
    '{"streams": [{"stream": {"name": "customers", "json_schema": {}, "supported_sync_modes": ["incremental"]}, '
    '"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}]}'
)
OTHER_MESSAGES = frozenset({"LOG", "TRACE", "SPEC", "CONTROL"})
"""What a command prints beside the catalogue."""


def configured(values: Sequence[object]) -> Mapping[str, object]:
    """The configured catalogue that the values of a file are, or stand for: what discover printed, or a list of names.

    Raises Unusable with what it takes instead.
    """
    match [value for value in values if not _is_other_message(value)]:
        case [{"type": "CATALOG", "catalog": {"streams": [*streams]}}] if all(map(_is_bare, streams)):
            return _all_of([_name_of(one) for one in streams])
        case [{"streams": [_, *_] as streams}] if all(map(_is_bare, streams)):
            return _all_of([_name_of(one) for one in streams])
        case [[str(), *_] as names] if all(isinstance(name, str) for name in names):
            return _all_of([str(name) for name in names])
        case [Mapping() as catalogue] if isinstance(streams := catalogue.get("streams"), list):
            once(_name(number, one) for number, one in enumerate(streams, 1))
            return catalogue
        case _:
            raise Unusable(
                "selects no streams. It takes a list of names, what discover or the command catalog prints, or a "
                f"configured catalogue such as {EXAMPLE}"
            )


def _is_other_message(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("type") in OTHER_MESSAGES


def _is_bare(entry: object) -> bool:
    """Whether an entry is a stream as discover lists it, with nothing on how it is to be read."""
    return isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and "stream" not in entry


def _name_of(entry: object) -> str:
    return str(entry["name"]) if isinstance(entry, Mapping) else ""


def _all_of(names: Sequence[str]) -> Mapping[str, object]:
    """Each of these streams, what has changed wherever that can be told."""
    once(names)
    modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    supported = {"json_schema": {}, "supported_sync_modes": [*SYNC_MODES]}
    return {"streams": [{"stream": {"name": name, **supported}, **modes} for name in names]}


def once(names: Iterable[str]) -> None:
    """Raises Unusable unless there are streams, and each is there once: with two modes, which would count?"""
    counts = Counter(names)
    if not counts:
        raise Unusable("selects no stream; it takes at least one.")
    if twice := [name for name, count in counts.items() if count > 1]:
        raise Unusable(f"selects more than once: {listed(twice)}.")


def misfit(places: Sequence[str]) -> str:
    """What is wrong with a catalogue whose streams are named but that does not fit the protocol at some places."""
    where = f" at {', '.join(places[:3])}" if places else ""
    return f"does not fit the protocol{where}: something is missing or of the wrong type. It takes {EXAMPLE}"


def _name(number: int, one: object) -> str:
    """The stream of an entry, of which the rest is sound."""
    entry = one if isinstance(one, Mapping) else {}
    stream, mode = entry.get("stream"), entry.get("sync_mode")
    name = stream.get("name") if isinstance(stream, Mapping) else None
    if not isinstance(name, str) or not name:
        raise Unusable(f"names no stream in number {number} of its entries; it takes entries as in {EXAMPLE}")
    if mode not in SYNC_MODES:
        has = "no sync_mode" if mode is None else f"the sync_mode {shown(mode)}"
        raise Unusable(f"gives the stream {shown(name)} {has}; it takes {' or '.join(SYNC_MODES)}.")
    return name
