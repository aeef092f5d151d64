"""What the command line asks for, as protocol messages on stdout and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO, cast

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import is_platform_debug_log_enabled
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    FailureType,
    Type,
)
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.airbyte.batch import Batch
from source_stripe.airbyte.log import MaskedStream, without_keys
from source_stripe.airbyte.stdout import Stdout
from source_stripe.reasons import unexpected
from source_stripe.signals import Stopped
from source_stripe.source import SourceStripe


class Entrypoint(AirbyteEntrypoint):
    """The CDK's, with batches for records, and without its validation of the configuration: the source says itself
    what is wrong, and better."""

    source: SourceStripe

    def write(self, arguments: argparse.Namespace, out: Stdout) -> None:
        """Carry out the command. Raises AirbyteTracedException, and Stopped."""
        for message in self.messages(arguments):
            if isinstance(message, Batch):
                out.records(message.lines)
            else:
                out.line(self.airbyte_message_to_string(without_keys(message)))

    def messages(self, arguments: argparse.Namespace) -> Iterator[AirbyteMessage]:
        """What a command says. The CDK's `run` does the same, but makes a string of every record, and a directory."""
        debug = arguments.debug or is_platform_debug_log_enabled()
        self.logger.setLevel(logging.DEBUG if debug else logging.INFO)
        if debug:
            logging.getLogger("airbyte").setLevel(logging.DEBUG)
        spec = self.source.spec(self.logger)
        if arguments.command == "spec":
            yield AirbyteMessage(type=Type.SPEC, spec=spec)
            return
        config = self.source.read_config(arguments.config)
        match arguments.command:
            case "check":
                yield from self.check(spec, config)
            case "discover":
                yield from self.discover(spec, config)
            case "read":
                catalog, state = self.source.read_catalog(arguments.catalog), self.source.read_state(arguments.state)
                yield from self.read(spec, config, catalog, state)
        yield from self._emit_queued_messages(self.source)

    def read(
        self,
        source_spec: ConnectorSpecification,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage],
    ) -> Iterator[AirbyteMessage]:
        """The messages of a sync, the records in batches; each state with the number of records before it."""
        self.set_up_secret_filter(config, source_spec.connectionSpecification)
        counts: defaultdict[HashableStreamDescriptor, float] = defaultdict(float)
        for message in self.source.batches(self.logger, config, catalog, state):
            yield self._counted(message, counts)
            try:
                self._memory_monitor.check_memory_usage()
            except AirbyteTracedException:
                for left in self._emit_queued_messages(self.source):
                    yield self._counted(left, counts)
                raise

    def _counted(self, message: AirbyteMessage, counts: defaultdict[HashableStreamDescriptor, float]) -> AirbyteMessage:
        if not isinstance(message, Batch):
            return self.handle_record_counts(message, counts)
        counts[HashableStreamDescriptor(message.stream)] += message.count
        return message

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: object) -> None:
        """Left to the source."""


def run(argv: Sequence[str], source: SourceStripe) -> int:
    """Do what `argv` says; returns the exit code, which is 0 only if all of it was done."""
    with Stdout(sys.stdout) as out:
        entrypoint = Entrypoint(source)
        source.announce = lambda message: out.line(entrypoint.airbyte_message_to_string(message))
        # What a library may print must not get among the messages.
        with contextlib.redirect_stderr(cast(TextIO, MaskedStream(sys.stderr))), contextlib.redirect_stdout(sys.stderr):
            return _run(entrypoint, entrypoint.parse_args(list(argv)), out)


def _run(entrypoint: Entrypoint, arguments: argparse.Namespace, out: Stdout) -> int:
    try:
        entrypoint.write(arguments, out)
        return 0
    except AirbyteTracedException as error:
        return _say(entrypoint, error, out)
    except Stopped as stopped:
        name = signal.Signals(stopped.code - 128).name
        entrypoint.logger.warning(f"Stopped by {name}. The next sync goes on from the last states above.")
        return stopped.code
    except BrokenPipeError:
        raise
    except Exception as error:
        sentence = unexpected(error)
        traced = AirbyteTracedException.from_exception(error, message=sentence, failure_type=FailureType.system_error)
        return _say(entrypoint, traced, out)


def _say(entrypoint: Entrypoint, error: AirbyteTracedException, out: Stdout) -> int:
    out.line(entrypoint.airbyte_message_to_string(without_keys(error.as_airbyte_message())))
    return 1
