"""`python main.py`: the same as the console script `source-stripe`."""

import sys

from source_stripe.run import main

if __name__ == "__main__":
    sys.exit(main())
