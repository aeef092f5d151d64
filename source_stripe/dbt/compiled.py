"""The models as the SQL that dbt would run on DuckDB, where dbt is not installed: for a look at a file of `sync`.

dbt renders its models with Jinja, and so does this, with the few names that the project's models and macros use.
https://docs.getdbt.com/reference/dbt-jinja-functions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, StrictUndefined

from source_stripe.dbt.project import project

_MACRO = re.compile(r"{%-?\s*macro\s+(\w+).*?{%-?\s*endmacro\s*-?%}", re.DOTALL)
_VARIABLES: Mapping[str, object] = {"stripe_table_prefix": "", "stripe_from_the_beginning": True}

Columns = Mapping[str, str]
"""The columns of a table, and the SQL type of each."""


class _ReturnedError(Exception):
    """What `return()` does in a macro of dbt's: it ends it with a value that need not be a text."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class Compiler:
    """Renders models for the tables that are there."""

    def __init__(self, tables: Mapping[str, Columns], as_of: str) -> None:
        """`tables` by name, each in the schema `main`; `as_of` a time in UTC, as `2026-01-31 00:00:00`."""
        files = project()
        self._tables = tables
        self._variables = {**_VARIABLES, "stripe_as_of": as_of}
        self._models = {path.rpartition("/")[2][:-4]: text for path, text in files.items() if "/models/" in f"/{path}"}
        # The models are SQL of this package, not pages.
        self._jinja = Environment(extensions=["jinja2.ext.do"], undefined=StrictUndefined, autoescape=False)  # noqa: S701
        self._asked: list[str] = []
        self._jinja.globals |= self._names()
        for path, text in files.items():
            if path.startswith("macros/"):
                for found in _MACRO.finditer(text):
                    self._jinja.globals[found[1]] = self._macro(found[1], found[0])

    def statements(self, *models: str) -> dict[str, str]:
        """A query for each of the models and all that they stand on, by name, in an order in which they can be made."""
        made: dict[str, str] = {}
        for model in models:
            self._add(model, made)
        return made

    def _add(self, model: str, made: dict[str, str]) -> None:
        if model in made:
            return
        self._asked = []
        query = self._jinja.from_string(self._models[model]).render().strip()
        for needed in dict.fromkeys(self._asked):
            self._add(needed, made)
        made[model] = query

    def _macro(self, name: str, text: str) -> Callable[..., Any]:
        """Each macro is a template of its own, so that all find each other among the names known everywhere."""
        made: list[Callable[..., Any]] = []

        def called(*given: object, **named: object) -> Any:
            if not made:  # A template knows the names that are there when it is made: not before all are.
                made.append(getattr(self._jinja.from_string(text).module, name))
            try:
                return made[0](*given, **named)
            except _ReturnedError as returned:
                return returned.value

        return called

    def _names(self) -> dict[str, object]:
        def back(value: object) -> None:
            raise _ReturnedError(value)

        def ref(model: str) -> str:
            self._asked.append(model)
            return _quoted(model)

        def columns_of(relation: str) -> list[SimpleNamespace]:
            return [SimpleNamespace(name=name, dtype=kind) for name, kind in self._tables[relation].items()]

        dispatch = SimpleNamespace(
            dispatch=lambda name, _: self._jinja.globals[f"default__{name}"],
            quote=_quoted,
            get_columns_in_relation=columns_of,
        )
        return {
            "return": back,
            "ref": ref,
            "source": lambda _, table: table,
            "load_relation": lambda table: table if table in self._tables else None,
            "var": lambda name, default="": self._variables.get(name, default),
            "config": lambda **_: "",
            "execute": True,
            "adapter": dispatch,
            "target": SimpleNamespace(type="duckdb"),
            "dbt": SimpleNamespace(
                date_trunc=lambda part, at: f"date_trunc('{part}', {at})", type_numeric=lambda: "decimal(28, 6)"
            ),
        }


def _quoted(name: str) -> str:
    return f'"{name}"'
