"""Shows the files of `examples/recipes` on the pages of `docs/recipes`, each between the marks of its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tools.markdown import filled

FILES = Path("examples/recipes")
PAGES = Path("docs/recipes")
LANGUAGES = {".cron": "text", ".py": "python", ".sh": "sh", ".yaml": "yaml", ".yml": "yaml"}
_MARK = re.compile(r"<!-- (\S+):begin -->")


def pages(root: Path) -> Mapping[Path, str]:
    """The pages that show a file, by their path from the root of the repository."""
    written = {}
    for path in sorted((root / PAGES).glob("*.md")):
        text = path.read_text()
        for name in _MARK.findall(text):
            text = filled(text, name, _shown(root / FILES / name))
        written[path.relative_to(root)] = text
    return written


def _shown(path: Path) -> str:
    return f'```{LANGUAGES[path.suffix]} title="{path.name}"\n{path.read_text()}```\n'
