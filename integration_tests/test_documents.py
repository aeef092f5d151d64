"""What README.md and the documents show is done, block by block, in a folder of its own, on a sandbox account."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import Any

import duckdb
import pytest

from integration_tests.desk import Desk
from integration_tests.documents import Block, blocks, needed
from integration_tests.executable import ROOT
from integration_tests.oracle import held
from integration_tests.served import served
from integration_tests.vocabulary import DAY, HOUR, KEY, settled
from source_stripe.catalog.core import customers

PAGES = {
    str(page.relative_to(ROOT)): found
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if (found := blocks(page))
}


Row = dict[str, Any]


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _table(name: str, database: str = "stripe.duckdb") -> Callable[[Path], list[Row]]:
    def rows(folder: Path) -> list[Row]:
        with duckdb.connect(folder / database, read_only=True) as connection:
            found = connection.execute(f"select * from {name}")
            return [
                dict(zip((column[0] for column in found.description), row, strict=True)) for row in found.fetchall()
            ]

    return rows


CUSTOMERS: dict[str, Callable[[Path], list[Row]]] = {
    "docs/recipes/airbyte-serverless.md": lambda folder: [
        row["data"] for row in _lines(folder / "stripe.jsonl") if row["stream"] == "customers"
    ],
    "docs/recipes/command-line.md": lambda folder: _lines(folder / "current.jsonl"),
    "docs/recipes/container.md": lambda folder: _lines(folder / "stripe" / "tables" / "customers.jsonl"),
    "docs/recipes/cron.md": _table("customers"),
    "docs/recipes/dagster.md": _table("customers"),
    "docs/recipes/dlt.md": _table("raw.customers"),
    "docs/recipes/meltano.md": _table("customers", "warehouse.duckdb"),
    "docs/recipes/pyairbyte.md": _table("main.customers", "pyairbyte.duckdb"),
}
"""Where the recipes leave the account's customers, after two syncs."""


@pytest.mark.timeout(900)  # some clients take their time to start
@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_can_be_done(name: str, tmp_path: Path) -> None:
    stripe = settled(customers=5, seed=7)

    def time_passes() -> int:
        stripe.account.live(DAY, 60, silent=False)
        stripe.account.advance(HOUR)
        return stripe.account.now

    with served(stripe) as address:
        desk = Desk(tmp_path, address, KEY, stripe.account.now, PAGES[name], time_passes)
        for block in PAGES[name]:
            desk.do(block)
    if not desk.left_out and name in CUSTOMERS:
        kept: dict[str, Row] = {}
        for row in sorted(CUSTOMERS[name](tmp_path), key=lambda row: str(row["updated"])):
            kept[row["id"]] = row
        living = {key: row["email"] for key, row in kept.items() if not row.get("is_deleted")}
        assert living == {key: row["email"] for key, row in held(stripe.account, customers).items()}
    if desk.left_out:
        pytest.skip("; ".join(f"{block} is not run: {why} is not here" for block, why in desk.left_out.items()))


# The blocks themselves


def _page(folder: Path, text: str) -> list[Block]:
    (folder / "page.md").write_text(text)
    return blocks(folder / "page.md")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("```sh\nls\n```", "shell"),
        ("```\nmake test\n```", "shell"),
        ("text\n\n    source-stripe spec\n", "shell"),
        ('text\n\n    {"client_secret": "rk_live_..."}\n', "json"),
        ("text\n\n    import airbyte\n", "python"),
        ('```python title="a.py"\nimport dlt\n```', "file"),
        ("<!-- not run: needs a cluster -->\n```sh\nkubectl get pods\n```", "left"),
        ("```\nwhatever this is\n```", ""),
        ("text\n\n    Whatever this is\n", ""),
        ("```rust\nfn main() {}\n```", ""),
        ("- a list\n\n  ```sql\n  select 1\n  ```\n", "sql"),
    ],
)
def test_a_block_is_known_for_what_it_is(text: str, kind: str, tmp_path: Path) -> None:
    (block,) = _page(tmp_path, text)
    assert block.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nsource-stripe no-such-command\n```",
        "```sh\nmake no-such-target\n```",
        "```sh\nfalse | true\n```",
        "```python\nimport no_such_module\n```",
        "```json\n{\n```",
        "```rust\nfn main() {}\n```",
        "```sh\npip install no-such-package\n```",
        "```sh\ndocker run --rm airbyte/source-stripe:1 spec\n```",
        "text\n\n    invoices = no_such_word()\n",
    ],
)
def test_a_block_that_does_not_work_fails(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Block, "__str__", lambda _: "page.md")
    page = _page(tmp_path, text)
    desk = Desk(tmp_path, "http://127.0.0.1:9", KEY, 0, page)
    with pytest.raises((AssertionError, ValueError, NameError)):
        desk.do(page[0])


def test_indented_blocks_are_told_apart_though_markdown_takes_them_for_one(tmp_path: Path) -> None:
    parts = ('{"a": 1}', "make setup\nsource-stripe spec", "import airbyte\n\nairbyte.get_source()")
    text = indent("\n\n".join(parts), "    ")
    assert [block.kind for block in _page(tmp_path, f"text\n\n{text}\n")] == ["json", "shell", "python"]


def test_a_block_needs_what_it_imports_and_what_it_calls(tmp_path: Path) -> None:
    script = '```python title="a.py"\nimport dlt\n```\n\n'
    page = _page(
        tmp_path, script + "```sh\npython a.py\n```\n\n```sh\ndbt build | jq .\n```\n\n```sql\nselect 1\n```\n"
    )
    names = [[tool.name for tool in needed(block, page)] for block in page]
    clients = "the environment of clients"
    assert names == [[], [clients], ["dbt", "jq"], [clients, "dbt", "jq"]]
