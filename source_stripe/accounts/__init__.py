"""Many accounts in one sync: who is read, in which order and why, and what the states say of them.

May import `sync` and all below, and nothing of the CDK. Each account that is read has a `SyncSession` of its own, which
shares the client's request queue with all others. One thread decides; passes are made by a bounded number of others.
"""
