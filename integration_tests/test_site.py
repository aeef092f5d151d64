"""The schema map works in a browser, and the site is built with no broken link and nothing loaded from elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from source_stripe.catalog import CATALOG
from source_stripe.columns import columns
from tools import schema_map, site_links
from tools.environment import ROOT, Environment, ready

ENVIRONMENT = Environment(ROOT / ".venv-docs", ROOT / "requirements-docs.lock")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HERE = Path(__file__).parent

needs_environment = pytest.mark.skipif(
    not ready(ENVIRONMENT), reason=".venv-docs does not hold its lock: `make setup-docs`"
)
needs_browser = pytest.mark.skipif(not BROWSER, reason="there is no Chromium here: `apt-get install chromium`")


def run(*command: str | Path) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What a browser saw of the map."""
    address = (ROOT / schema_map.MAP).as_uri()
    printed = run(ENVIRONMENT.python, HERE / "site_browser.py", str(BROWSER), address)
    found: dict[str, Any] = json.loads(printed)
    return found


@needs_environment
@needs_browser
def test_the_map_says_no_error_and_asks_the_network_for_nothing(seen: dict[str, Any]) -> None:
    assert seen["said"] == []


@needs_environment
@needs_browser
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_map_is_searched_clicked_and_walked_by_keyboard(seen: dict[str, Any], size: str) -> None:
    found = seen[size]
    assert found["tables"] == len(CATALOG)
    assert found["panel at first"] == ""
    assert found["first result"] == found["after Enter"] == found["address"] == "invoice_line_items"
    assert found["columns"] == list(columns("invoice_line_items"))
    assert "invoices" in found["out"]
    assert found["after a link"] == "invoices"
    assert {"invoice_line_items", "quotes"} <= set(found["into"])
    assert found["after Escape"] == ""
    assert found["after a click"] == "charges"
    assert found["below charges"] == "customers"
    assert found["column found"].endswith(".application_fee_percent")
    assert found["marked"] == "application_fee_percent"
    assert found["nothing found"] == "No table and no column has this in its name."
    assert found["zoomed"]
    assert found["by address"] == "refunds"
    assert not found["scrolls sideways"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    run(ENVIRONMENT.directory / "bin" / "mkdocs", "build", "--strict", "--site-dir", folder)
    return folder


@needs_environment
def test_the_site_is_built_and_every_link_leads_somewhere(site: Path) -> None:
    assert (site / "changelog.html").exists()
    assert list(site_links.faults(site)) == []


@needs_environment
@needs_browser
def test_no_page_and_no_table_is_wider_than_a_laptop_or_a_phone(site: Path) -> None:
    pages = [page.as_uri() for page in sorted(site.rglob("*.html")) if page.name not in ("404.html", "schema-map.html")]
    assert len(pages) > 50
    assert json.loads(run(ENVIRONMENT.python, HERE / "site_browser.py", str(BROWSER), "--wide", *pages)) == []


@needs_environment
def test_a_cell_says_what_its_column_is_called(site: Path) -> None:
    assert '<td data-label="Later syncs">' in (site / "streams" / "issuing.html").read_text()


# The check of the links


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="b.html#there">', ""),
        ('<a href="#here"><p id="here">', ""),
        ('<a href="https://docs.stripe.com/">', ""),
        ('<a href="b.html#nowhere">', "a.html: b.html#nowhere leads to no place of that page"),
        ('<a href="c.html">', "a.html: c.html leads nowhere"),
        ('<a href="../a.html">', "a.html: ../a.html leads nowhere"),
        ('<img src="none.png">', "a.html: none.png leads nowhere"),
        ('<script src="https://cdn.example/x.js">', "a.html loads https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "a.html loads //fonts.example/x.css"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(body: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(body)
    (tmp_path / "b.html").write_text('<p id="there">')
    assert list(site_links.faults(tmp_path)) == ([fault] if fault else [])
    assert site_links.main([str(tmp_path)]) == int(bool(fault))


def test_the_check_runs_by_itself(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>")
    assert run(sys.executable, ROOT / "tools" / "site_links.py", tmp_path) == "1 pages, every link leads somewhere.\n"
