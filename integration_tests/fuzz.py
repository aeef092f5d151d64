"""Random states, configurations, catalogues and answers: whatever comes, what must hold of a command holds."""

from __future__ import annotations

import argparse
import faulthandler
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from integration_tests.fuzz_answers import Answers
from integration_tests.fuzz_catalogs import Catalogs
from integration_tests.fuzz_configurations import Configurations
from integration_tests.fuzz_states import States
from integration_tests.printed import WrongError

SECONDS = 60
"""When an example counts as one that hangs; most take hundredths of a second."""


class Fuzz(Protocol):
    """Tries examples of one kind."""

    tally: Counter[str]
    """How many there were (`examples`), and how they ended."""

    def try_one(self, rng: random.Random) -> None:
        """Raises WrongError."""


KINDS: Mapping[str, Callable[[Path], Fuzz]] = {
    "states": States,
    "configurations": Configurations,
    "catalogues": Catalogs,
    "answers": Answers,
}


def run(kind: str, examples: int, seed: int, *, first: int = 0, watched: bool = False) -> Counter[str]:
    """Try so many examples of a seed. Raises WrongError; where it is `watched`, one that hangs ends it all."""
    with tempfile.TemporaryDirectory() as directory:
        fuzz = KINDS[kind](Path(directory))
        for example in range(first, first + examples):
            if watched:
                faulthandler.dump_traceback_later(SECONDS, exit=True)
            try:
                fuzz.try_one(random.Random(f"{seed} {example}"))
            except WrongError as error:
                raise WrongError(f"Example {example} of the {kind} of seed {seed}. {error}") from None
        faulthandler.cancel_dump_traceback_later()
        return fuzz.tally


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=["all", *KINDS], default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=2000, help="of each kind")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one, to see one again")
    given = parser.parse_args(argv)
    logging.getLogger("airbyte").disabled = True
    for kind in KINDS if given.kind == "all" else [given.kind]:
        started = time.monotonic()
        try:
            tally = run(kind, given.examples, given.seed, first=given.first, watched=True)
        except WrongError as error:
            print(error)
            return 1
        ended = ", ".join(f"{count} {name}" for name, count in sorted(tally.items()) if name != "examples")
        seconds = time.monotonic() - started
        print(f"Seed {given.seed}: {tally['examples']} {kind}, {ended}, none wrong, {seconds:.0f} s.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
