"""The API before an account: requests, answers, and what goes wrong between them."""
