"""What a stream knows between syncs: its position, its memory, and both as they stand in a state message.

May import `declaration`, windows, dates and accounts, and nothing that talks to Stripe. A `WindowCursor` is told from
the threads that read the stream, and emits states from them; all else is pure.
"""
