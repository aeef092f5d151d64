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
from packaging.specifiers import SpecifierSet

from source_stripe.catalog import CATALOG
from source_stripe.config import specification
from source_stripe.run import main
from tools.locks import PYTHONS, lock_named

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text())


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Airbyte's package of schemas is for Python before 3.13")
def test_the_metadata_fits_airbytes_schema() -> None:
    path = resources.files("airbyte_connector_models.metadata.v0") / "ConnectorMetadataDefinitionV0.json"
    schema = _in_one_place(json.loads(path.read_text()))
    errors = Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(METADATA)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def _in_one_place(schema: Any) -> Any:
    """A schema that was put together from others without their ids, so that what it refers to is in itself."""
    match schema:
        case dict():
            return {
                key: _in_one_place(value)
                for key, value in schema.items()
                if not (key == "$id" and isinstance(value, str))
            }
        case list():
            return [_in_one_place(one) for one in schema]
    return schema


def test_the_metadata_names_this_project_and_its_version() -> None:
    project, data = PROJECT["project"], METADATA["data"]
    assert data["githubIssueLabel"] == data["dockerRepository"].rpartition("/")[2] == project["name"]
    assert data["dockerImageTag"] == project["version"] == metadata.version("source-stripe")
    assert data["license"] == project["license"]
    assert data["name"] == specification()["title"]


def test_the_metadata_suggests_streams_that_exist() -> None:
    assert set(METADATA["data"]["suggestedStreams"]["streams"]) <= {resource.name for resource in CATALOG}


def test_the_changelog_ends_with_the_version_that_the_command_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    latest = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
    assert capsys.readouterr().out == f"source-stripe {latest}\n"
    assert latest == PROJECT["project"]["version"]


def test_the_image_carries_the_version_and_the_name_that_the_metadata_gives_it() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    labels = re.findall(r'version="([^"]+)"', dockerfile)
    assert labels
    assert set(labels) == {PROJECT["project"]["version"]}
    assert re.findall(r'io\.airbyte\.name="([^"]+)"', dockerfile) == [METADATA["data"]["dockerRepository"]]
    bases = re.findall(r"^ARG BASE_IMAGE=(\S+)$", dockerfile, re.MULTILINE)
    assert bases == [METADATA["data"]["connectorBuildOptions"]["baseImage"]]


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


def test_the_image_holds_what_the_lock_pins_and_nothing_chosen_while_it_is_built() -> None:
    commands = re.split(r"&&|\n(?! )", (ROOT / "Dockerfile").read_text().replace("\\\n", ""))
    installs = [command.split() for command in commands if "pip install" in command]
    locked = [one for one in installs if "-r" in one]
    assert len(locked) == 1
    assert {"--no-deps", "--require-hashes", "--only-binary", ":all:", "requirements.lock"} <= set(locked[0])
    assert [one for one in installs if not {"--no-deps", "--no-build-isolation", "."} <= set(one)] == locked
    assert [command for command in commands if "slim.py" in command and "RUN" in command]
    assert not [command for command in commands if "pip uninstall" in command]


def test_the_minor_version_of_the_cdk_is_pinned() -> None:
    declared = next(one for one in PROJECT["project"]["dependencies"] if one.startswith("airbyte-cdk"))
    lowest, beyond = re.fullmatch(r"airbyte-cdk>=7\.(\d+)\.\d+,<7\.(\d+)", declared).groups()  # type: ignore[union-attr]
    assert int(beyond) == int(lowest) + 1


def test_the_versions_of_python_are_the_same_wherever_they_are_named() -> None:
    prefix = "Programming Language :: Python :: "
    said = [one.removeprefix(prefix) for one in PROJECT["project"]["classifiers"] if one.startswith(prefix)]
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    assert [f"3.{minor}" for minor in range(30) if allowed.contains(f"3.{minor}.1")] == said
    assert list(PYTHONS) == said
    makefile = (ROOT / "Makefile").read_text()
    assert re.findall(r"^PYTHONS := (.+)$", makefile, re.MULTILINE) == [" ".join(said)]
    assert f"Python {said[0]} to {said[-1]}" in (ROOT / "README.md").read_text()
    assert PROJECT["tool"]["mypy"]["python_version"] == said[0]
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + said[0].replace(".", "")


def test_the_versions_of_python_for_pyairbyte_are_the_same_wherever_they_are_named() -> None:
    named = lock_named("requirements-pyairbyte.lock").pythons
    makefile = (ROOT / "Makefile").read_text()
    assert re.findall(r"^PYTHONS_OF_PYAIRBYTE := (.+)$", makefile, re.MULTILINE) == [" ".join(named)]
    assert f"Python {' or '.join(named)}" in (ROOT / "CONTRIBUTING.md").read_text()
