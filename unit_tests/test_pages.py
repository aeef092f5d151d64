"""The documents have every stream, each link leads somewhere, and what they say to do can be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from source_stripe.catalog import CATALOG, PRODUCTS
from source_stripe.catalog.product import Product
from source_stripe.declaration.resource import Resource
from tools import generate, pages
from unit_tests.laws import every, name_of

ROOT = generate.ROOT
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()

every_stream = every("resource", CATALOG, name_of)
every_product = every("product", PRODUCTS, lambda product: product.name)
every_document = every("document", DOCUMENTS)


def anchors(document: Path) -> set[str]:
    """Where a link can lead to in a document, as GitHub makes it from a heading."""
    heads = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def page(product: Product) -> str:
    return (ROOT / pages.FOLDER / f"{product.name}.md").read_text()


@every_document
def test_a_link_leads_to_a_file_and_a_heading_that_are_there(document: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = target.partition("#")
        if re.match(r"\w+:", path):
            continue
        leads_to = (document.parent / path).resolve() if path else document
        if not leads_to.exists() or (anchor and anchor not in anchors(leads_to)):
            broken.append(target)
    assert broken == []


def test_every_page_has_one_place_in_the_site_and_every_place_has_its_page() -> None:
    nav = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")[2]
    placed = sorted(re.findall(r"- (?:.+: )?(\S+\.md)$", nav, re.MULTILINE))
    pages_here = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    # Documents that stand elsewhere; tools/site_hooks.py makes their pages.
    assert placed == sorted({*pages_here, "changelog.md", "contributing.md", "benchmarking.md"})


@every_stream
def test_a_stream_has_its_section_on_the_page_of_its_product_alone(resource: Resource) -> None:
    having = [product for product in PRODUCTS if f"\n## {resource.name}\n" in page(product)]
    assert [resource in product.streams for product in having] == [True]


@every_stream
def test_the_index_links_to_a_streams_section(resource: Resource) -> None:
    assert pages.link(resource, Path("streams")) in (ROOT / pages.INDEX).read_text()


@every_product
def test_the_readme_links_to_a_products_page(product: Product) -> None:
    readme = " ".join((ROOT / generate.README).read_text().split())
    assert f"[{product.title}](docs/streams/{product.name}.md) {len(product.streams)}" in readme


@every_product
def test_a_page_says_what_to_enable_if_anything(product: Product) -> None:
    said = f"For accounts that use {product.feature}, which is enabled at {product.where}."
    assert (said in page(product)) == bool(product.enable)


@pytest.mark.parametrize("folder", [generate.SCHEMAS, pages.FOLDER], ids=str)
def test_a_generated_folder_holds_nothing_else(folder: Path) -> None:
    assert {path.relative_to(ROOT) for path in (ROOT / folder).iterdir()} <= set(generate.files())


# CONTRIBUTING.md's example


def test_the_example_of_adding_a_stream_is_what_stands_in_the_repository() -> None:
    path, shown = ROOT, 0
    for line in re.findall(r"^ +\+(.+)$", CONTRIBUTING, re.MULTILINE):
        if line.startswith("++ "):
            path = ROOT / line.removeprefix("++ ")
        else:
            assert line in path.read_text().splitlines()
            shown += 1
    assert shown == 5


def test_the_example_of_adding_a_stream_names_the_files_that_are_written() -> None:
    written = {path for path, text in generate.files().items() if "tax_rates" in text or path.stem == "tax_rates"}
    # A stream's schema is its own; that of another may have a field of the name.
    written -= {path for path in written if path.parent == generate.SCHEMAS and path.stem != "tax_rates"}
    assert {Path(path) for path in re.findall(r"^ +(\S+): written$", CONTRIBUTING, re.MULTILINE)} == written


def test_every_module_that_a_page_names_is_there() -> None:
    folders = ("source_stripe", "integration_tests", "unit_tests", "tools", "benchmarks")
    modules = [f"/{path.relative_to(ROOT)}" for folder in folders for path in (ROOT / folder).rglob("*.py")]
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("integration_tests/**/*.md")]
    named = {(page.name, name) for page in pages for name in re.findall(r"`([\w/]+\.py)`", page.read_text())}
    assert len(named) > 20
    assert [one for one in sorted(named) if not any(module.endswith(f"/{one[1]}") for module in modules)] == []
