"""`airbyte-cdk connector test`, as whoever keeps a registry of connectors runs it, on a served sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from integration_tests.executable import ROOT
from integration_tests.sandbox import Account, Sandbox
from integration_tests.served import served

HOUR = 3600
FOLDER = ("metadata.yaml", "acceptance-test-config.yml", "pyproject.toml", "integration_tests/sandbox_config.json")
"""What the command reads of a connector's folder, beside its package."""
NO_IMAGE = ("--pytest-arg=-m", "--pytest-arg=not image_tests")
"""What needs a container engine is left out; tools/image_check.sh tests the image."""
STRICT = ("--pytest-arg=-W", "--pytest-arg=error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The connector as it stands in a registry's repository: the command takes its name from that of the folder."""
    connector = tmp_path / "source-stripe"
    (connector / "integration_tests").mkdir(parents=True)
    for name in FOLDER:
        shutil.copy(ROOT / name, connector / name)
    (connector / "source_stripe").symlink_to(ROOT / "source_stripe")
    return connector


def test_the_connector_passes_the_cdks_tests_but_for_those_of_an_image(folder: Path) -> None:
    # Everything that happened may be read: the command's connector has no clock but the real one.
    account = Account.populated(now=int(time.time()) - HOUR, seed=7, customers=12, years=3)
    with served(Sandbox(account)) as address:
        done = subprocess.run(
            [Path(sys.executable).with_name("airbyte-cdk"), "connector", "test", "./", *NO_IMAGE, *STRICT],
            cwd=folder,
            env=os.environ | {"STRIPE_API_BASE": address, "PYTHONPATH": str(folder), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    report = ET.parse(folder / "build" / "test-results" / "standard-tests-junit.xml")
    ended = {case.get("name", "").partition("[")[0]: [part.tag for part in case] for case in report.iter("testcase")}
    assert {"test_spec", "test_check", "test_discover", "test_basic_read"} <= set(ended)
    assert {name: how for name, how in ended.items() if set(how) & {"skipped", "failure", "error"}} == {}
