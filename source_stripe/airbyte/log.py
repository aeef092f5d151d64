"""The log in the protocol's words: every line a message, at every level, and no key in any."""

from __future__ import annotations

import logging
from typing import TextIO

import orjson
from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.models import AirbyteMessage, Type

from source_stripe.masking import masked

LONGEST_LOG = 20_000
"""Characters of a line of the log at most; a trace of the stack has as many."""


class LogFormatter(AirbyteLogFormatter):
    """The CDK's, which however prints what `--debug` shows as something that is no message."""

    def format(self, record: logging.LogRecord) -> str:
        text = logging.Formatter.format(self, record)
        if extras := self.extract_extra_args_from_record(record) if record.levelno <= logging.DEBUG else {}:
            text += f" {extras}"
        level = self.level_mapping.get(record.levelno, "INFO")
        log = {"level": getattr(level, "value", level), "message": _kept(text)}
        return orjson.dumps({"type": "LOG", "log": log}).decode()

    def formatException(self, ei: object) -> str:  # noqa: N802  (the name is of logging)
        """What the exception says. Where in the code it was raised stands in the trace message of its stream."""
        error = ei[1] if isinstance(ei, tuple) else None
        return f"{type(error).__name__}: {error}" if error else ""


def without_keys(message: AirbyteMessage) -> AirbyteMessage:
    """The message; what people wrote in it is masked, and what is data stays as it is."""
    match message.type:
        case Type.LOG if message.log:
            message.log.message = _kept(message.log.message)
        case Type.TRACE if message.trace and (status := message.trace.stream_status):
            status.stream_descriptor.name = masked(status.stream_descriptor.name)
        case Type.TRACE if message.trace and (error := message.trace.error):
            if stream := error.stream_descriptor:
                stream.name = masked(stream.name)
            error.message = _kept(error.message)
            error.internal_message = error.internal_message and _kept(error.internal_message)
            error.stack_trace = error.stack_trace and _kept(error.stack_trace)
        case Type.CONNECTION_STATUS if (result := message.connectionStatus) and result.message:
            result.message = _kept(result.message)
    return message


def _kept(text: str) -> str:
    """Without keys, and cut in the middle where it is long; half characters are replaced."""
    text = masked(text).encode("utf-8", "replace").decode()
    half = LONGEST_LOG // 2
    return text if len(text) <= LONGEST_LOG else f"{text[:half]} ... {text[-half:]}"


class MaskedStream:
    """A text stream, such as stderr, that what is written to passes without keys."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(masked(text))
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)
