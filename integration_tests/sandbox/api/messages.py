"""A request and its answer, whatever carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integration_tests.sandbox.api.faults import Fault


@dataclass(frozen=True, slots=True)
class Request:
    """A request, its query in the order it was written."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: list[tuple[str, str]] = field(default_factory=list)
    """What the body says, which is that of a form."""

    def header(self, name: str) -> str | None:
        return next((value for given, value in self.headers.items() if given.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; `fault` says how its way back to the asker is disturbed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    fault: Fault | None = None
