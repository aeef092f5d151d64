"""The Airbyte protocol and its CDK: messages, the queue to the thread that prints, and the files of the command line.

May import `sync` and all below; nothing below knows the CDK. The main thread takes messages from the queue and prints
them; the threads that read streams put them there, and wait while it is full.
"""
