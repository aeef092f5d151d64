"""What the connector costs, measured on a stand-in for Stripe: `python -m benchmarks`."""
