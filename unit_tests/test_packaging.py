"""What ships the connector agrees with itself and with Airbyte's and Docker's rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from source_stripe.catalog import CATALOG
from source_stripe.config import specification

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text())
LOCKS = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-dev.lock": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
    "requirements-pyairbyte.lock": PROJECT["dependency-groups"]["pyairbyte"],
}
every_lock = pytest.mark.parametrize("lock", LOCKS)


def test_the_metadata_fits_airbytes_schema() -> None:
    path = resources.files("airbyte_connector_models.metadata.v0") / "ConnectorMetadataDefinitionV0.json"
    schema = json.loads(path.read_text())
    errors = Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(METADATA)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_the_metadata_names_this_project_and_its_version() -> None:
    project, data = PROJECT["project"], METADATA["data"]
    assert data["dockerRepository"] == data["githubIssueLabel"] == project["name"]
    assert data["dockerImageTag"] == project["version"] == metadata.version("source-stripe")
    assert data["license"] == project["license"]
    assert data["name"] == specification()["title"]


def test_the_metadata_suggests_streams_that_exist() -> None:
    assert set(METADATA["data"]["suggestedStreams"]["streams"]) <= {resource.name for resource in CATALOG}


def test_the_changelog_knows_the_version() -> None:
    assert f"## [{PROJECT['project']['version']}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_image_carries_the_version() -> None:
    labels = re.findall(r'version="([^"]+)"', (ROOT / "Dockerfile").read_text())
    assert labels
    assert set(labels) == {PROJECT["project"]["version"]}


def test_the_dockerfile_passes_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    linted = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_build_context_holds_what_the_dockerfile_copies() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    wanted = {name for line in copied for name in line.split()}
    assert wanted == allowed
    assert {name for name in wanted if not (ROOT / name).exists()} == set()


@every_lock
def test_a_lock_pins_everything_by_hash(lock: str) -> None:
    unhashed = [line for line in _pins(lock) if not line.endswith("\\")]
    assert unhashed == []
    hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", (ROOT / lock).read_text())
    assert len(hashes) >= len(_pins(lock))


@every_lock
def test_a_lock_does_not_say_where_packages_come_from(lock: str) -> None:
    options = [line for line in (ROOT / lock).read_text().splitlines() if "://" in line or line.startswith("-")]
    assert options == []


@every_lock
def test_a_lock_holds_every_declared_dependency(lock: str) -> None:
    locked = {_name(pin): pin.split("==")[1].split()[0] for pin in _pins(lock)}
    for declared in LOCKS[lock]:
        assert _name(declared) in locked
        if "==" in declared:
            assert locked[_name(declared)] == declared.split("==")[1]


def test_the_development_lock_holds_what_the_image_installs() -> None:
    assert set(_pins("requirements.lock")) <= set(_pins("requirements-dev.lock"))


def test_the_minor_version_of_the_cdk_is_pinned() -> None:
    declared = next(one for one in LOCKS["requirements.lock"] if _name(one) == "airbyte-cdk")
    lowest, beyond = re.fullmatch(r"airbyte-cdk>=7\.(\d+)\.\d+,<7\.(\d+)", declared).groups()  # type: ignore[union-attr]
    assert int(beyond) == int(lowest) + 1


def _pins(lock: str) -> list[str]:
    """The lines that name a package."""
    return [line for line in (ROOT / lock).read_text().splitlines() if line and not line.startswith((" ", "#"))]


def _name(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()
