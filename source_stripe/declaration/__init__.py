"""The words that a stream is declared in: origins, takes, routes, and the families that combine them.

Inert, typed values without any code that reads. May import nothing of this project but its own modules, and may be
used from any thread.
"""
