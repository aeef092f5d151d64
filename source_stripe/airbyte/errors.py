"""Errors as the protocol carries them: a sentence for the user, and whose move it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, FailureType, StreamDescriptor
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from source_stripe.access.words import advice
from source_stripe.catalog import ADVICE, CATALOG
from source_stripe.changes.feed import PATH as EVENTS
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.wording import listed, nearest, shown

_BY_NAME = {resource.name: resource for resource in CATALOG}
MOST_LETTERS = 120
"""Of the reason of an error that is shown."""
NOT_AS_DOCUMENTED = (TypeError, KeyError, AttributeError, ValueError, IndexError)


def traced(error: StripeError, stream: str) -> AirbyteTracedException:
    """The error as the protocol carries it: its sentence for the user, and whose move it is."""
    sentence = f"{error.sentence} {said}" if (said := _next_step(error, stream)) else error.sentence
    return AirbyteTracedException(
        message=sentence, internal_message=sentence, failure_type=FailureType(error.failure.value)
    )


def _next_step(error: StripeError, stream: str) -> str:
    """What to do about it, where Stripe does not say."""
    resource = _BY_NAME.get(stream)
    if error.refusal and resource:
        return advice(error.refusal, resource)
    # Events are there for every account.
    return ADVICE.get(stream, "") if error.denied and not error.denied.startswith(EVENTS) else ""


def unforeseen(error: Exception, stream: str) -> AirbyteTracedException:
    """What an object that nobody foresaw leads to, in a sentence; where in the code it did stands in the trace."""
    sentence = (
        f"The stream {stream} met an object that is not as Stripe documents it ({type(error).__name__}: "
        f"{str(error)[:MOST_LETTERS]}). Please report it with the log."
    )
    return AirbyteTracedException(
        message=sentence, internal_message=sentence, failure_type=FailureType.system_error, exception=error
    )


def incomplete(name: str, error: StripeError) -> Iterator[AirbyteMessage]:
    """A stream that cannot even be begun."""
    descriptor = StreamDescriptor(name=name)
    yield status_message(descriptor, AirbyteStreamStatus.STARTED)
    yield traced(error, name).as_airbyte_message(descriptor)
    yield status_message(descriptor, AirbyteStreamStatus.INCOMPLETE)


def not_whole(names: list[str], failures: set[Failure]) -> AirbyteTracedException:
    """What a sync ends with that left something out; it is the user's move if it is for any of the streams."""
    worst = next(failure for failure in (Failure.CONFIG, Failure.SYSTEM, Failure.TRANSIENT) if failure in failures)
    sentence = f"Not read whole: {listed(names)}. The error of each stands above; the next sync goes on from here."
    return AirbyteTracedException(message=sentence, internal_message=sentence, failure_type=FailureType(worst.value))


def no_stream(name: str, known: Collection[str]) -> StripeError:
    """A stream that was selected, and is none of those that are known."""
    near = nearest(name, known)
    meant = f" (is {near} meant?)" if near else ""
    sentence = (
        f"There is no stream {shown(name)} in this source{meant}; run discover again and select from what it lists."
    )
    return StripeError(sentence, Failure.CONFIG)


def config_error(sentence: str) -> AirbyteTracedException:
    """What is the user's to mend."""
    return AirbyteTracedException(message=sentence, internal_message=sentence, failure_type=FailureType.config_error)
