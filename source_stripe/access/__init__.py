"""What a key may read, found out before anything is read, and how it may be let read the rest.

May import `stripe`, `permissions` and what lies below. Asks from the workers of the request queue; the outcomes belong
to the thread that asked for them.
"""
