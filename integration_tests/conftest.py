"""What every law starts from."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from integration_tests.asking import Get, getting
from integration_tests.oracle import differences
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, Synced, settled, sync
from integration_tests.warehouse import Warehouse


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> Iterator[None]:
    """The protocol's log lines go to the process's own stdout, past pytest."""
    logger = logging.getLogger("airbyte")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.fixture
def account() -> Account:
    """An account with nothing in it but what every account has."""
    return Account(now=NOW, seed=7)


@pytest.fixture(scope="module")
def populated() -> Account:
    """An account with a past."""
    return Account.populated(now=NOW, seed=7, customers=40, years=3)


@pytest.fixture(autouse=True, scope="session")
def _heard() -> Iterator[None]:
    """Processes that are started from here hear signals, also where the tests run in the background or under nohup."""
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    deaf = {number: known for number in signals if (known := signal.getsignal(number)) is signal.SIG_IGN}
    for number in deaf:
        signal.signal(number, lambda *_: None)
    yield
    for number, known in deaf.items():
        signal.signal(number, known)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """The warnings so far."""
    logger = logging.getLogger("airbyte")
    logger.disabled = False
    yield lambda: [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    logger.disabled = True


@pytest.fixture
def get(account: Account) -> Get:
    """Asks the empty account, as a client of Stripe would."""
    return getting(Sandbox(account))


@dataclass(eq=False)
class History:
    """An account that was synced, lived for three days, was synced again, and once more after nothing happened."""

    stripe: Sandbox
    first: Synced
    second: Synced
    third: Synced
    wrong_after_first: dict[str, list[str]]
    wrong_after_second: dict[str, list[str]]


@pytest.fixture(scope="session")
def history() -> History:
    stripe, warehouse = settled(customers=60, seed=5), Warehouse()

    def wrong() -> dict[str, list[str]]:
        return {resource.name: differences(stripe.account, warehouse, resource) for resource in CATALOG}

    first = warehouse.take(sync(stripe))
    wrong_after_first = wrong()
    stripe.account.live(3 * DAY, 400, silent=False)
    stripe.account.advance(HOUR)
    second = warehouse.take(sync(stripe, state=first.state))
    wrong_after_second = wrong()
    stripe.account.advance(HOUR)
    third = sync(stripe, state=second.state)
    return History(stripe, first, second, third, wrong_after_first, wrong_after_second)
