"""The dbt project that is written fits the catalogue, the schemas and the tables of columns it is made from."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml as reader

from source_stripe.catalog import CATALOG
from source_stripe.columns import schema
from source_stripe.dbt import airbyte, compatibility, write
from source_stripe.dbt.expressions import JOINED, head_of, spelled, tail_of
from source_stripe.dbt.project import LIST, project
from source_stripe.dbt.references import ELSEWHERE, references
from source_stripe.dbt.tables import KEPT, tables
from source_stripe.declaration.resource import Scope

TABLES = {table.name: table for table in tables()}
NOT_KEPT = {"never", "detached"}
"""Tests of declarations whose rows are no longer what they were."""


def test_there_is_a_source_and_a_staging_view_for_every_stream() -> None:
    files = project()
    names = [resource.name for resource in CATALOG]
    sources = reader.safe_load(files["models/staging/_sources.yml"])["sources"][0]["tables"]
    assert [table["name"] for table in sources] == names
    models = reader.safe_load(files["models/staging/_staging.yml"])["models"]
    assert [model["name"] for model in models] == [f"stg_stripe__{name}" for name in names]
    assert {f"models/staging/stg_stripe__{name}.sql" for name in names} <= set(files)
    for table, model in zip(sources, models, strict=True):
        many = ["account_id"] if TABLES[table["name"]].resource.scope is Scope.ACCOUNT else []
        columns = [*schema(table["name"])["properties"], *many]
        assert [column["name"] for column in table["columns"]] == columns
        assert [column["name"] for column in model["columns"]] == columns


def test_every_file_of_yaml_can_be_read() -> None:
    assert [name for name, text in project().items() if name.endswith(".yml") and not reader.safe_load(text)] == []


def test_a_declaration_that_marks_what_still_exists_says_which_rows_stay() -> None:
    named = {part.deleted_if.__name__ for resource in CATALOG for part in resource.parts}
    assert named == set(KEPT) | NOT_KEPT
    assert {name for name, table in TABLES.items() if table.kept} == {"subscriptions"}


def links(name: str) -> dict[str, tuple[str, bool]]:
    return {one.column: (one.to.name, one.holds) for one in references(TABLES[name], tuple(TABLES.values()))}


def test_a_link_always_holds_where_its_object_stays_and_is_of_the_same_account() -> None:
    charges = links("charges")
    assert charges["balance_transaction"] == ("balance_transactions", True)
    assert charges["customer"] == ("customers", False)  # can be deleted
    assert charges["application_fee"] == ("application_fees", False)  # is the platform's
    assert charges["on_behalf_of"] == ("accounts", False)
    assert links("payment_intents")["payment_method"][1:] == (False,) or "payment_method" not in links(
        "payment_intents"
    )
    assert links("subscriptions")["latest_invoice"] == ("invoices", False)  # a draft can be deleted
    # What is read under an object is deleted with it.
    assert links("invoice_line_items")["invoice_id"] == ("invoices", True)
    assert links("customer_balance_transactions")["customer_id"] == ("customers", True)
    assert links("discounts").get("holder_id") is None  # of several kinds
    found = {f"{name}.{column}" for name in TABLES for column in links(name)}
    assert len(found) > 150
    assert found >= ELSEWHERE


def has(stream: str, field: str) -> bool:
    """Whether a stream's schema has a field at a path."""
    declared: Any = schema(stream)["properties"].get(head_of(field))
    for name in re.findall(r"\w+", tail_of(field).replace("[]", "[0]")):
        if declared is None:
            return False
        inner = declared.get("items") if name.isdigit() else (declared.get("properties") or {}).get(name)
        open_map = isinstance(declared.get("additionalProperties"), dict)
        declared = inner if inner is not None else {} if open_map else None
    return declared is not None


def test_a_compatible_column_is_null_only_where_stripe_has_nothing_for_it() -> None:
    every = compatibility.wanted()
    assert len({column.table for column in every}) == 27
    assert {column.stream for column in every} <= set(TABLES)
    empty = {
        f"{one.table}.{one.name}" for one in every if one.field and not compatibility.filled(one, TABLES[one.stream])
    }
    assert empty == set()


def test_a_path_into_a_column_is_one_of_the_schema() -> None:
    named = {(one.stream, one.field) for one in compatibility.wanted()} | {
        (one.table, one.field) for one in airbyte.moved()
    }
    inner = {(stream, field) for stream, field in named if tail_of(field) and is_path(stream, field)}
    assert len(inner) > 150
    assert {(stream, field) for stream, field in inner if not has(stream, field)} == set()


def is_path(stream: str, field: str) -> bool:
    """Whether a field names a column of the table, and is no SQL."""
    return bool(re.fullmatch(r"[\w.\[\]]+", field)) and head_of(field) in TABLES[stream].by_name


def test_a_column_that_moved_is_none_of_the_tables_today() -> None:
    every = airbyte.moved()
    assert [one for one in every if one.name in TABLES[one.table].by_name] == []
    assert all(one.field or one.said for one in every)
    unknown = [
        one
        for one in every
        if re.fullmatch(r"[\w.\[\]]+", one.field)
        and head_of(one.field) not in JOINED
        and head_of(one.field) not in TABLES[one.table].by_name
    ]
    assert unknown == []


def test_a_word_in_braces_that_is_no_macro_is_refused() -> None:
    assert spelled("{text:a:b.c}") == "{{ stripe_json_value('base.a', 'b.c', 'text') }}"
    with pytest.raises(ValueError, match="is no macro"):
        spelled("{text:a}")


def test_written_again_it_replaces_its_own_files_and_leaves_others(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "project"
    paths = write(folder)
    assert {str(path.relative_to(folder)) for path in paths} == set(project())
    first, mine, gone = paths[-1], folder / "models" / "mine.sql", folder / "models" / "staging" / "stg_stripe__old.sql"
    outside = tmp_path / "outside.sql"
    for path in (first, mine, gone, outside, folder / "dbt_project.yml"):
        path.write_text("changed")
    with (folder / LIST).open("a") as listed:
        listed.write("models/staging/stg_stripe__old.sql\n../../outside.sql\n")
    write(folder)
    assert first.read_text() != "changed"
    assert [path.exists() for path in (mine, gone, outside)] == [True, False, True]
    assert (folder / "dbt_project.yml").read_text() == "changed"


def test_no_command_of_the_protocol_loads_it() -> None:
    loads = "import sys, source_stripe.run, source_stripe.source"
    asked = f"{loads}; print([name for name in sys.modules if 'source_stripe.dbt' in name])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["[]"]


def test_the_command_writes_it_and_says_what_comes_next(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    command = [sys.executable, "-m", "source_stripe", "dbt", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"Next: cd {folder} && dbt build --profiles-dir .\n")
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {*project(), LIST}
    (tmp_path / "file").touch()
    command[-1] = str(tmp_path / "file" / "models")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be written: Not a directory" in " ".join(done.stderr.split())
