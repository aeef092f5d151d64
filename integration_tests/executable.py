"""The connector as an executable file whose clock is another file, for clients that start it themselves."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from source_stripe.run import main

ROOT = Path(__file__).parents[1]


def write_executable(directory: Path, now: int, reads: str = "") -> tuple[Path, Path]:
    """The executable and its clock, which holds Unix seconds; what `read` prints is also added to the file `reads`."""
    executable, clock = directory / "source-stripe", directory / "clock"
    clock.write_text(str(now))
    command = shlex.join([sys.executable, "-m", __name__, str(clock)])
    kept = f' | if [ "$1" = read ]; then tee {shlex.quote(str(directory / reads))}; else cat; fi' if reads else ""
    executable.write_text(
        f'#!/usr/bin/env bash\nset -o pipefail\nexport PYTHONPATH={shlex.quote(str(ROOT))}\n{command} "$@"{kept}\n'
    )
    executable.chmod(0o755)
    return executable, clock


if __name__ == "__main__":
    now = float(Path(sys.argv[1]).read_text())
    sys.exit(main(sys.argv[2:], clock=lambda: now))
