"""A business one believes: a company that sells software by subscription, month after month, and its own books."""

from integration_tests.sandbox.business.business import Business

__all__ = ["Business"]
