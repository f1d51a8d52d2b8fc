#!/bin/sh
# Runs a command with what INNER_NO_PROXY names excepted from the environment's proxies, beside what is excepted there.
# Both spellings, since some clients read one of them only.
set -eu
if [ -n "${INNER_NO_PROXY:-}" ]; then
    NO_PROXY=$INNER_NO_PROXY${NO_PROXY:+,$NO_PROXY}${no_proxy:+,$no_proxy}
    no_proxy=$NO_PROXY
    export NO_PROXY no_proxy
fi
exec "$@"
