"""An account: its ledger, what can be done to it, and what its lists show."""
