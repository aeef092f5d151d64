"""`make demo` and `make sandbox` do what they say."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from integration_tests.sandbox.business import Business
from integration_tests.sandbox.business.books import months_later
from integration_tests.vocabulary import DAY
from source_stripe.report import Report, read
from source_stripe.report.figures import money
from tools.demo import DAYS, SETTLED_SECONDS, unlike_the_books
from tools.sandbox import ROOM_DAYS, began

ROOT = Path(__file__).parents[1]


def started(*arguments: str, **options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", *arguments]
    environment = os.environ | {"COLUMNS": "120"} | options
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demo says of a young account, and where it puts it."""
    folder = tmp_path_factory.mktemp("demo")
    with started("tools.demo", "--to", str(folder), "--months", "3") as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said, folder


def test_the_demo_syncs_twice_and_its_figures_are_those_of_the_books(shown: tuple[str, Path]) -> None:
    said, folder = shown
    first, second = re.findall(r"^([\d,]+) rows(?: new or changed)?, ", said, re.MULTILINE)
    assert int(first.replace(",", "")) > int(second.replace(",", "")) > 0
    assert "Every figure is that of the account's own books." in said
    assert "about a minute" in said
    for name in ("stripe.duckdb", "report.html"):
        assert str(folder / name) in said
        assert (folder / name).stat().st_size


def test_the_demo_says_which_figure_is_wrong(shown: tuple[str, Path]) -> None:
    report = read(shown[1] / "stripe.duckdb", datetime.now(UTC).replace(tzinfo=None))
    business = Business.with_a_past(began(datetime.now(UTC).timestamp()), months=3)
    business.advance(300)
    business.live(14 * DAY)
    assert list(unlike_the_books(report, business)) == []

    def said(wrong: Report) -> str:
        return " ".join(unlike_the_books(wrong, business))

    last = report.now
    for name, what in (("fees", "fees"), ("mrr", "recurring revenue"), ("customers", "paying customers")):
        months = [*report.months[:-1], replace(last, **{name: getattr(last, name) + 1})]
        assert f": {what} come to" in said(replace(report, months=months))
    assert "Open invoices" in said(replace(report, invoices=report.invoices[1:]))
    assert "payouts" in said(replace(report, unequal=1))
    assert "payouts" in said(replace(report, payout=None))


def test_a_clock_that_is_far_behind_still_leaves_room() -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    assert began(now) == now - ROOM_DAYS * DAY
    assert began(datetime(2030, 1, 1, tzinfo=UTC).timestamp()) == began(datetime(2031, 1, 1, tzinfo=UTC).timestamp())


def test_what_the_sandbox_says_to_do_can_be_done(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with started("tools.sandbox", "serve", "--port", str(port), "--months", "2") as process:
        assert process.stdout
        lines: list[str] = []
        while "unset STRIPE_API_BASE" not in (line := process.stdout.readline()):
            assert line, "".join(lines)
            lines.append(line.strip())
        try:
            export, *commands = (line for line in lines if line.startswith((".venv", "make", "export")))
            name, _, address = export.removeprefix("export ").partition("=")
            sync = commands[0]
            assert [command.split()[1] for command in commands] == ["sync", "report", "live", "sync"]
            for command in commands:
                done = run(command, tmp_path, **{name: address})
                assert done.returncode == 0, done.stdout + done.stderr
                if command == sync:
                    with duckdb.connect(str(tmp_path / "stripe.duckdb"), read_only=True) as database:
                        counts = database.execute("select count(*) from charges").fetchall()
                    lines.append(f"charges {counts[0][0]}")
        finally:
            process.terminate()
    before, after = (int(line.split()[1]) for line in lines if line.startswith("charges "))
    assert 0 < before < after
    assert "clock" not in done.stderr
    assert (tmp_path / "report.html").exists()


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as it is printed, in a folder and with the Python of the tests."""
    words = shlex.split(command)
    if words[0] == "make":
        options = dict(word.split("=") for word in words[2:])
        words = ["-m", "tools.sandbox", "live", "--days", options["DAYS"], "--port", options["PORT"]]
    else:
        words = ["-m", "source_stripe", *words[1:]]
    words = [str(ROOT / word) if word.startswith("integration_tests/") else word for word in words]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
    )


def test_time_passes_only_where_a_sandbox_is_served() -> None:
    with started("tools.sandbox", "live", "--port", "1") as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Is `make sandbox` running?" in said


def test_the_readme_shows_what_the_demo_shows() -> None:
    shown = (ROOT / "README.md").read_text()
    business = Business.with_a_past()
    business.advance(SETTLED_SECONDS)
    business.live(DAYS * DAY)
    books, rows = business.books, re.findall(r"^    (\w{3} 20\d\d) +(.+)$", shown, re.MULTILINE)
    assert len(rows) == 2
    for name, cells in rows:
        month = datetime.strptime(name, "%b %Y").replace(tzinfo=UTC)
        key, end = f"{month:%Y-%m}", months_later(int(month.timestamp()), 1)
        back = books.refunds[key] + books.disputes[key]
        paying = books.recurring(end)
        net = books.charges[key] - back - books.fees[key]
        sums = (books.charges[key], -back, books.fees[key], net, paying.total())
        assert cells.split()[:6] == [*(money(one, "usd", whole=True) for one in sums), str(len(paying))]
    (payout,) = re.findall(r"^    Payout (po_\w+)", shown, re.MULTILINE)
    assert (payout, f"Paid out {money(books.payouts[payout], 'usd')}") == (
        list(books.payouts)[-1],
        " ".join(re.findall(r"^    (Paid out +\S+)", shown, re.MULTILINE)[0].split()),
    )
