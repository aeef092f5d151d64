"""The manifest for Kubernetes is valid, and its container runs what the recipe says, on the volumes that it mounts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.documents import TOOLS
from integration_tests.executable import ROOT, write_executable
from integration_tests.oracle import held
from integration_tests.served import served
from integration_tests.stand_ins import mounted
from integration_tests.vocabulary import KEY, settled
from source_stripe.catalog.core import customers

MANIFEST = ROOT / "examples" / "recipes" / "cronjob.yaml"
CLIENTS = next(tool for tool in TOOLS if tool.name == "the environment of clients")
SECRET, _, CRON_JOB = yaml.safe_load_all(MANIFEST.read_text())
POD: dict[str, Any] = CRON_JOB["spec"]["jobTemplate"]["spec"]["template"]["spec"]
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]


@pytest.mark.skipif(not CLIENTS.here(), reason="kubernetes-validate is not here: `make setup-clients`")
@pytest.mark.parametrize("version", ["1.28", "1.31", "1.35"])
def test_the_manifest_is_what_a_cluster_takes(version: str) -> None:
    command = [
        str(CLIENTS.environment / "bin" / "kubernetes-validate"),
        "--strict",
        "--kubernetes-version",
        version,
        str(MANIFEST),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_manifest_has_the_image_and_the_memory_that_the_metadata_names() -> None:
    (container,) = POD["containers"]
    assert container["image"] == f"{METADATA['dockerRepository']}:{METADATA['dockerImageTag']}"
    jobs = {one["jobType"]: one["resourceRequirements"] for one in METADATA["resourceRequirements"]["jobSpecific"]}
    assert container["resources"]["limits"]["memory"] == jobs["sync"]["memory_limit"]
    assert container["resources"]["requests"]["memory"] == jobs["sync"]["memory_request"]


def test_the_container_of_the_manifest_syncs_into_its_volume(tmp_path: Path) -> None:
    (container,) = POD["containers"]
    names = {volume["name"] for volume in POD["volumes"]}
    folders = {}
    for mount in container["volumeMounts"]:
        assert mount["name"] in names
        folders[mount["mountPath"]] = str(tmp_path / mount["name"])
        (tmp_path / mount["name"]).mkdir()
    secret = next(one["secret"]["secretName"] for one in POD["volumes"] if "secret" in one)
    assert secret == SECRET["metadata"]["name"]
    for name, text in SECRET["stringData"].items():
        (tmp_path / "config" / name).write_text(text.replace("rk_live_...", KEY))
    stripe = settled(customers=5, seed=7)
    executable, _ = write_executable(tmp_path, stripe.account.now)
    with served(stripe) as address:
        command = [str(executable), *mounted(container["args"], folders)]
        subprocess.run(command, env=os.environ | {"STRIPE_API_BASE": address}, check=True, capture_output=True)
    rows = map(json.loads, (tmp_path / "data" / "stripe" / "customers.jsonl").read_text().splitlines())
    start = 1_704_067_200  # of the configuration
    assert {row["id"] for row in rows} == {
        key for key, row in held(stripe.account, customers).items() if row["created"] >= start
    }
