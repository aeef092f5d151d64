"""What a sync has done, in the log."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict

from source_stripe.airbyte.streams import StripeStream
from source_stripe.sync.session import SyncSession


def log_summary(logger: logging.Logger, sync: SyncSession, streams: list[StripeStream]) -> None:
    """What the sync did, stream by stream; requests are the user's money, as Stripe counts the reads of an account."""
    for stream in streams:
        counts = Counter[str]()
        for reader in stream.readers:
            counts.update(asdict(reader.tally))
        tally = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items() if count)
        requests = sum(reader.requests for reader in stream.readers)
        logger.info(f"{stream.name}: {tally or 'nothing new'}; requests {requests}")
    if sync.source and sync.source.malformed:
        logger.warning(f"Events that were left out, as they are not as Stripe documents them: {sync.source.malformed}")
    total, feed = sync.client.requests.total(), sync.feed_requests
    logger.info(f"Requests to Stripe: {total}, of these {feed} for the event feed")
