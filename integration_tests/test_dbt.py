"""The models of `source-stripe dbt`, built by dbt over a synced account, say what the account's own books say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from integration_tests.dbt import Project, cannot_run, ill, merged
from integration_tests.oracle import held
from integration_tests.subscribers import Movements, subscribers
from integration_tests.views import FORGOTTEN
from integration_tests.vocabulary import HOUR, Account, Record, settled, sync
from source_stripe.catalog import CATALOG
from source_stripe.dbt import write
from source_stripe.dbt.compatibility import SPECIAL, SYNCED, WHERE, Wanted, wanted
from source_stripe.dbt.compiled import Compiler
from source_stripe.dbt.expressions import head_of

pytestmark = [
    pytest.mark.skipif(cannot_run(), reason="dbt is not installed: `make setup-dbt`"),
    pytest.mark.timeout(1_800),
]

OLD = "2022-11-15"


@dataclass(frozen=True)
class Built:
    account: Account
    project: Project
    results: dict[str, str]
    rows: dict[str, list[Record]]
    moved: Movements
    announced: list[Record]
    """Invoices and subscriptions in the form of the API version that Airbyte's connector reads."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    stripe = settled(customers=40, years=3)
    account = stripe.account
    moved = subscribers(account)
    account.api_version = OLD
    for kind in ("invoice", "subscription"):
        for one in account.objects(kind)[:8]:
            if one["status"] != "canceled":
                account.update(one["id"], metadata={"seen": "1"})
    account.advance(HOUR)
    told = [event["data"]["object"] for event in reversed(account.rows("/v1/events"))]
    announced = list({one["id"]: one for one in told if (one.get("metadata") or {}).get("seen")}.values())
    synced = sync(stripe)
    rows = {resource.name: merged(synced.records(resource), resource) for resource in CATALOG}
    directory = tmp_path_factory.mktemp("dbt")
    write(directory)
    now = datetime.fromtimestamp(account.now, UTC).strftime("%Y-%m-%d %H:%M:%S")
    project = Project(directory, directory / "typed.duckdb", {"stripe_as_of": now})
    project.loaded(rows)
    return Built(account, project, project.run("build"), rows, moved, announced)


def day(stamp: int) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")


def month(stamp: int) -> str:
    return day(stamp)[:8] + "01"


def transactions(built: Built, **params: str) -> list[Record]:
    return built.account.rows("/v1/balance_transactions", **params)


def test_everything_builds_and_every_test_of_the_project_passes(built: Built) -> None:
    assert ill(built.results) == set()
    assert len(built.results) > 400


def test_a_staging_view_holds_what_the_account_holds_and_canceled_subscriptions(built: Built) -> None:
    names = [resource for resource in CATALOG if resource.key == ("id",)]
    statement = " union all ".join(
        f"select '{resource.name}' as name, id from staging('{resource.name}')" for resource in names
    )
    statement = re.sub(r"staging\('(\w+)'\)", r"main_staging.stg_stripe__\1", statement)
    found: dict[str, set[str]] = {resource.name: set() for resource in names}
    for row in built.project.query(statement):
        found[row["name"]].add(row["id"])
    expected = {resource.name: set(held(built.account, resource)) for resource in names}
    canceled = {one["id"] for one in built.account.rows("/v1/subscriptions", status="canceled")}
    assert canceled
    expected["subscriptions"] |= canceled
    # The account keeps its events for 30 days only, and itself tells of none.
    assert {name for name in expected if found[name] != expected[name]} - FORGOTTEN == set()


def test_the_revenue_of_each_day_is_that_of_the_books(built: Built) -> None:
    books: dict[tuple[str, str], Counter[str]] = {}
    for one in transactions(built):
        sums = books.setdefault((day(one["created"]), one["currency"]), Counter())
        named = {"charge": "charges", "refund": "refunds", "application_fee": "platform_earnings"}
        kind = one["reporting_category"].removesuffix("_refund")
        sums[named.get(one["reporting_category"]) or named.get(kind, "")] += one["amount"]
        sums["fees"] += one["fee"]
        sums["net_revenue"] += (one["amount"] if one["reporting_category"] in named or kind in named else 0) - one[
            "fee"
        ]
    shown = {
        (row.pop("date_utc"), row.pop("currency")): row
        for row in built.project.query("select * from main_marts.stripe_daily_revenue")
    }
    columns = ("charges", "refunds", "platform_earnings", "fees", "net_revenue")
    assert {key: [int(row[name]) for name in columns] for key, row in shown.items()} == {
        key: [sums[name] for name in columns] for key, sums in books.items()
    }


def test_the_fees_of_each_month_are_those_of_the_books(built: Built) -> None:
    books: Counter[tuple[str, str, str]] = Counter()
    for one in transactions(built):
        for part in one["fee_details"]:
            books[month(one["created"]), one["currency"], part["type"]] += part["amount"]
    shown: Counter[tuple[str, str, str]] = Counter()
    for row in built.project.query("select * from main_marts.stripe_fees"):
        shown[row["month_utc"], row["currency"], row["fee_type"]] += int(row["fees"])
    assert shown == books
    assert books


def test_a_payout_is_compared_with_the_transactions_that_the_books_have_for_it(built: Built) -> None:
    books = {}
    for payout in built.account.rows("/v1/payouts"):
        paid = transactions(built, payout=payout["id"]) if payout["automatic"] else []
        net = sum(one["net"] for one in paid if one["source"] != payout["id"])
        books[payout["id"]] = payout["amount"] - net if payout["automatic"] else None
    shown = built.project.query("select payout_id, difference from main_marts.stripe_payout_reconciliation")
    assert {row["payout_id"]: row["difference"] and int(row["difference"]) for row in shown} == books
    assert 0 in books.values()


def test_recurring_revenue_moves_as_the_subscribers_did(built: Built) -> None:
    ours = {customer for _, customer, _, _ in built.moved}
    shown = built.project.query("select * from main_marts.stripe_mrr_movements")
    moved = {(row["month_utc"], row["customer"], row["movement"], row["amount"]) for row in shown}
    assert {one for one in moved if one[1] in ours} == built.moved
    closing = sum(amount for *_, amount in moved)
    last = built.project.query("select closing from main_marts.stripe_mrr order by month_utc desc, currency")
    assert sum(int(row["closing"]) for row in last[:1]) == closing


def test_the_subscriptions_that_ended_in_a_month_are_those_of_the_books(built: Built) -> None:
    ended = [one["ended_at"] for one in built.account.rows("/v1/subscriptions", status="all") if one["ended_at"]]
    shown = built.project.query(
        "select month_utc, sum(subscriptions_ended) as ended from main_marts.stripe_churn group by 1 having ended > 0"
    )
    assert {row["month_utc"]: int(row["ended"]) for row in shown} == Counter(map(month, ended))


def test_a_compatible_table_has_a_value_wherever_the_account_has_one(built: Built) -> None:
    plain = [one for one in wanted() if (one.table, one.name) not in SPECIAL and one.name not in SYNCED]
    named = [one for one in plain if one.table not in WHERE and one.stream != "accounts"]
    counts = ", ".join
    statement = " union all ".join(
        f"select '{table}' as name, json_object("
        + counts(f"'{one.name}', count(\"{one.name}\")" for one in named if one.table == table)
        + f') as counts from main_compatibility."{table}"'
        for table in dict.fromkeys(one.table for one in named)
    )
    shown = {row["name"]: row["counts"] for row in built.project.query(statement)}
    rows = {resource.name: _living(built, resource.name) for resource in CATALOG}
    wrong = {
        f"{one.table}.{one.name}": (shown[one.table], expected)
        for one in named
        for expected in [sum(_at(row, one) is not None for row in rows[one.stream])]
        if f'"{one.name}":{expected}' not in shown[one.table].replace(" ", "")
    }
    assert wrong == {}


def _living(built: Built, stream: str) -> list[Record]:
    return [row for row in built.rows[stream] if not row.get("is_deleted") or row.get("status") == "canceled"]


def _at(row: Record, column: Wanted) -> Any:
    value: Any = row
    for name in re.findall(r"\w+", column.field):
        value = (
            value[int(name)]
            if isinstance(value, list) and int(name) < len(value)
            else (value.get(name) if isinstance(value, dict) else None)
        )
    # The column comes of rows that may lack it.
    return value if column.field and head_of(column.field) else None


def test_the_columns_that_airbytes_connector_had_hold_what_that_version_shows(built: Built) -> None:
    compared = 0
    for kind, columns in (("invoice", ("subscription", "paid")), ("subscription", ("current_period_end",))):
        stamp = ", ".join(f"epoch({name})::bigint as {name}" if "period" in name else name for name in columns)
        shown = {row["id"]: row for row in built.project.query(f"select id, {stamp} from main_airbyte.{kind}s")}
        for one in built.announced:
            if one["object"] == kind:
                assert {name: shown[one["id"]][name] for name in columns} == {name: one[name] for name in columns}
                compared += 1
    assert compared > 5


def test_tables_with_unix_times_and_json_as_text_come_to_the_same(built: Built) -> None:
    raw = replace(built.project, database=built.project.directory / "raw.duckdb")
    raw.loaded(built.rows, "raw")
    marts = ("stripe_daily_revenue", "stripe_mrr_movements", "stripe_payout_reconciliation")
    assert (
        ill(raw.run("run", "--select", *(f"+{mart}" for mart in marts), "airbyte__invoices", "+airbyte__invoices"))
        == set()
    )
    for table in (*(f"main_marts.{mart}" for mart in marts), "main_airbyte.invoices"):
        statement = f"select * from {table} order by all"
        assert raw.query(statement) == built.project.query(statement) != []


def test_the_models_come_to_the_same_without_dbt(built: Built) -> None:
    with duckdb.connect(str(built.project.database), read_only=True) as database:
        tables: dict[str, dict[str, str]] = {}
        for table, column, kind in database.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'main'"
        ).fetchall():
            tables.setdefault(table, {})[column] = kind
        marts = ("stripe_daily_revenue", "stripe_churn", "stripe_payout_reconciliation", "stripe_fees", "stripe_mrr")
        queries = Compiler(tables, built.project.variables["stripe_as_of"]).statements(*marts)
        for name, query in queries.items():
            database.execute(f'create temp view "{name}" as {query}')
        for mart in queries.keys() & {*marts, "stripe_mrr_movements", "stripe_mrr_lines"}:
            ours, dbts = (
                database.execute(f"from {schema}.{mart} order by all").fetchall() for schema in ("temp", "main_marts")
            )
            assert ours == dbts != [], mart


def test_what_is_wrong_in_a_replica_is_found(built: Built) -> None:
    broken = replace(built.project, database=built.project.directory / "broken.duckdb")
    refunded = next(one["charge"] for one in built.account.rows("/v1/refunds") if one["charge"])
    rows = {
        **built.rows,
        "charges": [row for row in built.rows["charges"] if row["id"] != refunded],
        "balance_transactions": built.rows["balance_transactions"][1:],
        "customers": [*built.rows["customers"], built.rows["customers"][0]],
        "balance_transaction_fee_details": built.rows["balance_transaction_fee_details"][:-1],
    }
    # A stream that is not selected is no fault.
    broken.loaded(rows)
    broken.query("drop table invoices")
    named = ("balance_adds_up", "fees_add_up", "customers_key", "refunds_charge_is_in_charges")
    sound = ("products_key", "invoices_key")
    models = "+stripe_daily_revenue stg_stripe__balance stg_stripe__balance_transaction_fee_details stg_stripe__refunds"
    assert ill(broken.run("run", "--select", *models.split(), "stg_stripe__charges")) == set()
    results = broken.run("test", "--select", *named, *sound)
    assert ill(results) == set(named)


def test_rows_of_two_accounts_are_told_apart(built: Built) -> None:
    both = replace(built.project, database=built.project.directory / "both.duckdb")
    names = ("charges", "balance_transactions", "balance_transaction_fee_details", "disputes", "payouts")
    whose = ("acct_1", "acct_2")
    rows = {name: [{**row, "account_id": one} for one in whose for row in built.rows[name]] for name in names}
    both.loaded({**dict.fromkeys(built.rows, ()), **rows})
    tables = ("balance_transaction", "charge", "dispute", "fee", "payout")
    assert ill(both.run("run", "--select", *(f"+compatibility__{table}" for table in tables))) == set()
    assert ill(both.run("test", "--select", *(f"{name}_key" for name in names))) == set()
    for table, name in zip(tables, ("balance_transactions", "charges", "disputes", names[2], "payouts"), strict=True):
        statement = f"select connected_account_id as whose, count(*) as n from main_compatibility.{table} group by 1"
        shown = {row["whose"]: int(row["n"]) for row in both.query(statement)}
        assert shown == dict.fromkeys(whose, len(_living(built, name)))


def test_a_later_start_is_no_fault(built: Built) -> None:
    later = replace(built.project, variables={**built.project.variables, "stripe_from_the_beginning": ""})
    results = later.run("test", "--select", "balance_adds_up", "file_links_file_is_in_files")
    assert ill(results) == set()
    assert len(results) == 2
