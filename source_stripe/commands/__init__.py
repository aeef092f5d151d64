"""The commands for people, beside the protocol's own: a catalogue to read with, data of one's own in one's own files.

Above the protocol: may import all of the project. Runs in the main thread, as `read` does.
"""
