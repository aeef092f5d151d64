"""Errors as the protocol carries them: a sentence for the user, and whose move it is."""

from __future__ import annotations

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.catalog import ADVICE
from source_stripe.changes.feed import PATH as EVENTS
from source_stripe.stripe.errors import StripeError

MOST_LETTERS = 120
"""Of the reason of an error that is shown."""
NOT_AS_DOCUMENTED = (TypeError, KeyError, AttributeError, ValueError, IndexError)


def traced(error: StripeError, stream: str) -> AirbyteTracedException:
    """The error as the protocol carries it: its sentence for the user, and whose move it is."""
    # Events are there for every account.
    advice = ADVICE.get(stream) if error.denied and not error.denied.startswith(EVENTS) else None
    sentence = f"{error.sentence} {advice}" if advice else error.sentence
    return AirbyteTracedException(
        message=sentence, internal_message=sentence, failure_type=FailureType(error.failure.value)
    )


def unforeseen(error: Exception, stream: str) -> AirbyteTracedException:
    """What an object that nobody foresaw leads to, in a sentence; where in the code it did stands in the trace."""
    sentence = (
        f"The stream {stream} met an object that is not as Stripe documents it ({type(error).__name__}: "
        f"{str(error)[:MOST_LETTERS]}). Please report it with the log."
    )
    return AirbyteTracedException(
        message=sentence, internal_message=sentence, failure_type=FailureType.system_error, exception=error
    )
