"""One list, read once for all streams that need it, in windows that are cut in two where a request could be sent.

May import `stripe` and all below. A shared list is asked for by the passes of its streams, which wait for it without a
thread; the workers of the request queue read its pages, and have those that wait resumed.
"""
