"""States are understood in whichever form they are kept, and what is not understood is never taken for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteGlobalState,
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
    Type,
)

from source_stripe.airbyte.files import CUT, Unusable
from source_stripe.airbyte.input_states import States, plain, understood

KNOWN = ("customers", "charges", "invoices", "invoice_items", "account")
KEY = "sk_live_51HrandomlyChosen"
Blob = Mapping[str, Any]
A: Blob = {"updated": 1}
B: Blob = {"updated": 2, "recent": {"ids": {}}}


def stream(name: str, state: object, **descriptor: object) -> dict[str, Any]:
    return {"stream_descriptor": {"name": name, **descriptor}, "stream_state": state}


def camel(name: str, state: object) -> dict[str, Any]:
    return {"streamDescriptor": {"name": name}, "streamState": state}


def message(name: str, state: object, **more: object) -> dict[str, Any]:
    return {"type": "STREAM", "stream": stream(name, state)} | more


BOTH = [message("customers", A), message("charges", B)]
GLOBAL = {"stream_states": [stream("customers", A), stream("charges", B)]}
BY_NAME: Mapping[str, Blob] = {"customers": A, "charges": B}
LOG = {"type": "LOG", "log": {"level": "INFO", "message": "Read 5 records"}}

FORMS: dict[str, list[object]] = {
    "state messages": [BOTH],
    "a message a line": [*BOTH],
    "lists a line": [BOTH[:1], BOTH[1:]],
    "output": [
        LOG,
        {"type": "STATE", "state": BOTH[0]},
        {"type": "TRACE", "trace": {}},
        {"type": "STATE", "state": BOTH[1]},
    ],
    "wrapped in a list": [[{"type": "STATE", "state": one} for one in BOTH]],
    "without type": [[{"stream": one["stream"]} for one in BOTH]],
    "with type null": [[one | {"type": None} for one in BOTH]],
    "with the type before state messages": [[one | {"type": "LEGACY"} for one in BOTH]],
    "with a type in small letters": [[one | {"type": "stream"} for one in BOTH]],
    "without messages": [[one["stream"] for one in BOTH]],
    "with what a platform adds": [[one | {"id": 7, "sourceStats": {"recordCount": 1.0}, "data": None} for one in BOTH]],
    "with the older form beside": [[one | {"data": BY_NAME} for one in BOTH]],
    "by name": [BY_NAME],
    "by name, one by one": [[{"customers": A}, {"charges": B}]],
    "legacy": [[{"type": "LEGACY", "data": BY_NAME}]],
    "legacy, alone and without type": [{"data": BY_NAME}],
    "global": [[{"type": "GLOBAL", "global": GLOBAL}]],
    "global, alone, with nothing shared": [{"type": "GLOBAL", "global": {**GLOBAL, "shared_state": {}}}],
    "global, as PyAirbyte writes it": [[{"type": "GLOBAL", "global_": {**GLOBAL, "shared_state": None}}]],
    "global, without message": [GLOBAL],
    "two global ones": [[{"type": "GLOBAL", "global": {"stream_states": [one["stream"]]}} for one in BOTH]],
    "a global one and one by stream": [[{"type": "GLOBAL", "global": {"stream_states": [BOTH[0]["stream"]]}}, BOTH[1]]],
    "Airbyte's application": [[camel("customers", A), camel("charges", B)]],
    "Airbyte's API": [
        {"stateType": "stream", "connectionId": "c", "streamState": [camel("customers", A), camel("charges", B)]}
    ],
    "Airbyte's API, global": [
        {
            "stateType": "global",
            "globalState": {"sharedState": None, "streamStates": [camel("customers", A), camel("charges", B)]},
        }
    ],
    "Airbyte's API, legacy": [{"stateType": "legacy", "connectionId": "c", "state": BY_NAME}],
    "tap-airbyte": [{"airbyte_state": BOTH, **BOTH[0]["stream"]}],
    "tap-airbyte, legacy": [{"airbyte_state": [{"type": "LEGACY", "legacy": BY_NAME}]}],
    "Meltano": [{"singer_state": {"airbyte_state": BOTH}}],
    "Meltano's store": [{"completed": {"singer_state": {"airbyte_state": BOTH}}, "partial": None}],
    "a Singer message of tap-airbyte": [LOG, {"type": "STATE", "value": {"airbyte_state": BOTH}}],
}


@pytest.mark.parametrize("given", FORMS.values(), ids=FORMS)
def test_a_form_whose_intent_is_clear_is_understood(given: list[object]) -> None:
    assert understood(given, KNOWN) == States(BY_NAME)


@pytest.mark.parametrize(
    "given",
    [
        [[]],
        [{}],
        [[message("customers", {}), message("charges", None)]],
        [[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "customers", "namespace": None}}}]],
        [{"customers": {}, "charges": None}],
        [{"type": "LEGACY", "data": {}}],
        [{"type": "GLOBAL", "global": {"stream_states": [], "shared_state": {}}}],
        [{"stateType": "not_set", "connectionId": "c"}],
        [{"airbyte_state": []}],
        [LOG, {"type": "STATE", "state": message("customers", None)}],
    ],
)
def test_what_says_that_there_is_no_state_yet_is_believed(given: list[object]) -> None:
    assert understood(given, KNOWN) == States({})


@pytest.mark.parametrize(
    "given",
    [
        [[message("customers", A), message("customers", B)]],
        [message("customers", A), LOG, message("customers", B)],
        [{"customers": A}, [message("customers", B)]],
        [[{"type": "GLOBAL", "global": {"stream_states": [stream("customers", A)]}}, message("customers", B)]],
        [[message("customers", A), {"type": "GLOBAL", "global": {"stream_states": [stream("customers", B)]}}]],
        [[message("customers", A) | {"data": {"customers": B}, "type": "LEGACY"}]],
        [
            {
                "completed": {"airbyte_state": [message("customers", A)]},
                "partial": {"airbyte_state": [message("customers", B)]},
            }
        ],
    ],
)
def test_the_last_state_of_a_stream_counts(given: list[object]) -> None:
    assert understood(given, KNOWN) == States({"customers": B})


def test_a_last_state_that_is_none_counts_as_well() -> None:
    assert understood([message("customers", A), message("customers", None)], KNOWN) == States({})


REFUSED: list[tuple[list[object], str]] = [
    ([], "no state of a stream"),
    ([None], "is null, which tells nothing"),
    ([False], "is false, which tells nothing"),
    ([True], "is true, which tells nothing"),
    ([0], "is a number"),
    ([""], "is a text"),
    ([5.0], "is a number"),
    ([[None]], "number 1 of its list"),
    ([[message("customers", A), []]], "number 2 of its list"),
    ([[{}]], "number 1 of its list"),
    ([[[message("customers", A)]]], "number 1 of its list"),
    ([LOG], "no state of a stream"),
    ([CUT], "no state of a stream"),
    ([{"type": "STREAM"}], "the type STREAM and no state"),
    ([{"type": "GLOBAL", "global": None}], "the type GLOBAL and no state"),
    ([{"type": "STATE", "state": None}], "the type STATE and no state"),
    ([{"type": None}], "no type and no state"),
    ([message("customers", A, type="SNAPSHOT")], "the type SNAPSHOT"),
    ([message("customers", A, type=5)], "the type 5"),
    ([{"type": "STREAM", "stream": [stream("customers", A)]}], "a state of a stream that is not an object"),
    ([{"type": "STREAM", "stream": {"stream_state": A}}], "a stream_descriptor that is not an object"),
    ([stream("customers", A) | {"stream_descriptor": "customers"}], "a stream_descriptor that is not an object"),
    ([stream("customers", A) | {"stream_descriptor": {"nome": "customers"}}], "does not name a stream"),
    ([stream("customers", A, namespace=5)], "does not name a stream"),
    (
        [{"stream_descriptor": {"name": "customers"}, "stream_stat": A}],
        "holds stream_stat, where stream_state is meant",
    ),
    ([{"stream_descripter": {"name": "customers"}, "stream_state": A}], "where stream_descriptor is meant"),
    ([[message("charges", A), {"stream_descripter": {}, "stream_state": A}]], "where stream_descriptor is meant"),
    ([{"airbyte_stat": BOTH, **stream("customers", None)}], "holds airbyte_stat, where airbyte_state is meant"),
    ([{"stream_descriptor": {"name": "customers"}, "cursor": A}], "no stream_state for customers, but cursor"),
    ([{"type": "GLOBAL", "global": {"strem_states": []}}], "holds strem_states, where stream_states is meant"),
    ([{"type": "GLOBAL", "global": {"shared_state": {}}}], "no list where the states of several streams should be"),
    (
        [{"type": "GLOBAL", "global": {"stream_states": {"customers": A}}}],
        "no list where the states of several streams",
    ),
    ([{"type": "GLOBAL", "global": {"stream_states": [], "shared_state": {"a": 1}}}], "no state of a stream"),
    ([{"type": "LEGACY", "data": [A]}], "a 'data' that is not an object"),
    ([{"stateType": "streams"}], "has the stateType streams"),
    ([{"stateType": "stream"}], "no list where the states of several streams should be"),
    ([{"customers": 5}], "holds under customers no state"),
    ([{"updated": 1_700_000_000}], "holds under updated no state"),
    ([{"client_secret": KEY}], "holds under client_secret no state"),
    ([{"streams": [{"stream": {"name": "customers"}}]}], "holds under streams no state"),
    ([{"bookmarks": {"customers": {}}}], "a Singer tap"),
    ([{"type": "STATE", "value": {"bookmarks": {}}}], "a Singer tap"),
    ([{"singer_state": {"bookmarks": {}}}], "a Singer tap"),
    ([{"usage_records": A}], "names no stream of this source, but usage_records"),
    ([{KEY: A}], "names no stream of this source, but sk_***"),
    ([{"custmers": A}], "custmers (is customers meant?)"),
    ([{"costumers": A, "charges": B}], "costumers (is customers meant?)"),
    ([{"Customers": A, "charges": B}], "Customers (is customers meant?)"),
    ([{"invoice-item": A, "charges": B}], "invoice-item (is invoice_items meant?)"),
    ([[stream("customers", A), stream("customers", B, namespace="x")]], "customers for several namespaces"),
    ([[stream("customers", A, namespace="x"), stream("customers", A, namespace="y")]], "several namespaces"),
]
JUNK: tuple[object, ...] = (5, 0, "", "x", [], [A], False)
REFUSED += [([message("customers", junk)], "a state of the stream customers that is not an object") for junk in JUNK]


@pytest.mark.parametrize(("given", "says"), REFUSED)
def test_what_is_not_understood_is_refused_in_a_sentence(given: list[object], says: str) -> None:
    with pytest.raises(Unusable) as raised:
        understood(given, KNOWN)
    assert says in str(raised.value)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("given", [[], [None], [False], [0], [""], [LOG], [{"usage_records": A}]])
def test_where_nothing_is_said_the_sentence_tells_how_to_say_it(given: list[object]) -> None:
    with pytest.raises(Unusable, match=r"For a first sync leave --state out, or give it \[\]\."):
        understood(given, KNOWN)


def test_streams_that_there_are_not_are_left_out_with_a_word_where_others_are_known() -> None:
    states = understood([[message("usage_records", A), message("customers", A), message("skus", A)]], KNOWN)
    assert states.blobs == {"customers": A}
    assert states.warnings == ("The state of usage_records, skus is left out: there is no such stream.",)


def test_a_name_near_to_one_that_has_its_state_is_one_of_the_others() -> None:
    states = understood([{"customers": A, "customer": B}], KNOWN)
    assert states.blobs == {"customers": A}
    assert "The state of customer is left out" in states.warnings[0]


def test_many_unknown_names_and_long_ones_make_no_long_sentence() -> None:
    names = {f"{number} {'x' * 1_000}": A for number in range(100)}
    states = understood([names | {"customers": A}], KNOWN)
    assert "and 92 more" in states.warnings[0]
    assert len(states.warnings[0]) < 1_000
    with pytest.raises(Unusable, match=r"^names 100000 streams that there are not"):
        understood([{str(number): A for number in range(100_000)} | {"customers": A}], KNOWN)


def test_a_namespace_is_taken_for_none_with_a_word() -> None:
    states = understood([[stream("customers", A, namespace="public"), stream("charges", B, namespace="")]], KNOWN)
    assert states.blobs == BY_NAME
    assert states.warnings == ("The namespace of customers in the state says nothing: this source has none.",)


def test_what_is_shared_is_left_out_with_a_word() -> None:
    states = understood([[{"type": "GLOBAL", "global": {**GLOBAL, "shared_state": {"lsn": 5}}}]], KNOWN)
    assert states.blobs == BY_NAME
    assert states.warnings == ("The shared part of a global state is left out: this source shares none.",)


def test_a_last_line_that_breaks_off_is_left_out_with_a_word() -> None:
    states = understood([*BOTH, CUT], KNOWN)
    assert states.blobs == BY_NAME
    assert states.warnings == ("The last line of the state breaks off, and is left out.",)


def _typed(name: str, blob: Mapping[str, Any]) -> AirbyteStreamState:
    return AirbyteStreamState(StreamDescriptor(name=name), AirbyteStateBlob(blob))


@dataclass
class Pydantic:
    """Keeps what it does not declare apart, as Pydantic's models do."""

    name: str
    extra: Mapping[str, Any] = field(default_factory=dict)

    def model_dump(self) -> dict[str, Any]:
        return stream(self.name, self.extra)


@pytest.mark.parametrize(
    "given",
    [
        [
            AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=_typed(name, blob))
            for name, blob in BY_NAME.items()
        ],
        tuple(AirbyteStateMessage(stream=_typed(name, blob)) for name, blob in BY_NAME.items()),
        [AirbyteStateMessage(type=AirbyteStateType.LEGACY, data=dict(BY_NAME))],
        [AirbyteStateMessage(data=dict(BY_NAME))],
        [
            AirbyteStateMessage(
                type=AirbyteStateType.GLOBAL,
                global_=AirbyteGlobalState(stream_states=[_typed(name, blob) for name, blob in BY_NAME.items()]),
            )
        ],
        [
            AirbyteMessage(type=Type.STATE, state=AirbyteStateMessage(stream=_typed(name, blob)))
            for name, blob in BY_NAME.items()
        ],
        [_typed(name, blob) for name, blob in BY_NAME.items()],
        [Pydantic(name, blob) for name, blob in BY_NAME.items()],
        BOTH,
        BY_NAME,
        [AirbyteStateMessage(stream=_typed("customers", A)), BOTH[1]],
    ],
)
def test_the_objects_of_a_program_are_understood_as_the_json_they_stand_for(given: object) -> None:
    assert understood([plain(given)], KNOWN) == States(BY_NAME)


def test_what_a_state_holds_is_not_the_callers_any_more() -> None:
    blob: dict[str, Any] = {"recent": {"ids": {}}}
    (taken,) = understood([plain([_typed("customers", blob)])], KNOWN).blobs.values()
    blob["recent"]["ids"]["evt_1"] = 5
    assert taken == {"recent": {"ids": {}}}


@pytest.mark.parametrize(
    "given", [[AirbyteStateMessage()], [AirbyteStateMessage(type=AirbyteStateType.STREAM)], [object()], {5}]
)
def test_objects_that_say_nothing_are_refused(given: object) -> None:
    with pytest.raises(Unusable):
        understood([plain(given)], KNOWN)
