"""A Stripe account as a function from request to response, in process or served on loopback."""

from .account import Account
from .messages import Request, Response
from .sandbox import FULL_KEY, Sandbox

__all__ = ["FULL_KEY", "Account", "Request", "Response", "Sandbox"]
