"""The entry point: what the command line asks for, as protocol messages on stdout and nothing else."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import ConnectorSpecification, FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.outside import Outside
from source_stripe.source import SourceStripe


class Entrypoint(AirbyteEntrypoint):
    """The CDK's, without its validation of the configuration: the source says itself what is wrong, and better."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: object) -> None:
        """Left to the source."""


def run(argv: Sequence[str], source: SourceStripe) -> int:
    """Do what `argv` says; returns the exit code, which is 0 only if all of it was done."""
    entrypoint = Entrypoint(source)
    if not argv:
        with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
            entrypoint.parse_args(["--help"])
        return 2
    arguments = entrypoint.parse_args(list(argv))
    try:
        # What a library may print must not get among the messages.
        with contextlib.redirect_stdout(sys.stderr):
            for message in entrypoint.run(arguments):
                PRINT_BUFFER.write(f"{message}\n")
        code = 0
    except AirbyteTracedException as error:
        code = _say(entrypoint, error)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        sentence = f"Something went wrong that should not: {type(error).__name__}. Please report it with the log."
        traced = AirbyteTracedException.from_exception(error, message=sentence, failure_type=FailureType.system_error)
        code = _say(entrypoint, traced)
    PRINT_BUFFER.flush()
    return code


def _say(entrypoint: Entrypoint, error: AirbyteTracedException) -> int:
    PRINT_BUFFER.write(f"{entrypoint.airbyte_message_to_string(error.as_sanitized_airbyte_message())}\n")
    return 1


def main(argv: Sequence[str] | None = None, clock: Callable[[], float] = time.time) -> int:
    """The console script; `clock` gives Unix seconds."""
    try:
        code = run(sys.argv[1:] if argv is None else argv, SourceStripe(Outside(clock=clock)))
    except BrokenPipeError:
        # The reader is gone, and workers may wait for room in the queue: leave at once.
        os._exit(1)
    except KeyboardInterrupt:
        os._exit(130)
    if code:
        os._exit(code)
    return code
