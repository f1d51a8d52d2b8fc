"""The program `bakeoff` with an embedder that needs no model and nothing to score, so that it starts in seconds.

Everything else is the program itself. PATIENCE, where it is set, is how many seconds a bake-off waits for an engine
that is gone. Workers import this file anew, and so are without a model too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "service")]

import pytest  # noqa: E402
from runs_fakes import score_nothing  # noqa: E402
from word_embedder import WordEmbedder  # noqa: E402

PATCH = pytest.MonkeyPatch()
PATCH.setattr("pipelines.assembly.Embedder", WordEmbedder)
PATCH.setattr("service.preparing.Embedder", WordEmbedder)
if "PATIENCE" in os.environ:
    PATCH.setattr("eval.asking.PATIENCE_SECONDS", float(os.environ["PATIENCE"]))
score_nothing(PATCH)

if __name__ == "__main__":
    from service.cli import main

    main()
