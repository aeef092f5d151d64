"""What the command line asks for, as protocol messages on stdout and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import is_platform_debug_log_enabled
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    FailureType,
)
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.batch import Batch
from source_stripe.source import SourceStripe
from source_stripe.stdout import Stdout


class Entrypoint(AirbyteEntrypoint):
    """The CDK's, with batches for records, and without its validation of the configuration: the source says itself
    what is wrong, and better."""

    source: SourceStripe

    def write(self, arguments: argparse.Namespace, out: Stdout) -> None:
        """Carry out the command. Raises AirbyteTracedException."""
        if arguments.command != "read":
            for line in self.run(arguments):
                out.line(line)
            return
        for message in self._sync(arguments):
            if isinstance(message, Batch):
                out.records(message.lines)
            else:
                out.line(self.airbyte_message_to_string(message))

    def _sync(self, arguments: argparse.Namespace) -> Iterator[AirbyteMessage]:
        """As `run` does it for `read`, which however makes a string of every message."""
        debug = arguments.debug or is_platform_debug_log_enabled()
        self.logger.setLevel(logging.DEBUG if debug else logging.INFO)
        if debug:
            logging.getLogger("airbyte").setLevel(logging.DEBUG)
        config = self.source.read_config(arguments.config)
        catalog, state = self.source.read_catalog(arguments.catalog), self.source.read_state(arguments.state)
        yield from self.read(self.source.spec(self.logger), config, catalog, state)

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
        if not argv:
            with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
                entrypoint.parse_args(["--help"])
            return 2
        arguments = entrypoint.parse_args(list(argv))
        try:
            # What a library may print must not get among the messages.
            with contextlib.redirect_stdout(sys.stderr):
                entrypoint.write(arguments, out)
            return 0
        except AirbyteTracedException as error:
            return _say(entrypoint, error, out)
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except Exception as error:
            sentence = f"Something went wrong that should not: {type(error).__name__}. Please report it with the log."
            traced = AirbyteTracedException.from_exception(
                error, message=sentence, failure_type=FailureType.system_error
            )
            return _say(entrypoint, traced, out)


def _say(entrypoint: Entrypoint, error: AirbyteTracedException, out: Stdout) -> int:
    out.line(entrypoint.airbyte_message_to_string(error.as_sanitized_airbyte_message()))
    return 1
