"""The blocks of code in a document, what each of them is, and what it is done with."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt

from integration_tests.executable import ROOT
from integration_tests.stand_ins import NAMES
from tools.environment import Environment, ready

NEVER = "not run: "
"""A remark `<!-- not run: REASON -->` above a block says why no test can do what it shows."""
WITH = "runs with "
"""A remark `<!-- runs with NAME -->` names what a block needs, where neither a command nor an import tells."""
_REMARK = re.compile(rf"<!-- ((?:{NEVER}|{WITH}).+?) -->\s*\Z", re.DOTALL)
_IMPORT = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
_DECLARATION = re.compile(r"\w+ = \w+\(.*\)\s*\Z", re.DOTALL)
"""Of a stream, as it stands in the catalogue."""
_COMMAND = re.compile(r"(?:^|[|;&(])\s*([\w.-]+)", re.MULTILINE)
_KINDS = {
    "bash": "shell",
    "json": "json",
    "python": "python",
    "sh": "shell",
    "sql": "sql",
    "text": "left",
    "yaml": "yaml",
}


@dataclass(frozen=True)
class Tools:
    """What is used beside the connector."""

    name: str
    lock: str = ""
    """What pins its environment, whose name says the same; empty where it is of the machine."""
    commands: Sequence[str] = ()
    modules: Sequence[str] = ()

    @property
    def environment(self) -> Path:
        return ROOT / self.lock.replace("requirements-", ".venv-").removesuffix(".lock")

    def here(self) -> bool:
        if self.lock:
            return ready(Environment(self.environment, ROOT / self.lock))
        return all(map(shutil.which, self.commands))


TOOLS = (
    Tools("dbt", "requirements-dbt.lock", ("dbt",)),
    Tools(
        "the environment of clients",
        "requirements-clients.lock",
        ("abs", "dagster", "meltano"),
        ("airbyte_serverless", "dagster", "dlt"),
    ),
    Tools("PyAirbyte", "requirements-pyairbyte.lock", modules=("airbyte",)),
    Tools("jq", commands=("jq",)),
    Tools("tap-airbyte-wrapper", commands=("tap-airbyte",)),  # is on no package index
)


@dataclass(frozen=True)
class Block:
    """A block of code."""

    page: Path
    line: int
    language: str | None
    """What its fence says; None for one that is only indented."""
    title: str
    """The name of the file that it shows."""
    text: str
    remark: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def kind(self) -> str:
        """`file`, `shell`, `python`, `declaration`, `sql`, `json`, `yaml`, or `left` for what is only to look at; empty
        where nothing tells what it is."""
        if self.title:
            return "file"
        if self.remark.startswith(NEVER):
            return "left"
        if self.language == "python" and _DECLARATION.match(self.text):
            return "declaration"
        if self.language:
            return _KINDS.get(self.language, "")
        first = self.text.split(maxsplit=1)[0] if self.text.strip() else ""
        if self.language is None and first.startswith("{"):
            return "json"
        if self.language is None and first in ("import", "from"):
            return "python"
        if self.language is None and _DECLARATION.match(self.text):
            return "declaration"
        return "shell" if first in (".", "export", "source-stripe", *NAMES) or shutil.which(first) else ""

    @property
    def commands(self) -> set[str]:
        return set(_COMMAND.findall(self.text))

    @property
    def words(self) -> set[str]:
        return set(re.findall(r"[^\s;|&()<>\"']+", self.text))


def blocks(page: Path) -> list[Block]:
    """The blocks of a document, fenced or indented."""
    found, remark = [], ""
    for token in MarkdownIt("commonmark").parse(page.read_text()):
        if token.type in ("fence", "code_block"):
            language, _, rest = token.info.partition(" ")
            title = re.search(r'title="([^"]+)"', rest)
            line = token.map[0] + 1 if token.map else 0
            if token.type == "fence":
                found.append(Block(page, line, language, title[1] if title else "", token.content, remark))
            else:
                found += _parts(Block(page, line, None, "", token.content, remark))
        matched = _REMARK.search(token.content) if token.type == "html_block" else None
        remark = matched[1] if matched else ""
    return found


def _parts(block: Block) -> list[Block]:
    """What is indented, by empty lines: several blocks are one to Markdown where no text stands between them."""
    parts: list[Block] = []
    for text in re.split(r"\n{2,}", block.text):
        part = replace(block, text=f"{text.rstrip()}\n")
        if part.kind or not parts:
            parts.append(part)
        else:
            parts[-1] = replace(parts[-1], text=f"{parts[-1].text}\n{part.text}")
    return parts


def needed(block: Block, page: Sequence[Block]) -> list[Tools]:
    """What a block is done with."""
    named = [tool for tool in TOOLS if block.remark == WITH + tool.name]
    match block.kind:
        case "python":
            return [*named, *importing(block.text)]
        case "shell":
            scripts = [one for one in page if one.title and one.title in block.words]
            commands = block.commands.union(*(one.commands for one in scripts if one.language == "sh"))
            called = [tool for tool in TOOLS if commands & set(tool.commands)]
            return [*named, *called, *(tool for one in scripts for tool in importing(one.text))]
        case "sql":  # of what the page has filled before
            return [tool for one in page if one.kind == "shell" for tool in needed(one, page)]
    return named


def importing(text: str) -> list[Tools]:
    """What the imports of a Python program need."""
    imported = set(_IMPORT.findall(text))
    return [tool for tool in TOOLS if imported & set(tool.modules)]
