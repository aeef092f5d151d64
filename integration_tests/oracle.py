"""What an account holds, and how a replica differs from it."""

from __future__ import annotations

from collections.abc import Mapping

from integration_tests.sandbox import Account
from integration_tests.views import FORGOTTEN, view_of
from integration_tests.vocabulary import Record
from integration_tests.warehouse import Warehouse, additions
from source_stripe.catalog import CATALOG
from source_stripe.declaration.resource import Resource


def held(account: Account, resource: Resource) -> dict[str, Record]:
    """The rows that a stream must have now, by the rows of the account's objects.

    Of the declaration it uses the name, the key and the fields that are added, and nothing that says what is read.
    """
    return {
        resource.identity(row): {name: value for name, value in row.items() if name not in additions(resource)}
        for row in view_of(resource.name).rows(account)
    }


def differences(account: Account, warehouse: Warehouse, resource: Resource) -> list[str]:
    """What is missing, too much or other than the account has it; empty when the replica is right."""
    expected, actual = held(account, resource), warehouse.rows(resource)
    return [
        *(f"missing {key}" for key in expected.keys() - actual.keys()),
        *(f"too much {key}" for key in actual.keys() - expected.keys()),
        *(
            f"wrong {key}: {_unlike(expected[key], actual[key])}"
            for key in expected.keys() & actual.keys()
            if expected[key] != actual[key]
        ),
    ]


def _unlike(expected: Mapping[str, object], actual: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    names = expected.keys() | actual.keys()
    return {n: (expected.get(n), actual.get(n)) for n in names if expected.get(n) != actual.get(n)}


def wrong(account: Account, warehouse: Warehouse) -> dict[str, list[str]]:
    """The streams whose replica is not right, and why. Events are left out: the account forgets them after 30 days."""
    found = {resource.name: differences(account, warehouse, resource) for resource in CATALOG}
    return {name: rows for name, rows in found.items() if rows and name not in FORGOTTEN}
