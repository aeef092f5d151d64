"""Connect."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.catalog import core
from source_stripe.declaration.families import children, embedded, snapshot, union, updated
from source_stripe.declaration.origins import Events
from source_stripe.declaration.resource import Parent, Resource
from source_stripe.declaration.scopes import of_platform, of_stripe
from source_stripe.declaration.takes import Children, Embedded

# Where others are not answered with empty lists: "Only Stripe Connect platforms can work with other accounts",
# https://docs.stripe.com/error-codes.
ENABLE = "Connect at https://dashboard.stripe.com/connect"


def collected_by_the_platform(account: Mapping[str, object]) -> bool:
    """Persons of the others are Stripe's own to ask for: https://docs.stripe.com/api/accounts/object."""
    controller = account.get("controller")
    return not isinstance(controller, Mapping) or controller.get("requirement_collection") != "stripe"


accounts = of_platform(updated("accounts", "/v1/accounts", "account", "account.updated", created_has_event=False))
capabilities = of_platform(
    children(
        "capabilities",
        accounts,
        Children("/v1/accounts/{id}/capabilities", paged=False),
        "capability",
        own=Events(
            "capability",
            ("capability.updated",),
            "/v1/accounts/{account}/capabilities/{id}",
            created_has_event=False,
        ),
        # The id of a capability is its name.
        key=("account_id", "id"),
        link=Parent(field="account"),
    )
)


def external_accounts(name: str, object: str) -> Resource:
    """Where payouts go, of the key's own account, which is not in the list of accounts, and of connected ones."""
    under = Children("/v1/accounts/{id}/external_accounts", (("object", object),))
    own = Events(object, ("account.external_account.*",), "/v1/accounts/{account}/external_accounts/{id}")
    link = Parent(field="account")
    connected = embedded(name, accounts, Embedded("external_accounts", under), object, own=own, link=link)
    return of_platform(
        union(name, children(name, core.account, under, object, own=own, link=link), of_platform(connected))
    )


external_account_bank_accounts = external_accounts("external_account_bank_accounts", "bank_account")
external_account_cards = external_accounts("external_account_cards", "card")
persons = of_platform(
    children(
        "persons",
        accounts,
        Children("/v1/accounts/{id}/persons", where=collected_by_the_platform),
        "person",
        # Read again whatever the event shows: a person may be none that the platform is to see.
        own=Events("person", ("person.*",), "/v1/accounts/{account}/persons/{id}", every_edit_has_event=False),
        link=Parent(field="account"),
    )
)
application_fees = updated(
    "application_fees",
    "/v1/application_fees",
    "application_fee",
    "application_fee.*",
    every_edit_has_event=False,
    indirect_events=(("fee_refund", "fee"),),
)
application_fees_refunds = embedded(
    "application_fees_refunds",
    application_fees,
    Embedded("refunds", Children("/v1/application_fees/{id}/refunds")),
    "fee_refund",
    own=Events(
        "fee_refund", ("application_fee.refund.*",), "/v1/application_fees/{fee}/refunds/{id}", created_has_event=False
    ),
    link=Parent(field="fee"),
)
country_specs = of_stripe(snapshot("country_specs", "/v1/country_specs", "country_spec"))
# Its events are of its status; an edit of its metadata has none.
top_ups = updated("top_ups", "/v1/topups", "topup", "topup.*", every_edit_has_event=False)
transfers = updated("transfers", "/v1/transfers", "transfer", "transfer.*")
transfer_reversals = embedded(
    "transfer_reversals",
    transfers,
    Embedded("reversals", Children("/v1/transfers/{id}/reversals")),
    "transfer_reversal",
    cursor="created",
)
