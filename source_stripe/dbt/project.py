"""Puts the project together: the files written by hand, and those made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from source_stripe.dbt import airbyte, compatibility, documents
from source_stripe.dbt.references import references
from source_stripe.dbt.tables import Table, product_of, tables

RENAMED = {"gitignore.txt": ".gitignore"}
USERS = ("dbt_project.yml", "profiles.yml")
"""Files for settings of the user's: they are left as they are where there are some."""
LIST = ".written_by_source_stripe"
"""Names the files of an earlier project, so that those go which the new one no longer has."""


def write(directory: Path) -> list[Path]:
    """Writes the project into a directory, in place of an earlier one; other files stay. Returns what was written."""
    wanted, written = project(), []
    earlier = (directory / LIST).read_text().splitlines() if (directory / LIST).exists() else []
    for name in sorted(set(earlier) - wanted.keys()):
        if (directory / name).resolve().is_relative_to(directory.resolve()):
            (directory / name).unlink(missing_ok=True)
    for name, text in sorted(wanted.items()):
        path = directory / name
        if name in USERS and path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        written.append(path)
    (directory / LIST).write_text("".join(f"{name}\n" for name in sorted(wanted)))
    return written


def project() -> dict[str, str]:
    """The text of every file, by its path inside the project."""
    every = tables()
    made = {RENAMED.get(name, name): text for name, text in _walk(files("source_stripe") / "dbt" / "project")}
    made["models/staging/_sources.yml"] = documents.text(_sources(every))
    made["models/staging/_staging.yml"] = documents.text(_models(every))
    made |= {f"models/staging/{table.model}.sql": staging(table) for table in every}
    made |= compatibility.models(every)
    made |= airbyte.models(every)
    return made


def staging(table: Table) -> str:
    """The view over a table."""
    columns = ",\n    ".join(f"('{column.name}', '{column.kind}')" for column in table.columns)
    kept = f', kept="{table.kept}"' if table.kept else ""
    return f"{{{{ stripe_staged('{table.name}', [\n    {columns},\n]{kept}) }}}}\n"


def _sources(every: Sequence[Table]) -> documents.Value:
    source: dict[str, documents.Value] = {
        "name": "stripe",
        "description": "What source-stripe reads from Stripe: a table for each stream, a row for each object.",
        "database": "{{ var('stripe_database', target.database) }}",
        "schema": "{{ var('stripe_schema', 'main' if target.type == 'duckdb' else 'stripe') }}",
        "tables": [_source(table) for table in every],
    }
    return {"version": 2, "sources": [source]}


def _source(table: Table) -> documents.Value:
    key: list[documents.Value] = list(table.resource.key)
    return {
        "name": table.name,
        "identifier": f"{{{{ var('stripe_table_prefix', '') }}}}{table.name}",
        "description": f"{product_of(table.resource)}. A row is known by {', '.join(table.resource.key)}.",
        "data_tests": [{"stripe_key": {"name": f"{table.name}_key", "arguments": {"table": table.name, "key": key}}}],
        "columns": [{"name": column.name, "description": column.text} for column in table.columns],
    }


def _models(every: Sequence[Table]) -> documents.Value:
    return {"version": 2, "models": [_model(table, every) for table in every]}


def _model(table: Table, every: Sequence[Table]) -> documents.Value:
    links = {reference.column: reference for reference in references(table, every)}
    columns: list[documents.Value] = []
    for column in table.columns:
        described: dict[str, documents.Value] = {"name": column.name}
        if said := " ".join(filter(None, (column.text, column.unit))):
            described["description"] = said
        if link := links.get(column.name):
            described["config"] = {"meta": {"references": f"{link.to.model}.{link.to.resource.key[0]}"}}
            if link.holds:
                described["data_tests"] = [_reference(f"{table.name}_{link.column}", link.to)]
        columns.append(described)
    kept = f" Rows that are marked as deleted stay where {table.kept}." if table.kept else ""
    said = f"`{table.name}` without what Stripe no longer has.{kept}"
    return {"name": table.model, "description": said, "columns": columns}


def _reference(name: str, to: Table) -> documents.Value:
    arguments: documents.Value = {"table": to.name, "to": f"ref('{to.model}')", "field": to.resource.key[0]}
    return {"stripe_reference": {"name": f"{name}_is_in_{to.name}", "arguments": arguments}}


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith((".pyc",)):
            yield prefix + entry.name, entry.read_text()
