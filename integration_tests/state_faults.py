"""Files that are no states, or damaged ones, and what must not become of them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence

from integration_tests.state_forms import (
    OTHERS,
    SECRET,
    VALUES,
    Blob,
    Json,
    Must,
    Pairs,
    Written,
    encoded,
    stream,
    text_of,
)

NOTHING = ("null", "false", "0", '""', "", " \n", "5", '"customers"', "[null]", "[[]]", "[{}]", "[5]", "null\nnull")
JUNK: tuple[Json, ...] = (5, "x", SECRET, True, False, [], [{}], 0, "")
SINGER = {"bookmarks": {"customers": {"updated": 5}}}


def nothing(rng: random.Random, pairs: Pairs) -> Written:
    return Written("nothing", encoded(rng, rng.choice(NOTHING)), {}, Must.REFUSE)


def broken_json(rng: random.Random, pairs: Pairs) -> Written:
    text = json.dumps(VALUES[rng.choice(list(VALUES))](rng, pairs))
    broken = rng.choice(
        (
            text[: rng.randrange(1, len(text))],
            text + rng.choice(("]", "}", "x", ",")),
            text.replace(":", ": NaN, ", 1),
            f'{{"customers": {{"updated": 5}}, "customers": {text}}}',
            "[" * rng.choice((90, 500, 100_000)) + text,
            text.replace('"', "'"),
        )
    )
    return Written("broken JSON", encoded(rng, broken), {}, Must.REFUSE)


def no_text(rng: random.Random, pairs: Pairs) -> Written:
    return Written("no text", json.dumps(dict(pairs)).encode()[:-1] + b"\xff\xfe}", {}, Must.REFUSE)


def something_else(rng: random.Random, pairs: Pairs) -> Written:
    """Files of other kinds, streams of other sources, states that are none."""
    name = pairs[0][0]
    other: Json = rng.choice(
        (
            SINGER,
            {"type": "STATE", "value": SINGER},
            {"singer_state": SINGER},
            {"client_secret": SECRET, "start_date": "2020-01-01"},
            {"streams": [{"stream": {"name": name}, "sync_mode": "incremental"}]},
            {"updated": 1_790_000_000},
            *({name: {"updated": 5}} for name in ("usage_records", SECRET, "", "x")),
            [stream("usage_records", None)],
            {"type": "GLOBAL", "global": {"shared_state": {"lsn": 5}, "stream_states": []}},
            {"type": "GLOBAL", "global": None},
            {"type": "STREAM"},
            {"type": "WEIRD", "stream": stream(name, {})},
            *({"type": "STREAM", "stream": {**stream(name, None), "stream_state": junk}} for junk in JUNK),
            OTHERS,
        )
    )
    value = rng.choice((other, [other])) if isinstance(other, dict) else other
    return Written("something else", encoded(rng, text_of(rng, value)), {}, Must.REFUSE)


def with_a_name_misspelt(rng: random.Random, pairs: Pairs) -> Written:
    """The states of one stream are under a name that there is not, and those of the others are as they should be."""
    name = pairs[0][0]
    wrong = rng.choice((name[:-1], name + "_", name.upper(), name.replace("s", "z"), f" {name.title()}"))
    written = VALUES["all forms at once"](rng, [(wrong if one == name else one, blob) for one, blob in pairs])
    return Written("a name misspelt", encoded(rng, text_of(rng, written)), {}, Must.REFUSE)


def in_two_namespaces(rng: random.Random, pairs: Pairs) -> Written:
    states = [stream(name, blob) for name, blob in pairs] + [stream(pairs[0][0], pairs[0][1], namespace="b")]
    rng.shuffle(states)
    return Written("two namespaces", encoded(rng, text_of(rng, states)), {}, Must.REFUSE)


def damaged(rng: random.Random, pairs: Pairs) -> Written:
    """One key misspelt or one value replaced, outside what the streams themselves have written."""
    form = rng.choice(list(VALUES))
    value = copy.deepcopy(VALUES[form](rng, pairs))
    blobs = [blob for _, blob in pairs]
    places = [place for place in _places(value, blobs) if place[1] not in dict(pairs)]
    if places:
        holder, key = rng.choice(places)
        if rng.random() < 0.5:
            at = rng.randrange(len(key))
            holder[key[:at] + rng.choice("xyz") + key[at + 1 :]] = holder.pop(key)
        else:
            holder[key] = rng.choice((5, "x", True, [5], {"a": 5}, SECRET))
    return Written(f"{form}, damaged", encoded(rng, text_of(rng, value)), dict(pairs), Must.NOT_MISTAKE)


def _places(value: Json, blobs: Sequence[Blob | None]) -> Iterator[tuple[dict[str, Json], str]]:
    if isinstance(value, list):
        for one in value:
            yield from _places(one, blobs)
    elif isinstance(value, dict) and value not in blobs:
        for key, one in value.items():
            yield value, key
            yield from _places(one, blobs)


FAULTS = (
    *(damaged,) * 5,
    *(nothing, broken_json, no_text, with_a_name_misspelt, in_two_namespaces, *(something_else,) * 3),
)
"""As often as each is tried."""
