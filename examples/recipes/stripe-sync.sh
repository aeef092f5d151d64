#!/bin/sh
# One sync; a second one that starts meanwhile ends at once. What it says goes to a log beside the data.
set -eu
cd "$(dirname "$0")"
exec flock --nonblock --conflict-exit-code 0 stripe.lock \
    source-stripe sync --config config.json --to stripe.duckdb --suggested >>stripe.log 2>&1
