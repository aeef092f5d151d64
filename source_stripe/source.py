"""The four commands."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Mapping, MutableMapping
from contextlib import closing, contextmanager
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConnectorSpecification,
    ConnectorSpecificationSerializer,
    Status,
    StreamDescriptor,
    SyncMode,
)
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.message import MessageRepository

from source_stripe.access.check import Reach, reach, verdict
from source_stripe.accounts import access as accounts
from source_stripe.airbyte import files, input_catalog, input_states
from source_stripe.airbyte.batch import Batch
from source_stripe.airbyte.concurrent_source import BatchConcurrentSource, last_states, messages_of
from source_stripe.airbyte.errors import config_error, incomplete, no_stream, not_whole
from source_stripe.airbyte.files import Unusable
from source_stripe.airbyte.many import AccountsSync, with_options
from source_stripe.airbyte.output import Announce, MessageOutput
from source_stripe.airbyte.queue import OutputQueue, Pack, QueueRepository
from source_stripe.airbyte.signing import key_of
from source_stripe.airbyte.streams import StripeStream
from source_stripe.catalog import CATALOG
from source_stripe.changes.feed import EventFeed
from source_stripe.config import DOCUMENTATION, Config, parse, specification, unknown
from source_stripe.credentials import ADVANCED_AUTH
from source_stripe.limits import CHECK, READ, READING_THREADS
from source_stripe.masking import masked
from source_stripe.runtime import Runtime
from source_stripe.signals import Stopped
from source_stripe.state.pace import PACE, StatePace
from source_stripe.stripe.client import Client
from source_stripe.sync.crew import Crew
from source_stripe.sync.given import OpenSource, Selected
from source_stripe.sync.session import connect
from source_stripe.wording import shown

RESOURCES = {resource.name: resource for resource in CATALOG}


class SourceStripe(AbstractSource):
    """Stripe as the Airbyte protocol sees it."""

    check_config_against_spec = False
    """The configuration is checked by its own model, which speaks to people."""

    def __init__(
        self, runtime: Runtime | None = None, open_source: OpenSource = EventFeed, pace: StatePace = PACE
    ) -> None:
        """`open_source` makes that which tells what has changed; `pace` is that at which states are printed."""
        self._runtime, self._open_source, self._pace = runtime or Runtime(), open_source, pace
        self._repository = QueueRepository(OutputQueue())
        self.announce: Announce | None = None
        """Takes a message of a new refresh token out of the process; by default it is printed."""

    @property
    def name(self) -> str:
        return "source-stripe"

    @property
    def message_repository(self) -> MessageRepository:
        return self._repository

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        spec: ConnectorSpecification = ConnectorSpecificationSerializer.load(
            {
                "connectionSpecification": specification(),
                "documentationUrl": DOCUMENTATION,
                "advanced_auth": ADVANCED_AUTH,
            }
        )
        return spec

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        succeeded, said = self.check_connection(logger, config)
        return AirbyteConnectionStatus(Status.SUCCEEDED if succeeded else Status.FAILED, said)

    def check_connection(self, logger: logging.Logger, config: Mapping[str, Any]) -> tuple[bool, str | None]:
        """Whether anything can be read, and what there is to say of it; nothing where all can be."""
        try:
            parsed = parse(config)
            _warn_of_options(logger, config)
            if late := _in_future(parsed, self._runtime):
                return False, late
            found, problem = self._reach(parsed, config), None
            if parsed.several and not found.fatal:
                with closing(self._client(parsed, config)) as client:
                    problem = accounts.problem(client, parsed)
        except ValueError as error:
            return False, str(error)
        succeeded, said = verdict(found)
        if succeeded and problem:
            return False, problem
        if succeeded and said:
            logger.warning(said)
        return succeeded, said or None

    def _reach(self, config: Config, given: Mapping[str, Any]) -> Reach:
        """What the configured key may read. Raises ValueError for a bad STRIPE_API_BASE."""
        with closing(self._client(config, given)) as client:
            client.request_queue.begin()
            return reach(accounts.base(client, config), CATALOG)

    def _client(self, config: Config, given: Mapping[str, Any]) -> Client:
        """For what is asked before anything is read."""
        return connect(config, self._runtime, CHECK, key_of(config, given, self._runtime, CHECK, self.announce))

    def _sync(self, given: Mapping[str, Any], repository: QueueRepository, crew: Crew) -> AccountsSync:
        """A sync as configured; what is wrong with the configuration or the address is the user's to mend."""
        try:
            config, output = parse(given), MessageOutput(repository, self._runtime.clock)
            key = key_of(config, given, self._runtime, READ, self.announce)
            return AccountsSync(config, self._runtime, output, self._open_source, self._pace, key, crew)
        except ValueError as error:
            raise config_error(str(error)) from None

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """Every stream, or with `unreadable_streams: hide` those that the key may read and the account has enabled."""
        catalog = super().discover(logger, config)
        parsed = parse(config)
        if parsed.unreadable_streams == "keep":
            return catalog
        try:
            found = self._reach(parsed, config)
        except ValueError as error:
            raise config_error(str(error)) from None
        if found.fatal:
            raise config_error(found.fatal.sentence)
        hidden = {one.name for one in found.hidden}
        if left_out := verdict(found)[1]:
            logger.warning(left_out)
        return AirbyteCatalog([one for one in catalog.streams if one.name not in hidden])

    def streams(self, config: Mapping[str, Any]) -> list[StripeStream]:  # type: ignore[override]
        """Every stream of the catalogue; nothing is sent before one is read."""
        try:
            parsed = parse(config)
        except ValueError as error:
            raise config_error(str(error)) from None
        return [StripeStream(with_options(one, parsed), ()) for one in CATALOG]

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """The messages of one sync. Raises AirbyteTracedException when a selected stream was not read whole."""
        with closing(self.batches(logger, config, catalog, state, Batch.unserialized)) as messages:
            for message in messages:
                if isinstance(message, Batch):
                    yield from message.messages()
                else:
                    yield message

    def batches(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
        pack: Pack = Batch.serialized,
    ) -> Generator[AirbyteMessage, None, None]:
        """As `read`, with the records in batches of the form that `pack` gives them."""
        # Records and states share one queue, or a state may overtake its records.
        queue = OutputQueue(stop=self._runtime.stop)
        self._repository = repository = QueueRepository(queue, pack)
        with _usable("The catalogue"):
            input_catalog.once(one.stream.name for one in catalog.streams)
        with _usable("The state"):
            states = _understood([[] if state is None else input_states.plain(state)], logger)
        selected = {one.stream.name: one.sync_mode is SyncMode.incremental for one in catalog.streams}
        unreadable = {name: no_stream(name, RESOURCES) for name in selected if name not in RESOURCES}
        crew = Crew(READING_THREADS, self._runtime.monotonic)
        with closing(self._sync(config, repository, crew)) as sync:
            if problem := _in_future(sync.config, self._runtime):
                raise config_error(problem)
            _warn_of_options(logger, config)
            wanted = [
                Selected(RESOURCES[name], incremental, states.get(name))
                for name, incremental in selected.items()
                if name in RESOURCES
            ]
            sync.begin(wanted)
            streams = sync.streams
            unreadable |= sync.unreadable
            for name, error in unreadable.items():
                yield from incomplete(name, error)
            if streams:
                with closing(
                    BatchConcurrentSource(len(streams), logger, self._slice_logger, queue, repository, crew)
                ) as source:
                    # From here on there may be something in the queue that is not to be lost.
                    self._runtime.stop.orderly = True
                    try:
                        yield from messages_of(source, streams)
                    except Stopped:
                        followed = [one for one in streams if selected[one.name] and RESOURCES[one.name].cursor]
                        yield from last_states(followed, repository)
                        raise
            sync.log_summary(logger)
        failures = {name: error.failure for name, error in unreadable.items()}
        failures |= {stream.name: stream.failure for stream in streams if stream.failure}
        if failures:
            raise not_whole(list(failures), set(failures.values()))

    # The files of the command line; what is wrong with one is the user's to mend.

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The configuration as it is: it holds a secret, so it is not written to a file."""
        return config

    @classmethod
    def read_config(cls, config_path: str) -> MutableMapping[str, Any]:
        with _usable(files.titled("configuration", config_path)):
            config = files.one(config_path)
            if not isinstance(config, dict):
                raise Unusable("must be a JSON object.")
        return config

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        with _usable(files.titled("catalogue", catalog_path)):
            configured = input_catalog.configured([*files.many(catalog_path)])
            try:
                catalog: ConfiguredAirbyteCatalog = ConfiguredAirbyteCatalogSerializer.load(dict(configured))
            except (ValueError, TypeError) as error:
                places = [masked(one.instance_path) for one in getattr(error, "errors", ())]
                raise Unusable(input_catalog.misfit(places)) from None
        return catalog

    @classmethod
    def read_state(cls, state_path: str | None) -> list[AirbyteStateMessage]:
        """The states of a file as the protocol has them now, a message for each stream; None is no file."""
        if state_path is None:
            return []
        with _usable(files.titled("state", state_path)):
            if not state_path:
                raise Unusable(f"{files.NO_PATH} {input_states.FIRST}")
            states = _understood(files.many(state_path), logging.getLogger("airbyte"))
        return [_state_message(name, blob) for name, blob in states.items()]


def _in_future(config: Config, runtime: Runtime) -> str:
    """A sentence, if nothing can have happened yet since the start date."""
    late = config.start > runtime.clock()
    return f"start_date {shown(config.start_date)} is in the future: there is nothing to read yet." if late else ""


def _warn_of_options(logger: logging.Logger, config: Mapping[str, Any]) -> None:
    if sentence := unknown(config):
        logger.warning(sentence)


def _understood(given: Iterable[object], logger: logging.Logger) -> Mapping[str, Mapping[str, object]]:
    """The state of each stream; what is left out of `given` is said in the log. Raises Unusable."""
    states = input_states.understood(given, RESOURCES)
    for sentence in states.warnings:
        logger.warning(sentence)
    return states.blobs


def _state_message(name: str, blob: Mapping[str, object]) -> AirbyteStateMessage:
    stream = AirbyteStreamState(StreamDescriptor(name=name), AirbyteStateBlob(blob))
    return AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream)


@contextmanager
def _usable(subject: str) -> Iterator[None]:
    """What was given and cannot be used is the user's to mend."""
    try:
        yield
    except Unusable as error:
        raise config_error(f"{subject} {error}") from None
