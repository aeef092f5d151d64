"""One sync: what each stream has to read and why, the readers that do it, and how far they have come.

May import `records` and all below, and nothing of the CDK: what it reads goes to an `Output`. Each reason to read a
stream is a pass, which a crew of a few threads makes as far as the request queue's workers have read its pages.
"""
