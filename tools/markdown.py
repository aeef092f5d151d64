"""What the generated documents are put together from."""

from __future__ import annotations

from collections.abc import Iterable

NONE = "-"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def filled(text: str, name: str, content: str) -> str:
    """A document with `content` between its marks `<!-- name:begin -->` and `<!-- name:end -->`."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"the document must hold {begin} and {end}, once each and in this order")
    before, after = text[: text.index(begin)], text[text.index(end) :]
    return f"{before}{begin}\n{content}{after}"
