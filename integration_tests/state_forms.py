"""The forms in which people, platforms and accidents write states down, at random, and what each of them means."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessageSerializer, Type

Json = Any
Blob = Mapping[str, Any]
Pairs = Sequence[tuple[str, Blob | None]]
"""States by stream, in the order in which they were written: the last of a stream counts."""

SECRET = "sk_live_51HrandomlyChosen"
RECORD = {"type": "RECORD", "record": {"stream": "customers", "data": {"id": "cus_1", "note": "ü"}, "emitted_at": 1}}
OTHERS: tuple[Json, ...] = (
    RECORD,
    {"type": "LOG", "log": {"level": "INFO", "message": "customers: listed 5"}},
    {"type": "TRACE", "trace": {"type": "ESTIMATE", "emitted_at": 1.0, "estimate": {"name": "c", "type": "STREAM"}}},
)


class Must(Enum):
    """What becomes of a sync that is given it."""

    GO_ON = "go on"
    """From the state of each stream that it means."""
    REFUSE = "refuse"
    """In a sentence, before anything is read."""
    NOT_MISTAKE = "not mistake"
    """Either, or go on with a warning that says what was left out."""


@dataclass(frozen=True)
class Written:
    """A file, or the objects that another program hands over."""

    form: str
    content: bytes | list[object]
    means: Mapping[str, Blob | None]
    must: Must = Must.GO_ON
    warns: bool = False


# One value, or several one after another.


def stream(name: str, blob: Blob | None, **descriptor: object) -> Json:
    return {"stream_descriptor": {"name": name, **descriptor}, "stream_state": blob}


def _message(rng: random.Random, name: str, blob: Blob | None) -> Json:
    namespace = rng.choice(({}, {"namespace": None}))
    kind = rng.choice(({"type": "STREAM"}, {"type": "stream"}, {"type": None}, {"type": "LEGACY"}, {}))
    more = rng.choice(({}, {"global": None, "data": None}, {"sourceStats": {"recordCount": 5.0}, "id": 3}))
    return {**kind, "stream": stream(name, blob, **namespace), **more}


def _global(rng: random.Random, pairs: Pairs) -> Json:
    states = [stream(*pair) for pair in pairs]
    shared: Json = rng.choice(({}, {"shared_state": None}, {"shared_state": {}}))
    kind = rng.choice(({"type": "GLOBAL"}, {"type": None}, {}))
    return {**kind, rng.choice(("global", "global_")): {"stream_states": states, **shared}}


def _legacy(rng: random.Random, pairs: Pairs) -> Json:
    return {**rng.choice(({"type": "LEGACY"}, {"type": None}, {})), rng.choice(("data", "legacy")): dict(pairs)}


def _camel(pairs: Pairs) -> list[Json]:
    return [{"streamDescriptor": {"name": name}, "streamState": blob} for name, blob in pairs]


def _messages(rng: random.Random, pairs: Pairs) -> list[Json]:
    return [_message(rng, *pair) for pair in pairs]


def _wrapped(rng: random.Random, pairs: Pairs) -> list[Json]:
    return [{"type": "STATE", "state": message} for message in _messages(rng, pairs)]


def _mixed(rng: random.Random, pairs: Pairs) -> list[Json]:
    writers: tuple[Callable[[Pairs], Json], ...] = (
        lambda part: _global(rng, part),
        lambda part: _legacy(rng, part),
        lambda part: _message(rng, *part[0]),
        lambda part: stream(*part[0]),
        lambda part: _wrapped(rng, part)[0],
        dict,
    )
    return [rng.choice(writers)([pair]) for pair in pairs]


def _api(rng: random.Random, pairs: Pairs) -> Json:
    states = _camel(pairs)
    shown = rng.choice(
        (
            {"stateType": "stream", "streamState": states},
            {"stateType": "global", "globalState": {"sharedState": None, "streamStates": states}},
            {"stateType": "legacy", "state": dict(pairs)},
        )
    )
    return {"connectionId": "0a1b", **shown}


def _tap_airbyte(rng: random.Random, pairs: Pairs) -> Json:
    kept = {"airbyte_state": _messages(rng, pairs), **stream(*pairs[-1])}
    return rng.choice(
        (
            kept,
            {"singer_state": kept},
            {"completed": {"singer_state": kept}, "partial": None},
            {"type": "STATE", "value": kept},
        )
    )


def _overlapping(rng: random.Random, pairs: Pairs) -> list[Json]:
    """As the CDK wrote it while the protocol changed: each message also holds all states in the old form."""
    return [
        {"type": "STREAM", "stream": stream(*pair), "data": dict(pairs[: number + 1])}
        for number, pair in enumerate(pairs)
    ]


VALUES: dict[str, Callable[[random.Random, Pairs], Json]] = {
    "state messages": _messages,
    "states without messages": lambda rng, pairs: [stream(*pair) for pair in pairs],
    "messages of type STATE": _wrapped,
    "an object by name": lambda rng, pairs: dict(pairs),
    "the form before state messages": lambda rng, pairs: rng.choice(([_legacy(rng, pairs)], _legacy(rng, pairs))),
    "a global state": lambda rng, pairs: rng.choice(([_global(rng, pairs)], _global(rng, pairs))),
    "two global states": lambda rng, pairs: [_global(rng, pairs[:1]), _global(rng, pairs[1:])],
    "all forms at once": _mixed,
    "what Airbyte's API answers": _api,
    "what Airbyte's application shows": lambda rng, pairs: _camel(pairs),
    "what Meltano keeps": _tap_airbyte,
    "overlapping forms": _overlapping,
}


def encoded(rng: random.Random, text: str) -> bytes:
    text = rng.choice((text, f"\n {text}\n", text.replace("\n", "\r\n")))
    return text.encode(rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")))


def text_of(rng: random.Random, value: Json) -> str:
    return json.dumps(value, indent=rng.choice((None, None, 2)), ensure_ascii=rng.random() < 0.5)


def _output(rng: random.Random, pairs: Pairs) -> list[str]:
    """The lines that a sync prints."""
    lines = []
    for pair in pairs:
        lines += [json.dumps(rng.choice(OTHERS), separators=(",", ":")) for _ in range(rng.randrange(3))]
        lines.append(json.dumps(rng.choice((_wrapped, _messages))(rng, [pair])[0]))
    return lines


def in_one_value(rng: random.Random, pairs: Pairs) -> Written:
    form = rng.choice(list(VALUES))
    return Written(form, encoded(rng, text_of(rng, VALUES[form](rng, pairs))), dict(pairs))


def in_a_row(rng: random.Random, pairs: Pairs) -> Written:
    values = [rng.choice((_wrapped, _messages, _mixed))(rng, [pair])[0] for pair in pairs]
    return Written("values in a row", encoded(rng, "\n".join(text_of(rng, value) for value in values)), dict(pairs))


def as_printed(rng: random.Random, pairs: Pairs) -> Written:
    return Written("output", encoded(rng, "\n".join(_output(rng, pairs)) + "\n"), dict(pairs))


def cut_off(rng: random.Random, pairs: Pairs) -> Written:
    """Output of a sync that was killed while it wrote; what the last whole lines say is what there is."""
    lines, ends = [], [0]
    for pair in pairs:
        lines += [line + "\n" for line in _output(rng, [pair])]
        ends.append(sum(map(len, lines)))
    text = "".join(lines)
    at = rng.randrange(ends[1], len(text) + 1)
    # A whole line counts also without the character that ends it.
    whole = [pair for pair, end in zip(pairs, ends[1:], strict=True) if end - 1 <= at]
    return Written("output that breaks off", text[:at].encode(), dict(whole))


def with_an_unknown_stream(rng: random.Random, pairs: Pairs) -> Written:
    """That of another connector; or one whose name is near to one that has its own state."""
    more = [*pairs, (rng.choice(("usage_records", SECRET, "x" * 500, "", pairs[0][0][:-1])), {"updated": 5})]
    rng.shuffle(more)
    means = {name: blob for name, blob in more if name in dict(pairs)}
    form = rng.choice(("state messages", "a global state", "all forms at once", "states without messages"))
    return Written(f"{form}, an unknown stream", encoded(rng, text_of(rng, VALUES[form](rng, more))), means, warns=True)


def with_a_namespace(rng: random.Random, pairs: Pairs) -> Written:
    states = [stream(name, blob, namespace="public") for name, blob in pairs]
    content = text_of(rng, rng.choice((states, {"type": "GLOBAL", "global": {"stream_states": states}})))
    return Written("a namespace", encoded(rng, content), dict(pairs), warns=True)


def with_something_shared(rng: random.Random, pairs: Pairs) -> Written:
    shared = {"type": "GLOBAL", "global": {"shared_state": {"lsn": 5}, "stream_states": [stream(*p) for p in pairs]}}
    return Written("something shared", encoded(rng, text_of(rng, [shared])), dict(pairs), warns=True)


def as_objects(rng: random.Random, pairs: Pairs) -> Written:
    objects: list[object] = []
    for message in [rng.choice((_messages, lambda r, p: [_global(r, p)]))(rng, [pair])[0] for pair in pairs]:
        plain = {name.removesuffix("_"): value for name, value in message.items() if name not in ("id", "legacy")}
        kind = plain.pop("type", None)
        typed = AirbyteStateMessageSerializer.load({**plain, "type": kind.upper() if kind else None})
        objects.append(rng.choice((typed, typed, message, AirbyteMessage(type=Type.STATE, state=typed))))
    return Written("objects", objects, dict(pairs))


FORMS = (
    *(in_one_value,) * 8,
    *(as_printed, cut_off, in_a_row, as_objects) * 2,
    *(with_an_unknown_stream, with_an_unknown_stream, with_a_namespace, with_something_shared),
)
"""As often as each is tried."""
