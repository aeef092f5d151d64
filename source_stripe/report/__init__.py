"""What people look at in Stripe data, out of a DuckDB file that `sync` filled: `source-stripe report FILE.duckdb`.

The figures are those of the models of `source-stripe dbt`, whose SQL is run here without dbt: `queries` asks, `figures`
holds what came, `tables` shows it in a terminal, `page` with `plots` in a browser.
"""

from source_stripe.report.figures import Report
from source_stripe.report.page import page
from source_stripe.report.queries import ReportError, read
from source_stripe.report.tables import show

__all__ = ["Report", "ReportError", "page", "read", "show"]
