"""Checks a built site: every link leads to a file and a place that are there, and nothing is loaded from elsewhere.

`python tools/site_links.py build/site`. It takes the standard library only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}
"""What a browser fetches by itself."""
POINTERS = {"canonical", "edit", "next", "prev"}
"""Relations of a `link` that is not fetched."""
_CSS_LOADS = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", re.IGNORECASE)


@dataclass
class Page(HTMLParser):
    """What a document points to, and where in it one can point."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    scripted: bool = False
    """Whether a script makes something of the address, as that of the schema map opens a table."""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.scripted |= given.get("data-places") == "by-script"
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        for name, value in given.items():
            if (tag, name) in LOADED and given.get("rel") not in POINTERS:
                self.loaded.append(value)
            elif (tag, name) == ("a", "href"):
                self.links.append(value)


def faults(site: Path) -> Iterator[str]:
    """A line for each thing that is wrong."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        shown = path.relative_to(site)
        for link in page.loaded:
            if urlsplit(link).netloc:
                yield f"{shown} loads {link}"
        # Links of the page that stands for one that is not there are from the root of a server.
        if shown == Path("404.html"):
            continue
        for link in [*page.links, *page.loaded]:
            if why := _wrong(link, path, pages, site):
                yield f"{shown}: {link} {why}"
    for path in sorted(site.rglob("*.css")):
        if _CSS_LOADS.search(path.read_text()):
            yield f"{path.relative_to(site)} loads something from elsewhere"


def _read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text())
    return page


def _wrong(link: str, source: Path, pages: dict[Path, Page], site: Path) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = (source.parent / unquote(parts.path)).resolve() if parts.path else source
    if target.is_dir():
        target = target / "index.html"
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return "leads nowhere"
    page = pages.get(target)
    anchor = unquote(parts.fragment)
    known = page is None or not anchor or anchor in page.anchors or page.scripted
    return "" if known else "leads to no place of that page"


def main(arguments: list[str]) -> int:
    site = Path(arguments[0]).resolve()
    found = list(faults(site))
    print("\n".join(found) or f"{len(list(site.rglob('*.html')))} pages, every link leads somewhere.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
