"""Rewrites every generated file: `python -m tools.generate`; with `--check` it only names the stale ones."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from benchmarks import report
from source_stripe.catalog import CATALOG
from tools import (
    comparison,
    coverage,
    dbt_tables,
    engine_drawing,
    examples,
    guides,
    pages,
    references,
    registry_page,
    schema_drawing,
    schema_map,
    schemas,
)
from tools.markdown import filled
from tools.sdk import installed

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = Path("source_stripe/schemas")
README = Path("README.md")
# Folders in which every file of the kind is a generated one.
WHOLE = {SCHEMAS: "*.json", pages.FOLDER: "*.md", schema_drawing.FOLDER: "*.svg"}


@cache
def _schemas() -> Mapping[Path, str]:
    """What the package itself reads, and with it the generators of the rest."""
    sdk = installed()
    return {SCHEMAS / f"{one.name}.json": schemas.text(schemas.schema(one, sdk)) for one in CATALOG}


@cache
def _documents() -> Mapping[Path, str]:
    """What needs nothing but the SDK, the catalogue and the figures of the benchmarks: all but README.md."""
    sdk = installed()
    wanted = dict(_schemas())
    wanted |= pages.documents(sdk, schemas.provenance(sdk, "tools/pages.py"))
    wanted[coverage.PATH] = coverage.document(sdk, schemas.provenance(sdk, "tools/coverage.py"))
    wanted[schema_map.MAP] = schema_map.page(sdk, schemas.provenance(sdk, "tools/schema_map.py"))
    wanted[schema_map.DBML] = schema_map.dbml(sdk, schemas.provenance(sdk, "tools/schema_map.py"))
    wanted |= schema_drawing.drawings(sdk, schemas.provenance(sdk, "tools/schema_drawing.py"))
    for path, contents in guides.blocks(sdk).items():
        wanted[path] = (ROOT / path).read_text()
        for name, content in contents.items():
            wanted[path] = filled(wanted[path], name, content)
    wanted[comparison.PATH] = comparison.document(schemas.provenance(sdk, "tools/comparison.py"))
    modelled = filled((ROOT / dbt_tables.PATH).read_text(), "compatibility", dbt_tables.compatibility())
    wanted[dbt_tables.PATH] = filled(modelled, "airbyte", dbt_tables.airbyte())
    wanted |= examples.pages(ROOT)
    wanted[registry_page.PATH] = registry_page.document((ROOT / registry_page.PATH).read_text())
    wanted[references.PATH] = references.document(sdk, schemas.provenance(sdk, "tools/references.py"))
    results = report.load()
    wanted[Path("docs/benchmarks.md")] = report.document(results)
    wanted[Path("docs/benchmarks.svg")] = report.chart(results)
    accounts = Path("docs/accounts.md")
    wanted[accounts] = filled((ROOT / accounts).read_text(), "accounts", report.accounts_block(results))
    wanted[engine_drawing.PATH] = engine_drawing.drawing()
    return wanted


def files() -> dict[Path, str]:
    """Every generated file, and README.md with its figures and list, by the path from the root of the repository."""
    readme = filled((ROOT / README).read_text(), "streams", pages.readme())
    return {**_documents(), README: filled(readme, "benchmarks", report.readme_block(report.load()))}


def stale() -> dict[Path, str | None]:
    """What should be in the files that are not as they would be written; None for one that should not be there."""
    wanted = files()
    found = {path.relative_to(ROOT) for folder, kind in WHOLE.items() for path in (ROOT / folder).glob(kind)}
    changed = {path: text for path, text in wanted.items() if _found(path) != text}
    return changed | dict.fromkeys(sorted(found - set(wanted)))


def _found(path: Path) -> str | None:
    return (ROOT / path).read_text() if (ROOT / path).exists() else None


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only name the stale files; exit 1 if there are any")
    check = parser.parse_args(arguments).check
    # A new stream has no schema yet, without which nothing else can be written.
    missing = {path: text for path, text in _schemas().items() if not (ROOT / path).exists()}
    _take(missing, check)
    if missing and check:
        return 1
    changes = stale()
    _take(changes, check)
    return 1 if check and changes else 0


def _take(changes: Mapping[Path, str | None], check: bool) -> None:
    """Names what is stale, and writes it, unless it is only to be named."""
    for path, text in changes.items():
        print(f"{path}: {'should not be there' if text is None else 'is stale' if check else 'written'}")
        if check:
            continue
        if text is None:
            (ROOT / path).unlink()
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
