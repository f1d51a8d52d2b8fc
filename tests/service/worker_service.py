"""A service with several workers, as a process of its own. Each worker imports this file anew, and so has the fakes.

The environment gives WORKERS, how many, and DELAY, the engine's seconds before each piece. A file `broken` in the
working folder keeps workers from starting: with an error of ours where it says `told`, else without a word.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from runs_fakes import ToldEngine, score_nothing, use_engine
from word_embedder import WordEmbedder

from corpora.errors import EngineUnavailableError
from service import workers

PATCH = pytest.MonkeyPatch()


async def enter(engine: ToldEngine) -> ToldEngine:
    fail_if_broken()
    return engine


def fail_if_broken() -> None:
    broken = Path("broken")
    if broken.exists():
        with Path("starts").open("a") as starts:
            starts.write("again\n")
        if broken.read_text() == "told":
            raise EngineUnavailableError("The fake engine is broken.", "Mend it.")
        os._exit(7)


PATCH.setattr("pipelines.assembly.Embedder", WordEmbedder)
PATCH.setattr(ToldEngine, "__aenter__", enter)
PATCH.setattr(workers, "PAUSE_SECONDS", 0.1)
PATCH.setattr(workers, "MOST_FAILURES", 2)
score_nothing(PATCH)
use_engine(PATCH, Path.cwd(), delay=float(os.environ["DELAY"]))

if __name__ == "__main__":
    from service.cli import main

    sys.argv[1:] = ["serve", "--port", "0", "--workers", os.environ["WORKERS"]]
    main()
