"""What else happens when something happens: to owners, twins, balances and sums."""
