"""One list, read once for all streams that need it, in windows that are cut in two where a request could be sent.

May import `stripe` and all below. A shared list is asked for by the threads of its streams; the workers of the request
queue read its pages, and whichever stream waits first hands the parts out.
"""
