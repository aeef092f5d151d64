"""Which streams a key may read, found out side by side, and what is said of it in one message."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial

from source_stripe.access.probes import ACCOUNT, Probe, every, probes
from source_stripe.access.words import missing, spoken
from source_stripe.declaration.resource import Resource
from source_stripe.limits import CHECK_SECONDS, FIRST_SECONDS
from source_stripe.permissions import EVENTS, THIN_EVENTS, form, permissions
from source_stripe.runtime import Cancelled
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.refusal import Refusal

UNNAMED = "a permission that Stripe does not name"

logger = logging.getLogger("airbyte")


@dataclass
class Reach:
    """What a key may read, as far as it is known. Filled by one thread while others may look."""

    resources: Sequence[Resource]
    live: bool | None
    outcomes: dict[Probe, StripeError | None] = field(default_factory=dict)
    """Why what was asked may not be read; None where it may. What was not answered in time is not in it."""
    fatal: StripeError | None = None
    """Why nothing at all can be read."""

    def problems(self, resource: Resource) -> list[StripeError]:
        """Why a stream cannot be read; nothing where it can, or where that is not known. That it may not follow events
        does not keep it from being read once."""
        own = resource.first.origin.path
        asked = [one for one in probes(resource) if one.path not in (EVENTS, THIN_EVENTS) or one.path == own]
        return [error for one in asked if (error := self.outcomes.get(one)) and _is_certain(error)]

    def is_known(self, resource: Resource) -> bool:
        """Whether it was found out for certain, or need not be."""
        found = [self.outcomes.get(one, _UNANSWERED) for one in every([resource], live=self.live)]
        return bool(self.problems(resource)) or not any(error and not _is_certain(error) for error in found)

    @property
    def readable(self) -> list[Resource]:
        return [one for one in self.resources if self.is_known(one) and not self.problems(one)]

    @property
    def hidden(self) -> list[Resource]:
        """Those that the key may not read, or the account has not enabled."""
        return [one for one in self.resources if self.problems(one)]


_UNANSWERED = StripeError("It was not answered in time.", Failure.TRANSIENT)


def _is_certain(error: StripeError) -> bool:
    """Whether it will be so tomorrow."""
    return error.failure is Failure.CONFIG


def reach(client: Client, resources: Sequence[Resource], seconds: float = CHECK_SECONDS) -> Reach:
    """What a key may read, in so many real seconds at most, also where a request hangs that no limit reaches.

    Raises what was not foreseen.
    """
    found, unforeseen = Reach(resources, client.key.live), list[Exception]()

    def ask() -> None:
        try:
            _ask(client, found)
        except Cancelled:
            pass
        except Exception as error:
            unforeseen.append(error)

    asking = threading.Thread(target=ask, name="check", daemon=True)
    asking.start()
    asking.join(seconds)
    if unforeseen:
        raise unforeseen[0]
    return found


def _ask(client: Client, found: Reach) -> None:
    """The account first, so that a key that is not accepted is sent once and not a hundred times. That it may not be
    read, or is not answered soon, says nothing of all else."""
    asked = sorted(every(found.resources, live=found.live), key=lambda one: one.path != ACCOUNT)
    pending = dict[Probe, Future[StripeError | None]]()
    for number, probe in enumerate(asked):
        pending[probe] = client.request_queue.submit(probe.path, partial(probe.ask, client))
        if not number:
            wait([pending[probe]], timeout=FIRST_SECONDS)
            if pending[probe].done() and _is_over(found, probe, pending[probe]):
                return
    for probe, future in pending.items():
        if _is_over(found, probe, future):
            return


def _is_over(found: Reach, probe: Probe, answer: Future[StripeError | None]) -> bool:
    """Whether nothing more need be asked, once it is answered."""
    error = found.outcomes[probe] = answer.result()
    if error and error.ends_all:
        found.fatal = error
    return found.fatal is not None


def verdict(found: Reach) -> tuple[bool, str]:
    """Whether anything can be read, and what there is to say of it: nothing where all can."""
    if found.fatal:
        return False, found.fatal.sentence
    readable, all_there_are = found.readable, len(found.resources)
    lacks = {one: [error.refusal for error in found.problems(one) if error.refusal] for one in found.hidden}
    others = [one.name for one, refusals in lacks.items() if not refusals]
    unknown = [one for one in found.resources if not found.is_known(one)]
    if not readable and unknown:
        first = next((error for error in found.outcomes.values() if error and not _is_certain(error)), None)
        return False, first.sentence if first else f"Stripe could not be reached within {CHECK_SECONDS:.0f} seconds."
    if len(readable) == all_there_are and not _unheard(found):
        return True, ""
    says = [f"{len(readable)} of {all_there_are} streams can be read with this key." if readable else NOTHING]
    says += _lacking(lacks, found)
    if others:
        says.append(f"{NOT_ENABLED}: {', '.join(others)}.")
    if unknown:
        says.append(f"{UNANSWERED}: {', '.join(one.name for one in unknown)}.")
    return bool(readable), " ".join(says)


NOTHING = "The key may read none of the streams."
UNANSWERED = "Stripe gave no answer for, or none that could be used"
NOT_ENABLED = "Stripe does not let this account read, as a product is not enabled or for reasons of its own"


def _lacking(lacks: Mapping[Resource, Sequence[Refusal]], found: Reach) -> Iterator[str]:
    """The streams by the permissions that they lack, and the link that ticks these."""
    by_permission: dict[str, list[str]] = {}
    ticked = set[str]()
    for resource, refusals in lacks.items():
        said = {name: spoken(name, refusal) for refusal in refusals for name in missing(refusal, resource)}
        ticked.update(said)
        if refusals:
            by_permission.setdefault(" and ".join(said.values()) or UNNAMED, []).append(resource.name)
    if by_permission:
        each = "; ".join(f"{what} for {', '.join(streams)}" for what, streams in by_permission.items())
        yield f"It lacks permissions to read: {each}."
    for path, followers in _unheard(found).items():
        name = next((one.name for one in [permissions()[path]] if one.name), "")
        ticked.update([name] if name else [])
        lacks_it = (
            f"{name} is missing" if name else f"the permission for {path}, which Stripe does not name, is missing"
        )
        yield f"Later syncs of {followers} streams will fail, as events tell them what changed: {lacks_it}."
    if ticked:
        link = form(sorted(ticked), live=found.live is not False)
        yield f"Tick these for the key at https://dashboard.stripe.com/apikeys; this form has them ticked: {link}"


def _unheard(found: Reach) -> Mapping[str, int]:
    """The feeds of events that the key may not read, and how many streams that it may read follow them."""
    silent = {}
    for path in (EVENTS, THIN_EVENTS):
        error, probe = found.outcomes.get(Probe(path)), Probe(path)
        followers = [one for one in found.readable if one.cursor and one.routes and probe in probes(one)]
        if followers and error and error.refusal:
            silent[path] = len(followers)
    return silent
