"""Looks at the schema map and at pages of the site in a browser, as a process in the environment of the site.

`.venv-docs/bin/python integration_tests/site_browser.py BROWSER MAP` prints what was seen as JSON, for the tests. With
`--wide` it names the pages after it whose tables do not fit, with `--shots FOLDER` it takes pictures of the pages.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SIZES = {"laptop": (1280, 800), "phone": (390, 844)}


@contextmanager
def browser(executable: str) -> Iterator[Any]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def page(started: Any, size: str, said: list[str]) -> Iterator[Any]:
    """A page in a window of its own; what goes wrong in it, or is asked of the network, is added to `said`."""
    width, height = SIZES[size]
    context = started.new_context(viewport={"width": width, "height": height}, has_touch=size == "phone")
    opened = context.new_page()
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("request", lambda asked: said.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    yield opened
    context.close()


def seen(executable: str, address: str) -> dict[str, Any]:
    """What a user sees who opens the map, searches, clicks, goes on by keyboard, zooms, and closes."""
    said: list[str] = []
    with browser(executable) as started:
        found = {size: _used(started, address, size, said) for size in SIZES}
    return {"said": said, **found}


def _used(started: Any, address: str, size: str, said: list[str]) -> dict[str, Any]:
    with page(started, size, said) as map_:
        map_.goto(address)
        found: dict[str, Any] = {"tables": map_.locator(".table").count(), "panel at first": _title(map_)}
        map_.keyboard.press("/")
        map_.keyboard.type("invoice_line")
        found["first result"] = map_.locator("#results li").first.inner_text().split()[0]
        map_.keyboard.press("Enter")
        found["after Enter"] = _title(map_)
        found["address"] = map_.url.rpartition("#")[2]
        found["columns"] = map_.locator(".column").evaluate_all("all => all.map(one => one.dataset.column)")
        found["out"] = map_.locator("#panel .out button").evaluate_all("all => all.map(one => one.dataset.go)")
        map_.locator("#panel .out button", has_text="invoices").first.click()
        found["after a link"] = _title(map_)
        found["into"] = map_.locator("#panel .into button").evaluate_all("all => all.map(one => one.dataset.go)")
        map_.keyboard.press("Escape")
        found["after Escape"] = _title(map_)
        map_.keyboard.press("0")
        map_.locator("[data-table=charges]").click()
        found["after a click"] = _title(map_)
        map_.locator("#close").click()
        map_.locator("[data-table=charges]").focus()
        map_.keyboard.press("ArrowDown")
        map_.keyboard.press("Enter")
        found["below charges"] = _title(map_)
        map_.keyboard.press("Escape")
        map_.locator("#search").fill("application_fee_percent")
        found["column found"] = map_.locator("#results li").first.inner_text().split()[0]
        map_.locator("#results li").first.click()
        found["marked"] = map_.locator(".column.found").get_attribute("data-column")
        map_.locator("#search").fill("bitcoin")
        found["nothing found"] = map_.locator("#results").inner_text()
        map_.keyboard.press("Escape")
        before = map_.locator("#view").get_attribute("transform")
        map_.locator("#in").click()
        found["zoomed"] = before != map_.locator("#view").get_attribute("transform")
        map_.goto(f"{address}#refunds")
        map_.reload()
        found["by address"] = _title(map_)
        found["scrolls sideways"] = map_.evaluate("document.documentElement.scrollWidth > innerWidth")
    return found


def _title(map_: Any) -> str:
    return str(map_.locator("#panel h2").inner_text()) if map_.locator("#panel").is_visible() else ""


def wide(executable: str, addresses: list[str]) -> list[str]:
    """The pages, each with a size, that can be moved sideways, or of which a table can be."""
    tables = ".md-content table, .md-typeset__scrollwrap"
    moves = f"""() => [document.documentElement, ...document.querySelectorAll("{tables}")]
        .some(one => one.scrollWidth > one.clientWidth + 1)"""
    found = []
    with browser(executable) as started:
        for size in SIZES:
            with page(started, size, []) as opened:
                for address in addresses:
                    opened.goto(address)
                    if opened.evaluate(moves):
                        found.append(f"{address.rpartition('/')[2]} on a {size}")
    return found


def shots(executable: str, folder: Path, addresses: list[str], kind: str) -> None:
    """A picture of each address in each size, by the name of its file and its place."""
    folder.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    with browser(executable) as started:
        for address in addresses:
            for size in SIZES:
                with page(started, size, said) as opened:
                    opened.goto(address)
                    opened.wait_for_timeout(500)
                    name = address.rpartition("/")[2].replace(".html", "").replace("#", "-")
                    opened.screenshot(
                        path=folder / f"{name}-{size}.{kind}", **({"quality": 82} if kind == "jpeg" else {})
                    )
    print("\n".join(said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("browser")
    parser.add_argument("address", nargs="+")
    parser.add_argument("--wide", action="store_true", help="name the pages that are too wide")
    parser.add_argument("--shots", type=Path, help="where to put pictures")
    parser.add_argument("--kind", choices=("png", "jpeg"), default="png")
    given = parser.parse_args()
    if given.shots:
        shots(given.browser, given.shots, given.address, given.kind)
    elif given.wide:
        print(json.dumps(wide(given.browser, given.address)))
    else:
        print(json.dumps(seen(given.browser, given.address[0])))


if __name__ == "__main__":
    main()
