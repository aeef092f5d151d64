"""Hooks of mkdocs: pages for documents outside `docs/`, links to files that are no pages, names for cells of tables.

They run in the environment of the site, so this imports mkdocs and nothing of the project.
"""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
    "benchmarks/README.md": "benchmarking.md",
}
"""Documents that stand elsewhere in the repository, and the page that shows them or stands in their place."""
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)

TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages of documents outside `docs/`."""
    for source, page in PAGES.items():
        if not (ROOT / "docs" / page).exists():
            files.append(File.generated(config, page, content=_moved((ROOT / source).read_text(), source, page)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that leave `docs/` lead to the page that stands for the document, or are none."""
    path = page.file.src_uri
    return _moved(markdown, f"docs/{path}", path)


def on_page_content(content: str, **_: Any) -> str:
    """Each cell of a table says what its column is called, since on a phone the cells stand below each other."""
    return TABLE.sub(lambda found: _labelled(found[0]), content)


def _labelled(table: str) -> str:
    heads = [html.escape(re.sub(r"<[^>]+>", "", head).strip(), quote=True) for head in HEAD.findall(table)]

    def row(found: re.Match[str]) -> str:
        names = iter(heads)
        return re.sub(r"<td\b", lambda _: f'<td data-label="{next(names, "")}"', found[0])

    return ROW.sub(row, table)


def _moved(markdown: str, source: str, page: str) -> str:
    """A document as it is on a page of the site, from its path in the repository."""

    def target(found: re.Match[str]) -> str:
        image, text, link = found.groups()
        path, mark, anchor = link.partition("#")
        if not path or re.match(r"\w+:", path):
            return found[0]
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if leads in PAGES:
            leads = f"docs/{PAGES[leads]}"
        if not leads.startswith("docs/"):
            return str(text)
        inside = posixpath.relpath(leads.removeprefix("docs/"), posixpath.dirname(page) or ".")
        return f"{image}[{text}]({inside}{mark}{anchor})"

    parts = FENCE.split(markdown)
    return "".join(part if part.startswith("```") else LINK.sub(target, part) for part in parts)
