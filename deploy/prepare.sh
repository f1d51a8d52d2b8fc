#!/bin/sh
# Everything before the first question, into $BAKEOFF_HOME: models, index, adapters, vLLM's settings, a key.
# What is there is reused, and what a kill left half done is done again.
set -eu
config=${BAKEOFF_CONFIG:-bakeoff.compose.yaml}

bakeoff index --config "$config"
bakeoff train --config "$config"
bakeoff vllm "$BAKEOFF_HOME/vllm" --config "$config"
# vLLM is another user; weights are written for their owner alone
for folder in .bakeoff/models .bakeoff/adapters huggingface; do
    if [ -d "$BAKEOFF_HOME/$folder" ]; then chmod -R a+rX "$BAKEOFF_HOME/$folder"; fi
done

key=$BAKEOFF_HOME/key
if [ ! -s "$key" ]; then
    umask 077
    bakeoff keys remove first 2>/dev/null || true
    bakeoff keys add first --role change > "$key.part"
    mv "$key.part" "$key"
fi
echo "Prepared. The key is in $key."
