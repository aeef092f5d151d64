"""The CDK's standard tests of a source, in process, on a served sandbox."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from integration_tests.sandbox import Account, Sandbox
from integration_tests.served import served
from source_stripe.source import SourceStripe

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]

HOUR = 3600


@pytest.fixture(autouse=True, scope="module")
def _stripe() -> Iterator[None]:
    """An account in which all that happened may be read: the suite's connector has no clock but the real one."""
    account = Account.populated(now=int(time.time()) - HOUR, seed=7, customers=12, years=3)
    with served(Sandbox(account)) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIPE_API_BASE", address)
        yield


class TestStandardSuite(SourceTestSuiteBase):
    """What it runs stands in acceptance-test-config.yml."""

    connector = SourceStripe
    connector_name = "source-stripe"


# tools/image_check.sh tests the image; these would download a Dockerfile of somebody else's.
for _name in dir(TestStandardSuite):
    if _name.startswith("test_docker_image_"):
        setattr(TestStandardSuite, _name, None)
