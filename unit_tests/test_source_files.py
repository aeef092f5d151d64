"""What the source makes of its three files: what it goes on with, or an error that is the user's and names the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateMessageSerializer, FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.source import SourceStripe

READS: dict[str, Callable[[str], object]] = {
    "configuration": SourceStripe.read_config,
    "catalogue": SourceStripe.read_catalog,
    "state": SourceStripe.read_state,
}
STREAM = {"name": "customers", "json_schema": {}, "supported_sync_modes": ["incremental"]}
ENTRY = {"stream": STREAM, "sync_mode": "incremental", "destination_sync_mode": "append"}
KEY = "sk_live_51HrandomlyChosen"


def refusal(what: str, path: str) -> str:
    with pytest.raises(AirbyteTracedException) as raised:
        READS[what](path)
    assert raised.value.failure_type is FailureType.config_error
    assert KEY not in str(raised.value)
    return str(raised.value.message)


@pytest.mark.parametrize("what", READS)
@pytest.mark.parametrize(
    "content", ["{", "[] []x", '{"a": 1, "a": 2}', "[NaN]", "[" * 100_000, "5", "null", "", "5" * 5_000, f'"{KEY}"']
)
def test_a_file_that_cannot_be_used_is_named_and_the_users(what: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    path.write_text(content)
    assert refusal(what, str(path)).startswith(f"The {what} {path} ")


@pytest.mark.parametrize("what", READS)
def test_a_file_that_is_not_there_is_named_and_the_users(what: str, tmp_path: Path) -> None:
    assert (
        refusal(what, str(tmp_path / "none"))
        == f"The {what} {tmp_path / 'none'} cannot be read: No such file or directory."
    )
    assert refusal(what, str(tmp_path)) == f"The {what} {tmp_path} cannot be read: Is a directory."
    assert refusal(what, "").startswith(f"The {what} has to be in a file, whose path is given.")


@pytest.mark.parametrize("content", [[], [{"client_secret": KEY}], KEY, 5, None, True])
def test_a_configuration_is_an_object(content: object, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(content))
    assert refusal("configuration", str(tmp_path / "config.json")).endswith("config.json must be a JSON object.")


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY | {"destination_sync_mode": None},
        ENTRY | {"destination_sync_mode": KEY},
        ENTRY | {"cursor_field": "updated"},
        ENTRY | {"stream": {"name": "customers"}},
        ENTRY | {"stream": STREAM | {"json_schema": KEY}},
        ENTRY | {"stream": STREAM | {"supported_sync_modes": [KEY]}},
    ],
)
def test_a_catalogue_that_does_not_fit_the_protocol_shows_one_that_does(entry: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text(json.dumps({"streams": [entry]}))
    assert '. It takes {"streams": [{"stream": {"name": ' in refusal("catalogue", str(tmp_path / "catalog.json"))


def test_a_state_becomes_a_message_for_each_stream_that_has_one(tmp_path: Path) -> None:
    given = {
        "customers": {"updated": 5, "recent": {}},
        "charges": {},
        "invoices": None,
        "__proto__": {},
        "files": {"a": 1},
    }
    (tmp_path / "state.json").write_text(json.dumps(given))
    messages: list[AirbyteStateMessage] = SourceStripe.read_state(str(tmp_path / "state.json"))
    assert [AirbyteStateMessageSerializer.dump(message) for message in messages] == [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": given[name]}}
        for name in ("customers", "files")
    ]


def test_without_a_file_there_is_no_state() -> None:
    assert SourceStripe.read_state(None) == []
