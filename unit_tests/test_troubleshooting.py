"""The page on troubleshooting has every sentence about a request, a connection or the configuration."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from source_stripe import config, config_errors, credentials, options, reasons
from source_stripe.config import DEFAULT_START
from source_stripe.stripe import tokens
from source_stripe.stripe.policies import POLICIES

PAGE = (Path(__file__).parents[1] / "docs" / "troubleshooting.md").read_text()
HEAD = re.compile(r"`([^`]+)`")
SHOWN = set(HEAD.findall(PAGE))
DIFFERS = "…"
SHORTEST = 10
"""What is no longer is a word in a sentence."""


def sentences(module: object) -> set[str]:
    """The texts of a module's functions and tables that are a sentence or a part of one, with `…` for what differs."""
    tree = ast.parse(Path(str(getattr(module, "__file__", ""))).read_text())
    texts = (_text(node) for node in _spoken(tree))
    return {text.strip(" .") for text in texts if re.search(r"[a-z] [a-z]", text) and len(text) > SHORTEST}


def _spoken(tree: ast.AST) -> Iterator[ast.expr]:
    """What is returned, raised, assigned or held in a table; not docstrings, annotations, and patterns."""
    for node in ast.walk(tree):
        match node:
            case ast.Return(value=ast.expr() as value) | ast.Assign(value=value):
                yield from _strings(value)
            case ast.Raise(exc=ast.expr() as value):
                yield from _strings(value)


def _strings(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            yield node
        case ast.Dict(values=values):
            for value in values:
                yield from _strings(value)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _strings(child)


def _text(node: ast.expr) -> str:
    match node:
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) for part in parts)
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(value=ast.Name(id="DEFAULT_START")):
            return DEFAULT_START
        case _:
            return DIFFERS


def on_the_page(sentence: str) -> bool:
    """Whether the page shows it; at its end and its beginning the page may leave out what differs."""
    wanted = sentence.strip(f" {DIFFERS}.,")
    return any(wanted == shown.strip(f" {DIFFERS}.,") for shown in SHOWN)


@pytest.mark.parametrize("sentence", sorted({row.sentence for row in POLICIES}))
def test_the_sentence_of_every_policy_is_a_heading(sentence: str) -> None:
    said = sentence.format(what=DIFFERS, account=DIFFERS, mode=DIFFERS, said="")
    assert f"\n### `{said}`\n" in PAGE


@pytest.mark.parametrize("sentence", sorted(sentences(reasons)))
def test_every_reason_for_a_failed_connection_is_on_the_page(sentence: str) -> None:
    assert on_the_page(sentence)


CONFIGURATION = sorted(
    # What forms say of the alternatives is no complaint.
    one
    for one in set[str]().union(*map(sentences, (config, config_errors, credentials, options)))
    if not one.startswith("How to be let in")
)


@pytest.mark.parametrize("sentence", CONFIGURATION)
def test_every_sentence_about_the_configuration_is_on_the_page(sentence: str) -> None:
    assert on_the_page(sentence)


@pytest.mark.parametrize("sentence", sorted(sentences(tokens) - {"no access token is in it", "a new access token"}))
def test_every_sentence_about_an_exchange_of_tokens_is_on_the_page(sentence: str) -> None:
    assert on_the_page(sentence)


def test_the_sentences_are_found() -> None:
    assert {"the connection was refused", "the proxy did not answer"} <= sentences(reasons)
    assert "must be true or false" in CONFIGURATION
    assert any("client_secret in credentials" in sentence for sentence in sentences(tokens))
