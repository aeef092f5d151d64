"""`python -m source_stripe`."""

import sys

from source_stripe.run import main

if __name__ == "__main__":
    sys.exit(main())
