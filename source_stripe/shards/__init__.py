"""One sync cut into shards that run on their own, and what they say put together again.

May import `accounts` and all below, and nothing of the CDK. It asks Stripe nothing: who is read, and what is selected,
is given. All but `folder` is pure.
"""
