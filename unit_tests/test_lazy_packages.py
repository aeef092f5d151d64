"""The command line loads of the CDK only what it uses, and every name of the CDK is still to be had."""

from __future__ import annotations

import subprocess
import sys

LOW_CODE = "airbyte_cdk.sources.declarative.models"
LOAD = "from source_stripe import lazy_packages; lazy_packages.install(); import source_stripe.source, sys; "


def told(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_what_nobody_calls_is_not_loaded() -> None:
    assert told(f"{LOAD} print({LOW_CODE!r} in sys.modules)") == "False\n"
    assert told(f"import source_stripe.source, sys; print({LOW_CODE!r} in sys.modules)") == "True\n"


EVERY_NAME = """
import ast, pathlib
import airbyte_cdk, airbyte_cdk.models, airbyte_cdk.sources.streams.core
assert airbyte_cdk.AirbyteMessage is airbyte_cdk.models.AirbyteMessage
assert airbyte_cdk.Stream is airbyte_cdk.sources.streams.core.Stream
tree = ast.parse(pathlib.Path(airbyte_cdk.__file__).read_text())
names = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
print(sum(getattr(airbyte_cdk, name) is not None for name in names), len(names))
"""


def test_every_name_of_a_package_is_there_and_is_the_one_that_it_always_was() -> None:
    there, named = map(int, told(f"{LOAD}\n{EVERY_NAME}").split())
    assert there == named > 50


def test_a_name_that_there_is_not_is_told_as_ever() -> None:
    said = told(f"{LOAD} import airbyte_cdk\ntry: airbyte_cdk.Nothing\nexcept AttributeError as error: print(error)")
    assert said == "module 'airbyte_cdk' has no attribute 'Nothing'\n"
