"""Many accounts in one sync: who is read, in which order and why, and what the states say of them.

May import `sync` and all below, and nothing of the CDK. Each account that is read has a `SyncSession` of its own, which
shares the client's request queue with all others. What decides is a job of the crew like the passes that it begins, in
one thread at a time.
"""
