"""What holds for every test here: how long an example takes says nothing of whether a law holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from source_stripe import masking
from unit_tests.schedule import scheduled

settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")


@pytest.fixture(autouse=True)
def _no_key_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process masks the keys that it was given, those of another test as well."""
    monkeypatch.setattr(masking, "_known", set())


@pytest.fixture(params=range(4))
def _threads_in_any_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs a test of threads under several orders of theirs."""
    with scheduled(request.param):
        yield
