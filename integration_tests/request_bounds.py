"""`python -m integration_tests.request_bounds`: how many requests a later sync of each stream takes by id, as JSON.

`request_bounds.json` holds what it says: the requests where every changed object is read by its id, but for those
created meanwhile, as before pages began at changed objects. No sync may take more. The lives are the sandbox's own, so
that it is written anew where these become others.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from integration_tests.vocabulary import CATALOG, DAY, HOUR, Account, Sandbox, asked, sync
from source_stripe.changes import anchors

RECORDED = Path(__file__).with_name("request_bounds.json")
NOW = 1_790_000_000
LIVES = ((11, 60), (12, 250))
"""The seeds of accounts, and how much happens in them between two syncs."""


def counts() -> Iterator[tuple[str, str, int]]:
    """A life, a stream, and the requests of its second sync there."""
    for seed, deeds in LIVES:
        account = Account.populated(NOW, seed, 30, 3.0)
        account.advance(2 * HOUR)
        stripe = Sandbox(account)
        first = sync(stripe, num_workers=1)
        account.live(DAY, deeds, silent=False)
        account.advance(HOUR)
        for resource in CATALOG:
            stripe.log.clear()
            sync(stripe, [resource], first.state, num_workers=1)
            yield f"{seed}/{deeds}", resource.name, sum(asked(stripe).values())


def main() -> int:
    logging.disable(logging.CRITICAL)
    anchors.FEW = sys.maxsize
    found: dict[str, dict[str, int]] = {}
    for life, stream, requests in counts():
        found.setdefault(life, {})[stream] = requests
    sys.stdout.write(json.dumps(found, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
