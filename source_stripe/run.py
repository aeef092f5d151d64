"""Where the process begins: answers `spec` at once, and loads for all else what it takes."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

import orjson

from source_stripe import descriptors, lazy_packages
from source_stripe.config import DOCUMENTATION, specification
from source_stripe.credentials import ADVANCED_AUTH
from source_stripe.signals import Stop, answered
from source_stripe.usage import HELP, PEOPLE, PROTOCOL

GC_THRESHOLD = 500_000
"""How many more containers must be made than dropped until cycles are looked for. Stripe's objects are trees without
any, so that the default of 700 looks through every page for nothing."""


def main(argv: Sequence[str] | None = None, clock: Callable[[], float] = time.time) -> int:
    """The console script; `clock` gives Unix seconds."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    stop = Stop()
    with answered(stop):
        try:
            code = _answer(arguments, clock, stop)
        except OSError as error:
            if error.errno not in descriptors.FULL and not isinstance(error, BrokenPipeError):
                raise
            descriptors.end(error)
    if code:
        os._exit(code)
    return code


def _answer(arguments: Sequence[str], clock: Callable[[], float], stop: Stop) -> int:
    match arguments:
        case ["spec"] if not _seen():
            return _spec()
        case ["--version" | "-V" | "version"]:
            sys.stdout.write(f"source-stripe {version('source-stripe')}\n")
            return 0
        case ["--help" | "-h" | "help"]:
            sys.stdout.write(HELP)
            return 0
        case []:
            sys.stderr.write(HELP)
            return 2
        case _:
            return _run(arguments, clock, stop)


def _seen() -> bool:
    """Whether a person sees what is printed."""
    return sys.stdout.isatty()


def _spec() -> int:
    """The line that the CDK prints. Loading the CDK takes a second."""
    spec = {
        "connectionSpecification": specification(),
        "documentationUrl": DOCUMENTATION,
        "supportsNormalization": False,
        "supportsDBT": False,
        "advanced_auth": ADVANCED_AUTH,
    }
    line, to = orjson.dumps({"type": "SPEC", "spec": spec}) + b"\n", descriptors.descriptor(sys.stdout)
    if to is None:
        sys.stdout.write(line.decode())
    else:
        descriptors.write(to, line)
    return 0


def _run(argv: Sequence[str], clock: Callable[[], float], stop: Stop) -> int:
    gc.disable()  # what is loaded stays: a tenth of the time it takes
    lazy_packages.install()
    from source_stripe.entrypoint import run  # noqa: PLC0415  (it loads the CDK, which `spec` does without)
    from source_stripe.runtime import Runtime  # noqa: PLC0415
    from source_stripe.source import SourceStripe  # noqa: PLC0415

    runtime = Runtime(clock=clock, stop=stop)

    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, *gc.get_threshold()[1:])
    gc.enable()
    if argv[0] in PEOPLE:
        from source_stripe.commands import main as people  # noqa: PLC0415

        return people.run(argv, runtime)
    if argv[0] in PROTOCOL and _seen():
        from source_stripe.commands import protocol  # noqa: PLC0415

        return protocol.run(argv, runtime)
    return run(argv, SourceStripe(runtime))
