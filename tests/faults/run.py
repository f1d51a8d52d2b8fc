"""Every fault, again and again: what is lost, what is asked twice, whether it mends itself, and how long that takes.

    python tests/faults/run.py [--times 20] [SCENARIO...] [--write docs/faults.md]

The demo's models are not needed: the engine is a server that answers without a model (fault_engine.py), and the
embedder is one of words. `vllm-killed` is asked for by name, and needs the vLLM environment and the demo's model. The
page is written after each fault; what it says of others stays.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from fault_world import ROOT, Outcome, UnavailableError
from scenarios import BY_NAME_ONLY, SCENARIOS

from eval.labels.page import MarkedPage

HEAD = (
    "| fault | times | lost | asked twice | recovers by itself | seconds to recover | what is told |\n"
    "|---|--:|--:|--:|---|--:|---|"
)


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """A line of the table."""
    alone = sum(outcome.by_itself for outcome in outcomes)
    how = {len(outcomes): "yes", 0: "told how"}.get(alone, f"{alone} times, else told how")
    waited = [outcome.seconds for outcome in outcomes if outcome.seconds is not None]
    seconds = f"{min(waited):.1f} to {max(waited):.1f}" if waited else ""
    said = "<br>".join(dict.fromkeys(outcome.message for outcome in outcomes if outcome.message))
    lost, twice = _sum(outcome.lost for outcome in outcomes), _sum(outcome.twice for outcome in outcomes)
    cells = [name, len(outcomes), lost, twice, how, seconds]
    return "| " + " | ".join(map(str, [*cells, said.replace("|", r"\|")])) + " |"


def _sum(counts: Iterable[int | None]) -> str:
    """A dash where one of them was not counted."""
    total = 0
    for count in counts:
        if count is None:
            return "–"
        total += count
    return str(total)


def table(lines: Mapping[str, str]) -> str:
    return "\n".join([HEAD, *(lines[name] for name in SCENARIOS if name in lines), ""])


def known(text: str) -> dict[str, str]:
    """The lines of a table by the fault that they are about."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return {name: line for line in lines if (name := line.split(" | ")[0].removeprefix("| ")) in SCENARIOS}


def in_a_cell(error: Exception) -> str:
    """What went wrong, as far as a cell of the table can hold it."""
    first = f"{type(error).__name__}: {error}".splitlines()[0]
    return first.replace("|", r"\|").strip(": ")


def attempt(name: str, times: int) -> tuple[str, bool]:
    """The scenario's line, and whether it went as it should."""
    outcomes: list[Outcome] = []
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="bakeoff-fault-", ignore_cleanup_errors=True) as folder:
            for outcome in SCENARIOS[name](Path(folder), times):
                outcomes.append(outcome)
                print(f"{name} {len(outcomes)}/{times}: {outcome}", flush=True)
    except UnavailableError as error:
        return f"| {name} | not run: {error} |" + " |" * 5, True
    except Exception as error:  # whatever broke it, the other faults have lines of their own
        traceback.print_exc()
        print(f"{name}: FAILED after {len(outcomes)}: {error!r}", flush=True)
        return f"| {name} | failed after {len(outcomes)}: {in_a_cell(error)} |" + " |" * 5, False
    print(f"{name}: {time.monotonic() - began:.0f} seconds", flush=True)
    return row(name, outcomes), not any(outcome.lost or outcome.twice for outcome in outcomes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--write", type=Path, help=f"a page, such as {ROOT / 'docs' / 'faults.md'}")
    given = parser.parse_args()
    unknown = set(given.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    page = MarkedPage(given.write, "tests/faults/run.py") if given.write else None
    chosen = given.scenarios or [name for name in SCENARIOS if name not in BY_NAME_ONLY]
    lines = known(page.text) if page else {}
    good = True
    for name in chosen:
        lines[name], went_well = attempt(name, given.times)
        good = good and went_well
        if page:
            page.replace(table(lines))
    print(f"\n{table(lines)}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
