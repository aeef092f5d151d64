"""Stripe's API: requests, their rate and their retries; pages and objects; what errors mean.

May import `declaration` and the modules below it, and knows neither states nor streams. A client is used by all threads
of a sync; what it asks for through its request queue is sent by the queue's workers.
"""
