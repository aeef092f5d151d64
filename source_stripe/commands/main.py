"""The command line for people: which command is meant, and what it ends with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from source_stripe.commands.selecting import BY_PRODUCT, chosen, configured, told_apart
from source_stripe.commands.terminal import LiveSync, Terminal, ended
from source_stripe.commands.tokens import keeping
from source_stripe.declaration.resource import Resource
from source_stripe.runtime import Runtime
from source_stripe.shards.cut import ACCOUNTS, STREAMS
from source_stripe.source import SourceStripe

SAYS = {
    "catalog": "print a configured catalogue for `read`",
    "sync": "read an account into DuckDB, Parquet or JSON lines, and later what changed",
    "permissions": "print what a restricted key needs, and the link to a form with that ticked",
    "report": "show revenue, fees, recurring revenue, churn, a payout and open invoices, from such a DuckDB file",
    "plan": "cut a sync into shards that run on their own, on several machines or under an engine",
    "run-shard": "read a shard of a plan, and go on where it was when it was ended before",
    "merge": "print the states of all shards of a plan as one, for the next plan or `read`",
    "dbt": "write a dbt project over the tables that sync fills: views, tests, revenue, payouts, fees",
}
"""The commands, and what each does."""


def run(argv: Sequence[str], runtime: Runtime) -> int:
    """The exit code: 0 if all was done, 2 for what is no command."""
    terminal = Terminal(runtime.monotonic)
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    arguments.now, arguments.runtime = runtime.clock(), runtime
    return ended(terminal, lambda: arguments.do(arguments, SourceStripe(runtime), terminal))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="source-stripe", description="Reads a Stripe account, exactly.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: Callable[..., int]) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=SAYS[name], description=f"{SAYS[name].capitalize()}.")
        one.set_defaults(do=do)
        return one

    catalog = command("catalog", _catalog)
    catalog.add_argument("--config", metavar="FILE", help="with it, the catalogue says of which account rows are")
    _add_selection(catalog)
    permissions = command("permissions", _permissions)
    permissions.add_argument("--test", action="store_true", help="the link is for a key of test mode")
    _add_selection(permissions)
    sync = command("sync", _sync)
    sync.add_argument("--config", metavar="FILE", required=True, help="a configuration with the key (client_secret)")
    sync.add_argument(
        "--to",
        metavar="PATH",
        required=True,
        help="FILE.duckdb; FOLDER.parquet for Parquet files; any other folder for JSON lines",
    )
    _add_selection(sync)
    report = command("report", _report)
    report.add_argument("file", metavar="FILE.duckdb", type=Path, help="what `sync` wrote; it is left as it is")
    report.add_argument("--html", metavar="PAGE", type=Path, help="write a page with plots, too")
    plan = command("plan", _plan)
    plan.add_argument("--config", metavar="FILE", required=True, help="as of `read`")
    plan.add_argument("--catalog", metavar="FILE", required=True, help="as of `read`")
    plan.add_argument("--state", metavar="FILE", help="what `merge` or `read` printed; without it, a first sync")
    plan.add_argument("--shards", metavar="N", type=count, required=True, help="how many, at most")
    plan.add_argument(
        "--workers", metavar="W", type=count, required=True, help="how many of them run at once; each has that share"
    )
    plan.add_argument(
        "--by", choices=(ACCOUNTS, STREAMS), default="", help="(by accounts; by streams where there are fewer of them)"
    )
    plan.add_argument("--out", metavar="DIR", type=Path, required=True, help="a new folder, which will hold the key")
    shard = command("run-shard", _run_shard)
    shard.add_argument("folder", metavar="DIR/NNN", type=Path, help="a shard; its number alone will do, as in DIR/7")
    shard.add_argument("--to", metavar="PATH", default="", help="as of `sync`, and not records.jsonl in the folder")
    merge = command("merge", _merge)
    merge.add_argument("folder", metavar="DIR", type=Path, help="what `plan` made")
    merge.add_argument(
        "--to", metavar="PATH", default="", help="as of `sync`: put the records of all shards there, too"
    )
    dbt = command("dbt", _dbt)
    dbt.add_argument("folder", metavar="FOLDER", type=Path, help="where; files of the project there are replaced")
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which streams (all, if none of these is given)")
    group.add_argument("--streams", metavar="A,B", default="", help="by name")
    group.add_argument("--product", metavar="A,B", default="", help=f"by product: {', '.join(BY_PRODUCT)}")
    group.add_argument("--suggested", action="store_true", help="those that most people want")


def _selected(arguments: argparse.Namespace) -> list[Resource]:
    def names(given: str) -> list[str]:
        return [name for one in given.split(",") if (name := one.strip())]

    return chosen(names(arguments.streams), names(arguments.product), suggested=arguments.suggested)


def _catalog(arguments: argparse.Namespace, source: SourceStripe, _: Terminal) -> int:
    config = source.read_config(arguments.config) if arguments.config else {}
    resources = told_apart(_selected(arguments), config)
    sys.stdout.write(orjson.dumps(configured(resources), option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()
    return 0


def _permissions(arguments: argparse.Namespace, _: SourceStripe, terminal: Terminal) -> int:
    """The names, one on a line with what the form calls it, and the link; what is not certain is for people to see."""
    from source_stripe.permissions import connected_names, form, names, needed, row  # noqa: PLC0415
    from source_stripe.wording import listed as enumerated  # noqa: PLC0415

    resources = _selected(arguments)
    wanted = names(resources)
    listed = "".join(f"{name}\t{row(name)}\n" for name in wanted)
    sys.stdout.write(f"{listed}\n{form(wanted, live=not arguments.test)}\n")
    sys.stdout.flush()
    every = {one for resource in resources for one in needed(resource)}
    if guessed := sorted({one.name for one in every if one.name and one.known == "inferred"}):
        terminal.say(f"Named by what others are called, as Stripe publishes none: {', '.join(guessed)}.")
    if unnamed := sorted(one.endpoint for one in every if not one.name):
        terminal.warn(f"Stripe publishes no permission for: {', '.join(unnamed)}. Tick what the form calls alike.")
    if followed := [one.name for one in resources if connected_names([one])]:
        terminal.say(
            f"Tick {', '.join(connected_names(resources))} in the column for connected accounts too, which the link "
            f"does not do: their own events tell what changed in {enumerated(followed)}."
        )
    terminal.say(
        "The link is a convenience of Stripe's dashboard, which documents neither it nor its parameters: compare the "
        "list. To read connected accounts, tick the same in the column for these."
    )
    return 0


def _dbt(arguments: argparse.Namespace, _: SourceStripe, terminal: Terminal) -> int:
    from source_stripe.dbt import write  # noqa: PLC0415

    try:
        written = write(arguments.folder)
    except OSError as error:
        terminal.fail(f"{arguments.folder} cannot be written: {error.strerror}.")
        return 1
    sys.stdout.write(
        f"{len(written)} files in {arguments.folder}. Next: cd {arguments.folder} && dbt build --profiles-dir .\n"
    )
    return 0


def _report(arguments: argparse.Namespace, _: SourceStripe, terminal: Terminal) -> int:
    from rich.console import Console  # noqa: PLC0415

    from source_stripe import report  # noqa: PLC0415

    try:
        found = report.read(arguments.file, datetime.fromtimestamp(arguments.now, UTC).replace(tzinfo=None))
        if arguments.html:
            arguments.html.write_text(report.page(found))
    except report.ReportError as error:
        terminal.fail(str(error))
        return 1
    except OSError as error:
        terminal.fail(f"{arguments.html} cannot be written: {error.strerror}.")
        return 1
    report.show(found, Console(highlight=False))
    if arguments.html:
        terminal.say(f"With plots: {arguments.html}")
    return 0


def count(given: str) -> int:
    """A whole number from 1; its name stands in what argparse says of another."""
    if int(given) < 1:
        raise ValueError
    return int(given)


def _plan(arguments: argparse.Namespace, source: SourceStripe, terminal: Terminal) -> int:
    """The folders of the shards, one on a line."""
    from source_stripe.commands.plan import Asked, name_of, plan  # noqa: PLC0415

    states = source.read_state(arguments.state)
    asked = Asked(
        source.read_config(arguments.config),
        source.read_catalog(arguments.catalog),
        {one.stream.stream_descriptor.name: dict(vars(one.stream.stream_state)) for one in states if one.stream},
        arguments.shards,
        arguments.workers,
        arguments.by,
    )
    with terminal.waiting("Asking Stripe"):
        found, sentences = plan(asked, arguments.runtime, arguments.out)
    for sentence in sentences:
        terminal.warn(sentence)
    sys.stdout.write("".join(f"{arguments.out / name_of(number)}\n" for number in range(len(found.shards))))
    sys.stdout.flush()
    return 0


def _run_shard(arguments: argparse.Namespace, source: SourceStripe, terminal: Terminal) -> int:
    from source_stripe.commands.run_shard import found, run_shard  # noqa: PLC0415

    folder = found(arguments.folder)
    if folder is None:
        terminal.say(f"The plan has fewer shards than {arguments.folder} would take: nothing is left to read.")
        return 0
    whole = run_shard(source, arguments.runtime, folder, arguments.to, terminal)
    if not whole:
        terminal.fail("Not all was read; what came is stored, and the next run goes on from there.")
    return 0 if whole else 1


def _merge(arguments: argparse.Namespace, source: SourceStripe, terminal: Terminal) -> int:
    from source_stripe.commands.merge import load, shards_of, states_of  # noqa: PLC0415
    from source_stripe.commands.sync import open_store  # noqa: PLC0415

    shards = shards_of(source, arguments.folder)
    states = states_of(shards)
    if arguments.to:
        store = open_store(arguments.to)
        try:
            load(source, shards, states, store)
        finally:
            store.close()
    for name, blob in states.items():
        state = {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": blob}}
        sys.stdout.write(orjson.dumps({"type": "STATE", "state": state}).decode() + "\n")
    sys.stdout.flush()
    unfinished = [one.folder.name for one in shards if not one.finished]
    if unfinished:
        terminal.fail(f"Not read to the end: {', '.join(unfinished)}. Run these again, and merge once more.")
    return 1 if unfinished else 0


def _sync(arguments: argparse.Namespace, source: SourceStripe, terminal: Terminal) -> int:
    from source_stripe.commands import sync  # noqa: PLC0415

    resources = _selected(arguments)
    config: dict[str, Any] = dict(source.read_config(arguments.config))
    source.announce = keeping(Path(arguments.config), terminal)
    store = sync.open_store(arguments.to)
    try:
        with LiveSync(terminal, len(resources), first=not store.states()) as live:
            whole = sync.sync(source, config, resources, store, live)
        live.summary(dict(sync.counts(store, resources)), arguments.to)
    finally:
        store.close()
    if not whole:
        terminal.fail("Not all was read; what came is stored, and the next sync goes on from there.")
    return 0 if whole else 1
