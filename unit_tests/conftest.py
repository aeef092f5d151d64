"""What holds for every test here: how long an example takes says nothing of whether a law holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from unit_tests.schedule import scheduled

settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")


@pytest.fixture(params=range(4))
def _threads_in_any_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs a test of threads under several orders of theirs."""
    with scheduled(request.param):
        yield
