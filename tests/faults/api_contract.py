"""The whole API against its own OpenAPI document: at least 5,000 requests that schemathesis makes up.

    .venv/bin/python tests/faults/api_contract.py [--examples 250]

The app is the real one over the fake engine, a small corpus and jobs that are really run, once without keys and once
with them; all of schemathesis' checks and phases. It prints its summaries, and ends with 1 where a check failed or
where there were fewer requests.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "service")]

import pytest  # noqa: E402
from contract import Verdict, examine  # noqa: E402

LEAST = 5_000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=250, help="requests for an address and phase, at most")
    examples = parser.parse_args().examples
    verdicts = [_examine(with_keys, examples) for with_keys in (False, True)]
    cases = sum(verdict.cases for verdict in verdicts)
    print(f"{cases} requests in all, {LEAST} wanted")
    return 0 if all(verdict.passed for verdict in verdicts) and cases >= LEAST else 1


def _examine(with_keys: bool, examples: int) -> Verdict:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        verdict = examine(Path(folder), patch, with_keys, examples)
    said = verdict.said if not verdict.passed else verdict.said[verdict.said.rfind("API Operations:") :]
    print(f"{'with' if with_keys else 'without'} keys, {time.perf_counter() - start:.0f} s\n{said}", flush=True)
    return verdict


if __name__ == "__main__":
    sys.exit(main())
