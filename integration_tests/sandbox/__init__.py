"""A Stripe account as a function from request to response, in process or served on loopback."""

from integration_tests.sandbox.account.account import Account
from integration_tests.sandbox.api.keys import Ended, Granted
from integration_tests.sandbox.api.messages import Request, Response
from integration_tests.sandbox.api.oauth import StripeApp
from integration_tests.sandbox.api.sandbox import FULL_KEY, ORGANIZATION_KEY, Sandbox

__all__ = [
    "FULL_KEY",
    "ORGANIZATION_KEY",
    "Account",
    "Ended",
    "Granted",
    "Request",
    "Response",
    "Sandbox",
    "StripeApp",
]
