"""The ways to answer, behind one contract, with the engines and the index that they use."""

import os

# OpenMP's threads spin while they wait for each other. Where other work wants the cores too, they would spin away the
# time that the one they wait for needs; so they soon sleep (docs/log.md). Read when torch is imported, which is later.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
