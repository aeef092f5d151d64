#!/bin/sh
# A file of JSON lines for each stream, and the last state of each in states.json; run again it adds what changed since.
set -eu
code=0
[ -s states.json ] || echo '[]' >states.json
source-stripe read --config config.json --catalog catalog.json --state states.json >messages.jsonl || code=$?
for stream in $(jq -r '.streams[].stream.name' catalog.json); do
    jq -c --arg stream "$stream" 'select(.type == "RECORD" and .record.stream == $stream).record.data' \
        messages.jsonl >>"$stream.jsonl"
done
# Also of a read that failed, what it printed is kept, and the next one goes on from there.
jq -cn --slurpfile before states.json '$before[0] + [inputs | select(.type == "STATE")]
    | group_by(.state.stream.stream_descriptor.name) | map(last)' messages.jsonl >states.new
mv states.new states.json
exit "$code"
