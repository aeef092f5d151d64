"""The objects of an account by product: a row each, and what of a new one its example cannot know.

Each module holds its objects in `ROWS`; what merchants do with them stands in a module of the same name in `life.acts`.
"""

PRODUCTS = (
    "core",
    "payments",
    "payment_methods",
    "products",
    "checkout",
    "billing",
    "invoices",
    "entitlements",
    "connect",
    "fraud",
    "issuing",
    "treasury",
    "identity",
    "climate",
    "financial_connections",
    "tax",
    "terminal",
    "sigma",
    "clocks",
    "webhooks",
    "reporting",
    "platform",
    "accounts_v2",
    "money_management",
    "product_catalog",
    "events_v2",
)
"""The modules, in the order in which an account is filled."""
