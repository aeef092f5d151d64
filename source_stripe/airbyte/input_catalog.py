"""What a file has to be to select streams: a configured catalogue. Pure."""

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
DISCOVERED = (
    "is what discover lists; a configured catalogue wraps each stream that is to be read and says how: " + EXAMPLE
)


def configured(values: Sequence[object]) -> Mapping[str, object]:
    """The configured catalogue that the values of a file are. Raises Unusable with what it takes instead."""
    if any(isinstance(value, Mapping) and value.get("type") == "CATALOG" for value in values):
        raise Unusable(DISCOVERED)
    match values:
        case [Mapping() as catalogue] if isinstance(streams := catalogue.get("streams"), list):
            names = [_name(number, one) for number, one in enumerate(streams, 1)]
            once(names)
            return catalogue
        case _:
            raise Unusable(f"is not a configured catalogue, which is an object such as {EXAMPLE}")


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
    if "name" in entry and "stream" not in entry:
        raise Unusable(DISCOVERED)
    stream, mode = entry.get("stream"), entry.get("sync_mode")
    name = stream.get("name") if isinstance(stream, Mapping) else None
    if not isinstance(name, str) or not name:
        raise Unusable(f"names no stream in number {number} of its entries; it takes entries as in {EXAMPLE}")
    if mode not in SYNC_MODES:
        has = "no sync_mode" if mode is None else f"the sync_mode {shown(mode)}"
        raise Unusable(f"gives the stream {shown(name)} {has}; it takes {' or '.join(SYNC_MODES)}.")
    return name
