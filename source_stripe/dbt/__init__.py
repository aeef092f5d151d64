"""Writes a dbt project over the tables that a destination holds: `source-stripe dbt DIR`.

Generated from the catalogue, the schemas and the tables of columns beside this module; the models written by hand are
in `project/`. May import the catalogue and what is below it. No other package of the connector loads it.
"""

from source_stripe.dbt.project import write

__all__ = ["write"]
