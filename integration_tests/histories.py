"""Random histories of an account and of its syncs, after each of which the replica must be right."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from traceback import format_exception

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from integration_tests.machine import History
from integration_tests.replica import Replica
from integration_tests.shortening import Steps, shortened

STEPS = 30
"""What happens in one history."""


class WrongError(AssertionError):
    """A history leaves the replica wrong; `str()` of it is the history, as code, and what is wrong."""


def run(examples: int, number: int | None = None) -> None:
    """Run so many histories, those of a seed or else the same ones every time. Raises WrongError."""
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=number is None,
        deadline=None,
        database=None,
        # Shortened below: knowing that any step can be left out makes it a matter of seconds.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(History if number is None else seed(number)(History), settings=how)
    except Exception:
        counted = Counter(Replica.tally)
        symptoms, wrong = outcome(History.last)
        found = shortened(History.last, lambda steps: bool(symptoms & outcome(steps)[0])) if symptoms else History.last
        symptoms, wrong = outcome(found)
        # The tries of shortening are no histories of their own.
        Replica.tally.clear()
        Replica.tally.update(counted | {"wrong": wrong.count("\n") + 1})
        code = "\n".join(["history = History()", *(f"history.{step}" for step in found), "history.end()"])
        raise WrongError(f"from integration_tests.machine import History\n\n{code}\n\n{wrong}") from None


def outcome(steps: Steps) -> tuple[set[str], str]:
    """What goes wrong in a history: its symptoms, and a line for each difference."""
    history = History()
    try:
        for name, given in steps:
            getattr(history, name)(**given)
        history.end()
    except AssertionError as error:
        rows = [(stream, row) for stream, rows in history.replica.wrong.items() for row in rows]
        symptoms = {f"{stream} {row.split()[0]}" for stream, row in rows}
        return symptoms or {"AssertionError"}, "\n".join(f"{stream}: {row}" for stream, row in rows) or str(error)
    except Exception as error:  # the sandbox or the connector broke
        return {type(error).__name__}, "".join(format_exception(error))
    return set(), "It went well when it was told again: what went wrong depends on how threads meet."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=2000)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    started, found = time.monotonic(), ""
    try:
        run(given.examples, given.seed)
    except WrongError as error:
        found = str(error)
    tally, seconds = Replica.tally, time.monotonic() - started
    counts = f"{tally['histories']} histories, {tally['syncs']} syncs ({tally['failed']} of them broken)"
    print(f"Seed {given.seed}: {counts}, {tally['records']} records, {tally['wrong']} differences, {seconds:.0f} s.")
    if found:
        print(f"\n{found}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
