"""One sync: what each stream has to read and why, the readers that do it, and how far they have come.

May import `records` and all below, and nothing of the CDK: what it reads goes to an `Output`. Each reason to read a
stream has a thread of its own, which waits for pages that the request queue's workers read.
"""
