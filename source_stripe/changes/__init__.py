"""What changed, as the events tell it, and how it is now.

May import `listing` and all below. The event feed is read once for all
streams: their threads ask for it, the request queue's workers read its pages.
"""
