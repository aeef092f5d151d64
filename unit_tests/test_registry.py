"""What a registry of connectors asks for is there: the page in its form, an icon, limits, notes on what breaks.

The rules are those of https://docs.airbyte.com/contributing-to-airbyte/resources/qa-checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from benchmarks import report
from source_stripe import limits
from source_stripe.config import specification
from tools.generate import ROOT
from tools.registry_page import MIGRATIONS, PATH

METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]
PAGE = (ROOT / PATH).read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
HEADINGS = (
    "# Stripe",
    "## Prerequisites",
    "## Setup guide",
    "## Set up Stripe",
    "## Set up the Stripe connector in Airbyte",
    "### For Airbyte Open Source:",
    "## Supported sync modes",
    "## Supported Streams",
    "### Performance considerations",
    "## Data type map",
    "## Limitations & Troubleshooting",
    "## Changelog",
)
"""Of Airbyte's pages, in their order. Others may stand between them."""
SHIPPED = ("source_stripe", "main.py", "metadata.yaml", "pyproject.toml", "acceptance-test-config.yml", "Dockerfile")
ALLOWED = re.compile(r"http://(localhost|json-schema\.org)")


def test_the_page_has_the_headings_of_airbytes_pages_in_their_order() -> None:
    heads = [line for line in PAGE.splitlines() if line.startswith("#")]
    assert [head for head in heads if head in HEADINGS] == list(HEADINGS)


def test_the_page_names_what_the_configuration_requires_before_anything_else() -> None:
    prerequisites = PAGE.partition("## Prerequisites")[2].partition("\n## ")[0]
    spec: Any = specification()
    titles = [spec["properties"][name]["title"] for name in spec["required"]]
    assert [title for title in titles if title not in prerequisites] == []


def test_the_page_stands_alone() -> None:
    # It is shown where no other page of this project is.
    assert [target for target in re.findall(r"\]\(([^)]+)\)", PAGE) if not target.startswith("https://")] == []


def test_the_page_has_a_row_for_every_version_of_the_changelog() -> None:
    rows = re.findall(r"^\| (\d\S*) \| (\S+) \|", PAGE.partition("## Changelog")[2], re.MULTILINE)
    assert rows == re.findall(r"^## \[(\d[^\]]*)\] - (\S+)", CHANGELOG, re.MULTILINE)


def breaking(changelog: str) -> list[str]:
    """The versions that break something, by the changelog."""
    return [
        section.partition("]")[0]
        for section in re.split(r"^## \[", changelog, flags=re.MULTILINE)[1:]
        if re.search(r"^### Breaking", section, re.MULTILINE)
    ]


def test_what_breaks_is_in_the_changelog_the_metadata_and_the_migration_guide() -> None:
    assert breaking("# x\n## [2.0.0] - a\n### Breaking\n- b\n## [1.1.0] - c\n### Added\n") == ["2.0.0"]
    in_metadata = METADATA["releases"].get("breakingChanges", {})
    guide = re.findall(r"^## Upgrading to (\S+)", (ROOT / MIGRATIONS).read_text(), re.MULTILINE)
    assert breaking(CHANGELOG) == list(in_metadata) == guide


def test_the_icon_is_a_square_that_loads_nothing() -> None:
    icon = ET.fromstring((ROOT / METADATA["icon"]).read_text())
    assert METADATA["icon"] == "icon.svg"
    assert icon.get("width") == icon.get("height")
    assert icon.get("viewBox") == f"0 0 {icon.get('width')} {icon.get('height')}"
    assert {name for part in icon.iter() for name in part.attrib if name.endswith("href")} == set()


def test_a_sync_has_twice_the_memory_that_any_was_measured_to_take() -> None:
    jobs = {one["jobType"]: one["resourceRequirements"] for one in METADATA["resourceRequirements"]["jobSpecific"]}
    rows = [row for scenario in report.load()["scenarios"].values() for row in scenario["rows"]]
    peak = max(row["peak_mb"] for row in rows if row["connector"] == "ours")
    assert int(jobs["sync"]["memory_limit"].removesuffix("Mi")) > 2 * peak


def test_a_platform_waits_for_longer_than_the_connector_waits_for_stripe() -> None:
    assert METADATA["maxSecondsBetweenMessages"] > 2 * limits.READ.patience_seconds


def test_the_connector_may_reach_stripe_and_nothing_else() -> None:
    assert [host for host in METADATA["allowedHosts"]["hosts"] if not host.endswith(".stripe.com")] == []


def files(paths: Iterable[str]) -> Iterator[Path]:
    for path in map(ROOT.joinpath, paths):
        yield from (
            (one for one in path.rglob("*") if one.suffix in (".py", ".json", ".sql")) if path.is_dir() else [path]
        )


@pytest.mark.parametrize("name", SHIPPED)
def test_no_address_is_one_without_encryption(name: str) -> None:
    found = {
        line for path in files([name]) for line in path.read_text().splitlines() if "http://" in ALLOWED.sub("", line)
    }
    assert found == set()
