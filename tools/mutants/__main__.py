"""`python -m tools.mutants --seed 1 --number 60`: exit code 1 if a mutant survives."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from queue import Queue

from tools.mutants.sites import EQUIVALENTS, Modules, Mutant, equivalents
from tools.mutants.trial import Trial, context


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--first", type=int, default=1, help="number of the first to try, to go on with a draw")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants that are tried side by side")
    parser.add_argument("--only", default="", help="what the path of a module must hold")
    parser.add_argument("--list", action="store_true", help="show the mutants, and try none")
    given = parser.parse_args(argv)
    modules, listed = Modules(given.only), equivalents()
    if not given.only and (stale := [one for one in listed if not modules.has(one)]):
        print(f"{EQUIVALENTS} lists what is no mutant any more:")
        print("\n".join(f"{one.path} {one.function}\n{one.change}" for one in stale))
        return 1
    drawn = modules.draw(given.seed, given.number)[given.first - 1 :]
    if given.list:
        print("\n".join(map(_shown, drawn)))
        return 0
    known = {one[:3] for one in listed}
    tried = [mutant for mutant in drawn if (mutant.path, mutant.function, mutant.change) not in known]
    survivors = _survivors(tried, given.seed, given.jobs)
    same = len(drawn) - len(tried)
    print("\n".join(["", *map(_shown, survivors)]))
    print(
        f"{len(drawn)} mutants, seed {given.seed}: {len(tried) - len(survivors)} killed, "
        + (f"{same} known to change nothing, " if same else "")
        + f"{len(survivors)} survive"
    )
    return 1 if survivors else 0


def _shown(mutant: Mutant) -> str:
    return f"{mutant.path}:{mutant.line} {mutant.function}\n{mutant.change}"


def _survivors(mutants: Sequence[Mutant], seed: int, jobs: int) -> list[Mutant]:
    """Raises RuntimeError where a test that has noticed one fails without a mutant too."""
    with tempfile.TemporaryDirectory() as directory, ThreadPoolExecutor(jobs) as pool:
        forking, free, numbers = context(), Queue[Trial](), count(1)
        for number in range(jobs):
            free.put(Trial(Path(directory) / str(number), seed, forking))

        def killer(mutant: Mutant) -> str:
            trial = free.get()
            try:
                found = trial.killer(mutant)
            finally:
                free.put(trial)
            print(f"{next(numbers)}/{len(mutants)} {found or 'SURVIVES'} < {_shown(mutant)}", flush=True)
            return found

        killers = list(pool.map(killer, mutants))
        if unsound := free.get().unsound(killers):
            raise RuntimeError(f"These fail without a mutant too: {', '.join(unsound)}")
    return [mutant for mutant, found in zip(mutants, killers, strict=True) if not found]


if __name__ == "__main__":
    sys.exit(main())
