"""From an object to the records taken from it: itself, what is inside it, or a list below it.

May import `changes` and all below. Runs in the thread that makes the pass, and asks the request queue's workers ahead.
"""
