"""What `source-stripe` alone, `--help` and `--version` print, and which commands there are. Pure."""

from __future__ import annotations

PROTOCOL = ("spec", "check", "discover", "read")
"""The protocol's commands: messages on a pipe or in a file, a summary in a terminal."""
PEOPLE = ("catalog", "permissions", "sync", "report", "dbt", "plan", "run-shard", "merge")
"""The commands beside the protocol's."""
HELP = """\
usage: source-stripe COMMAND [OPTIONS]        (more on each: COMMAND --help)

Reads a Stripe account, exactly.

The Airbyte protocol: JSON lines and nothing else; in a terminal, a summary
  spec                                        what can be configured
  check     --config FILE                     whether the account can be read
  discover  --config FILE                     the streams and their columns
  read      --config FILE --catalog FILE      the records, and how far it came;
            [--state FILE]                    goes on from an earlier state

For people
  catalog   [WHICH]                           a configured catalogue for read
  permissions [--test] [WHICH]                what a restricted key needs
  sync      --config FILE --to PATH [WHICH]   the account in DuckDB, Parquet or
                                              JSON lines; later what changed
  report    FILE.duckdb [--html PAGE]         revenue, churn, payouts out of it
  dbt       FOLDER                            models for dbt over such tables
  plan      --config FILE --catalog FILE ...  a sync cut into shards for several
  run-shard DIR/NNN [--to PATH]               machines; one of them;
  merge     DIR [--to PATH]                   and their states as one

WHICH streams: --streams A,B or --product A,B or --suggested; all otherwise.
A configuration is a file such as {"client_secret": "rk_live_..."}.
"""
"""It fits a screen of 80 by 24."""
