"""What states are given to a sync, in whichever form somebody keeps them. Pure.

These are read, alone, in a list, or one after another as a connector prints them among its other messages:
- state messages of the protocol, by stream, global, or in the form before either (`data`), with and without `type`,
  wrapped as a message of type STATE or not at all wrapped (`{"stream_descriptor": ..., "stream_state": ...}`);
- an object with the state of each stream by its name;
- what Airbyte's API and web application show of a connection (`stateType`, `streamDescriptor`, `streamState`);
- what Meltano keeps for a connector that tap-airbyte runs (`singer_state`, `airbyte_state`).

The last state of a stream is the one that counts, whichever form it has: this is what a sequence of messages means.
https://docs.airbyte.com/understanding-airbyte/airbyte-protocol#state--checkpointing
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from source_stripe.airbyte.files import CUT, Unusable
from source_stripe.wording import listed, nearest, shown

FIRST = "For a first sync leave --state out, or give it []."
WANTED = (
    "the messages that an earlier read printed, a list of its last state messages, "
    "or an object with the state of each stream by its name"
)
NEARER = 0.85
"""How alike two words are for one to be a slip of the pen, from 0 to 1; more than names of streams, as they are few."""
OTHER_MESSAGES = frozenset({"RECORD", "LOG", "TRACE", "SPEC", "CATALOG", "CONNECTION_STATUS", "CONTROL"})
PARTS = {"LEGACY": "data", "GLOBAL": "global", "STREAM": "stream"}
"""Where the states are in a message of each type."""
SPELLINGS = {
    "streamDescriptor": "stream_descriptor",
    "streamState": "stream_state",
    "streamStates": "stream_states",
    "sharedState": "shared_state",
    "global_": "global",
    "legacy": "data",
}
"""As others write it: Airbyte's API, the CDK's and PyAirbyte's objects, tap-airbyte."""
KEPT_IN = ("airbyte_state", "singer_state")
BESIDE = frozenset({"stream_descriptor", "type", "id", "sourceStats", "destinationStats"})
"""What may stand beside a state that is left out where it is null."""
WORDS = frozenset({*PARTS.values(), *SPELLINGS, *SPELLINGS.values(), *KEPT_IN, "state", "stateType", "type", "streams"})
"""Those of which messages are made; no stream is named so, or nearly."""
MOST_UNKNOWN = 500
"""Streams of other makes that may stand beside known ones; with more it is no state, and too long to look through."""


@dataclass(frozen=True)
class States:
    """The state of each stream that has one, and sentences about what was left out."""

    blobs: Mapping[str, Mapping[str, object]]
    warnings: tuple[str, ...] = ()


def understood(given: Iterable[object], known: Collection[str]) -> States:
    """The states in `given`, which are JSON values; `known` are the names of the streams there are.

    Raises Unusable with sentences for what is not understood, so that it is never taken for no state at all.
    """
    found = _Found()
    for value in given:
        found.take(value)
    return found.states(known)


def plain(value: object) -> object:
    """Objects of the protocol's classes as the JSON they stand for. Raises Unusable for what is none."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    # Pydantic keeps what a class does not declare, as the fields of a state, out of the object's own.
    for method in ("model_dump", "dict"):
        if callable(dump := getattr(value, method, None)):
            return plain(dump())
    if not hasattr(value, "__dict__"):
        raise Unusable(f"holds a {type(value).__name__}, which is no part of a state.")
    return plain(vars(value))


class _Found:
    """What is found while one value after another is taken."""

    def __init__(self) -> None:
        self._blobs: dict[str, dict[str, Mapping[str, object]]] = {}
        """By name and namespace; empty where a stream is said to have none."""
        self._spoken = self._shared = self._cut = False

    def take(self, value: object) -> None:
        """Whatever may stand alone."""
        match value:
            case _ if value is CUT:
                self._cut = True
            case [] | Mapping() if not value:
                self._spoken = True
            case list():
                for number, one in enumerate(value, 1):
                    if not isinstance(one, Mapping) or not one:
                        raise Unusable(f"holds as number {number} of its list no state message; it takes {WANTED}.")
                    self._message(one)
            case Mapping():
                self._message(value)
            case None | bool():
                raise Unusable(f"is {str(value).replace('None', 'null').lower()}, which tells nothing. {FIRST}")
            case str() | int() | float():
                raise Unusable(f"is a {'text' if isinstance(value, str) else 'number'}; it takes {WANTED}. {FIRST}")
            case _:
                raise Unusable(f"is no JSON; it takes {WANTED}.")

    def _message(self, given: Mapping[str, object]) -> None:
        message = _spelled(given)
        kept = [message[name] for name in KEPT_IN if message.get(name) is not None]
        match message.get("type"):
            case _ if "stateType" in message:
                self._connection(message)
            case _ if kept:
                self.take(kept[0])
            case _ if message.keys() <= {"completed", "partial"}:
                for value in (one for one in message.values() if one is not None):
                    self.take(value)
            case _ if "bookmarks" in message:
                raise Unusable("is that of a Singer tap, whose positions mean something else. " + FIRST)
            case "STATE" if isinstance(state := message.get("state", message.get("value")), Mapping):
                self._message(state)
            case _ if "stream_descriptor" in message:
                self._stream(message)
            case _ if "stream_states" in message:
                self._global(message)
            case kind if "type" in message or message.keys() & PARTS.values():
                self._typed(kind, message)
            case _:
                self._by_name(message)

    def _typed(self, kind: object, message: Mapping[str, object]) -> None:
        """A state message, or another. Where several parts are filled the one that the type names is taken last."""
        name = kind.upper() if isinstance(kind, str) else ""
        if name in OTHER_MESSAGES:
            return
        filled = [(key, part) for key, part in PARTS.items() if message.get(part) is not None]
        if (kind is not None and name not in PARTS) or not filled:
            its = "no type" if kind is None else f"the type {shown(kind)}"
            raise Unusable(f"holds a message with {its} and no state; it takes {WANTED}.")
        for key, part in sorted(filled, key=lambda pair: pair[0] == name):
            match key:
                case "LEGACY":
                    self._by_name(message[part])
                case "GLOBAL":
                    self._global(message[part])
                case _:
                    self._stream(message[part])

    def _connection(self, message: Mapping[str, object]) -> None:
        """What Airbyte's API answers for the state of a connection."""
        match message["stateType"]:
            case "not_set":
                self._spoken = True
            case "legacy":
                self._by_name(message.get("state"))
            case "global":
                self._global(message.get("globalState"))
            case "stream":
                self._streams(message.get("stream_state"))
            case other:
                raise Unusable(f"has the stateType {shown(other)}, which is not stream, global, legacy or not_set.")

    def _by_name(self, value: object) -> None:
        for name, blob in _object(value, "a 'data'").items():
            if not isinstance(blob, Mapping | None):
                raise Unusable(f"holds under {shown(name)} no state of a stream; it takes {WANTED}.")
            self._put(name, "", blob)
        self._spoken = True

    def _global(self, value: object) -> None:
        fields = _spelled(_object(value, "a global state"))
        self._shared = self._shared or bool(fields.get("shared_state"))
        self._streams(fields.get("stream_states"))

    def _streams(self, value: object) -> None:
        if not isinstance(value, list):
            raise Unusable("holds no list where the states of several streams should be.")
        for one in value:
            self._stream(one)
        self._spoken = True

    def _stream(self, value: object) -> None:
        fields = _spelled(_object(value, "a state of a stream"))
        descriptor = _object(fields.get("stream_descriptor"), "a stream_descriptor")
        name, namespace, blob = descriptor.get("name"), descriptor.get("namespace"), fields.get("stream_state")
        if not isinstance(name, str) or not isinstance(namespace, str | None):
            raise Unusable("holds a stream_descriptor that does not name a stream.")
        if "stream_state" not in fields and (others := fields.keys() - BESIDE):
            raise Unusable(f"holds no stream_state for {shown(name)}, but {listed(sorted(others))}.")
        said = None if blob is None else _object(blob, f"a state of the stream {shown(name)}")
        self._put(name, namespace or "", said)

    def _put(self, name: str, namespace: str, blob: Mapping[str, object] | None) -> None:
        self._spoken = True
        self._blobs.setdefault(name, {})[namespace] = blob or {}

    def states(self, known: Collection[str]) -> States:
        """All that was found. Raises Unusable."""
        names = list(self._blobs)
        if not self._spoken or (self._shared and not names):
            raise Unusable(f"holds no state of a stream. {FIRST}")
        unknown = [name for name in names if name not in known]
        if len(unknown) > MOST_UNKNOWN:
            raise Unusable(f"names {len(unknown)} streams that there are not; it takes {WANTED}.")
        meant = {name: near for name in unknown if (near := nearest(name, known)) and near not in names}
        if meant:
            words = ", ".join(f"{shown(name)} (is {near} meant?)" for name, near in meant.items())
            raise Unusable(f"names streams that there are not: {words}. Correct the names, or take them out.")
        if unknown and len(unknown) == len(names):
            raise Unusable(f"names no stream of this source, but {listed(unknown)}. {FIRST}")
        blobs = {name: states for name, states in self._blobs.items() if name in known}
        for name, states in blobs.items():
            if len(states) > 1:
                raise Unusable(f"holds states of the stream {name} for several namespaces. Take out all but one.")
        spaced = [name for name, states in blobs.items() if "" not in states]
        warnings = {
            f"The state of {listed(unknown)} is left out: there is no such stream.": unknown,
            f"The namespace of {listed(spaced)} in the state says nothing: this source has none.": spaced,
            "The shared part of a global state is left out: this source shares none.": self._shared,
            "The last line of the state breaks off, and is left out.": self._cut,
        }
        return States(
            {name: blob for name, states in blobs.items() for blob in states.values() if blob},
            tuple(sentence for sentence, needed in warnings.items() if needed),
        )


def _spelled(fields: Mapping[str, object]) -> Mapping[str, object]:
    """With the words as the protocol spells them. Raises Unusable where one is misspelt, as what it names is lost."""
    for name in fields if len(fields) <= MOST_UNKNOWN else ():
        if near := _misspelt(name):
            raise Unusable(f"holds {shown(name)}, where {SPELLINGS.get(near, near)} is meant.")
    return {SPELLINGS.get(name, name): value for name, value in fields.items()}


@lru_cache(1000)
def _misspelt(name: str) -> str:
    """The word that is meant by a name that is none; empty where none is."""
    return "" if name in WORDS or name in BESIDE else nearest(name, WORDS, NEARER)


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Unusable(f"holds {what} that is not an object.")
    return value
