"""The manifests for Kubernetes are valid, and their containers run what they say, on the volumes that they mount."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.dividing import founded
from integration_tests.documents import TOOLS
from integration_tests.executable import ROOT, write_executable
from integration_tests.many import expected_of
from integration_tests.oracle import held
from integration_tests.sandbox import Sandbox
from integration_tests.served import served
from integration_tests.stand_ins import mounted
from integration_tests.vocabulary import BY_NAME, HOUR, KEY, settled
from source_stripe.catalog.core import customers

MANIFEST = ROOT / "examples" / "recipes" / "cronjob.yaml"
SHARDS = [ROOT / "examples" / "kubernetes" / f"{name}.yaml" for name in ("plan", "shards", "merge")]
CLIENTS = next(tool for tool in TOOLS if tool.name == "the environment of clients")
SECRET, _, CRON_JOB = yaml.safe_load_all(MANIFEST.read_text())
POD: dict[str, Any] = CRON_JOB["spec"]["jobTemplate"]["spec"]["template"]["spec"]
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]


@pytest.mark.skipif(not CLIENTS.here(), reason="kubernetes-validate is not here: `make setup-clients`")
@pytest.mark.parametrize("version", ["1.28", "1.31", "1.35"])
@pytest.mark.parametrize("manifest", [MANIFEST, *SHARDS], ids=lambda path: path.stem)
def test_the_manifest_is_what_a_cluster_takes(manifest: Path, version: str) -> None:
    command = [
        str(CLIENTS.environment / "bin" / "kubernetes-validate"),
        "--strict",
        "--kubernetes-version",
        version,
        str(manifest),
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


def test_the_jobs_of_the_shards_one_after_the_other_leave_what_the_platform_holds(tmp_path: Path) -> None:
    jobs = {path.stem: list(yaml.safe_load_all(path.read_text()))[-1]["spec"] for path in SHARDS}
    secret = next(yaml.safe_load_all(SHARDS[0].read_text()))
    (tmp_path / "config").mkdir()
    (tmp_path / "data").mkdir()
    for name, text in secret["stringData"].items():
        known = text.replace("rk_live_...", KEY).replace("2024-01-01", "2000-01-01")
        (tmp_path / "config" / name).write_text(known)
    made = founded(9, changes=10)
    assert f"--shards {jobs['shards']['completions']} " in jobs["plan"]["template"]["spec"]["containers"][0]["args"][0]
    assert f"--workers {jobs['shards']['parallelism']} " in jobs["plan"]["template"]["spec"]["containers"][0]["args"][0]
    for _ in range(2):
        with served(Sandbox(made)) as address:
            write_executable(tmp_path, made.now)
            _contained(jobs["plan"], tmp_path, address)
            for number in range(jobs["shards"]["completions"]):
                _contained(jobs["shards"], tmp_path, address, SHARD=str(number))
            _contained(jobs["merge"], tmp_path, address)
        rows = map(json.loads, (tmp_path / "data" / "stripe" / "charges.jsonl").read_text().splitlines())
        assert {(row["account_id"], row["id"]) for row in rows} == expected_of(made, BY_NAME["charges"]).keys()
        assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["state.jsonl", "stripe"]
        next(iter(made.connected.values())).live(0, 20, silent=False)
        made.advance(HOUR)


def _contained(job: Any, folder: Path, address: str, **environment: str) -> None:
    """What the container of a job does, on folders in place of its volumes."""
    (container,) = job["template"]["spec"]["containers"]
    words = [*container.get("command", [str(folder / "source-stripe")]), *container["args"]]
    for mount in container["volumeMounts"]:
        words = [word.replace(mount["mountPath"] + "/", f"{folder / mount['name']}/") for word in words]
    for name, value in environment.items():
        assert name in {one["name"] for one in container["env"]}
        words = [word.replace(f"$({name})", value) for word in words]
    known = os.environ | {"STRIPE_API_BASE": address, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(words, env=known, check=True, capture_output=True)
