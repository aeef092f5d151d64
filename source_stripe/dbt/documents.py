"""The descriptions that go with models, as dbt reads them."""

from __future__ import annotations

import yaml

Value = str | int | bool | list["Value"] | dict[str, "Value"]
"""What a document is made of."""
HEAD = "# Written by `source-stripe dbt`, which replaces it when it is run again.\n"


def text(value: Value) -> str:
    """A document as YAML."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    written: str = yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120)
    return HEAD + written
