"""A law that holds for each of many cases, as one test that names every case it does not hold for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from source_stripe.declaration.resource import Resource

Case = TypeVar("Case")


def name_of(resource: Resource) -> str:
    return resource.name


def every(
    parameter: str, cases: Iterable[Case], name: Callable[[Case], str] = str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For cases that take next to no time each: as many tests would take longer to begin than to run.

    The test fails with an ExceptionGroup of what is wrong, each with the name of its case as a note. Raises ValueError
    where there is no case.
    """
    held = tuple(cases)
    if not held:
        raise ValueError(f"There is no {parameter} for which the law could hold.")

    def decorate(law: Callable[..., None]) -> Callable[..., None]:
        @wraps(law)
        def test(**fixtures: object) -> None:
            wrong: list[Exception] = []
            for case in held:
                try:
                    law(**fixtures, **{parameter: case})
                except Exception as error:
                    error.add_note(f"{parameter}: {name(case)}")
                    wrong.append(error)
            if wrong:
                raise ExceptionGroup(f"does not hold for {len(wrong)} of {len(held)}", wrong)

        # pytest asks a test by its signature for the fixtures it takes.
        signature = inspect.signature(law)
        taken = [one for key, one in signature.parameters.items() if key != parameter]
        test.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
        return test

    return decorate
