"""What must hold of whatever a command prints: protocol messages, an exit code that fits them, sentences, no key."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, Status, Type

from integration_tests.in_process import Said
from integration_tests.vocabulary import Synced

LONGEST_SENTENCE = 6_000
"""Several sentences may stand in one message, such as one for each option that is wrong."""
RUN = 12
"""So many characters of a key in a row give it away."""
UNFORESEEN = ("Traceback", "Something went wrong that should not", "Exception in thread")
PARTS = {
    Type.LOG: "log",
    Type.SPEC: "spec",
    Type.STATE: "state",
    Type.TRACE: "trace",
    Type.RECORD: "record",
    Type.CATALOG: "catalog",
    Type.CONNECTION_STATUS: "connectionStatus",
}
RESULTS = {"spec": Type.SPEC, "discover": Type.CATALOG, "check": Type.CONNECTION_STATUS}
"""What a command is run for."""


class WrongError(AssertionError):
    """A law does not hold; `str()` of it shows what was given and what became of it."""


class Printed(NamedTuple):
    """What a command printed, understood."""

    code: int
    synced: Synced
    succeeded: bool
    """Whether it did all that it was asked for."""

    @property
    def states(self) -> bytes:
        """The state messages, as the file that a platform gives to the next sync."""
        messages = [one for one in self.synced.messages if one.state]
        return b"".join(orjson.dumps(AirbyteMessageSerializer.dump(one)) + b"\n" for one in messages)


def understood(command: str, said: Said, keys: Collection[str]) -> Printed:
    """What was printed, put to all that must hold of it. `keys` may stand in records only. Raises WrongError."""
    messages = [_message(line) for line in said.printed]
    beside = [line for line in said.printed if not line.startswith('{"type":"RECORD"')]
    told = "\n".join([*beside, said.stderr])
    _hidden(keys, told)
    sentences = [text for one in messages for text in _sentences(one)]
    for text in [*sentences, said.stderr]:
        if any(words in text for words in UNFORESEEN):
            raise WrongError(f"Not foreseen: {text[:3000]}")
        if len(text) > LONGEST_SENTENCE:
            raise WrongError(f"Too long to be read: {text[:300]}")
    of_result = [one for one in messages if one.type is RESULTS.get(command)]
    errors = [one.trace.error for one in messages if one.trace and one.trace.error]
    wrong_usage = said.code == 2 and not messages and said.stderr.startswith("usage:")
    if said.code and not wrong_usage and not any(error.message.strip() for error in errors):
        raise WrongError(f"Exit code {said.code} without a sentence: {told[-2000:]}")
    if said.code == 0 and (errors or (command in RESULTS and len(of_result) != 1)):
        raise WrongError(f"Exit code 0, but {len(errors)} errors and {len(of_result)} results: {told[-2000:]}")
    status = next((one.connectionStatus for one in of_result if one.connectionStatus), None)
    if status and status.status is Status.FAILED and not (status.message or "").strip():
        raise WrongError("check fails without a sentence")
    error = errors[-1].message if said.code and errors else ""
    failed = status is not None and status.status is not Status.SUCCEEDED
    return Printed(said.code, Synced(messages, error), said.code == 0 and not failed)


def _message(line: str) -> AirbyteMessage:
    try:
        message: AirbyteMessage = AirbyteMessageSerializer.load(orjson.loads(line))
        part = getattr(message, PARTS[message.type])
    except Exception as error:
        raise WrongError(f"No message of the protocol: {line[:500]!r} ({error})") from None
    if part is None:
        raise WrongError(f"A message without what it is for: {line[:500]!r}")
    return message


def _sentences(message: AirbyteMessage) -> list[str]:
    match message.type:
        case Type.LOG if message.log:
            return [message.log.message]
        case Type.TRACE if message.trace and message.trace.error:
            return [message.trace.error.message or "", message.trace.error.internal_message or ""]
        case Type.CONNECTION_STATUS if message.connectionStatus:
            return [message.connectionStatus.message or ""]
    return []


def _hidden(keys: Collection[str], told: str) -> None:
    for key in keys:
        secret = re.sub(r"^[a-z]+_(live_|test_)?", "", key)
        for at in range(len(secret) - RUN + 1):
            if secret[at : at + RUN] in told:
                where = told.index(secret[at : at + RUN])
                raise WrongError(f"A key is shown: {told[max(0, where - 300) : where + 100]!r}")
