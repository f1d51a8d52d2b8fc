"""How large a report may grow: 5,000 questions through four pipelines, built, opened and filtered in Chromium.

    .venv/bin/python benchmarks/report_scale.py [--questions 5000]

The answers are made up (tests/report/report_sample.py). It prints how long building takes and how much memory it
needs, the size of the page, and the seconds that opening, each filter, a search and a link to one question take, from
the event to the next painted frame, as medians of five rounds. It ends with 1 where one takes a second or more.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "report")]

import report_sample as sample  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from eval.exports import export  # noqa: E402
from eval.report.build import build_report  # noqa: E402
from eval.summary import summarise  # noqa: E402

KINDS = {"zero-shot": "prompting", "few-shot": "prompting", "rag-k4": "rag", "finetuned": "finetuned"}
LIMIT = 1.0  # seconds
ROUNDS = 5
STEPS = {
    "filter: different": "document.querySelector('input[value=different]').click()",
    "filter: failed": "document.querySelector('input[value=failed]').click()",
    "filter: abstained": "document.querySelector('input[value=abstained]').click()",
    "filter: all": "document.querySelector('input[value=all]').click()",
    "filter: a tag": "tag.value = 'tag:numeric'; tag.dispatchEvent(new Event('change'))",
    "filter: every tag": "tag.value = ''; tag.dispatchEvent(new Event('change'))",
    "first search": "search.value = 'harbour-4321'; search.dispatchEvent(new Event('input'))",
    "search in answers": "search.value = 'times a minute'; search.dispatchEvent(new Event('input'))",
    "search for nothing": "search.value = ''; search.dispatchEvent(new Event('input'))",
    "link to the last": "location.hash = '#q=' + data.questions.at(-1).id",
}
PAINTED = """async (step) => {
  const begin = performance.now();
  (0, eval)(step);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - begin) / 1000;
}"""


def build(runs: Path, questions: int) -> Path:
    documents, asked = sample.corpus(questions)
    run = sample.write_run(runs, kinds=KINDS, data=(documents, asked))
    trials = run.trials()
    begin = time.perf_counter()
    export(run, summarise(run.manifest, run.questions, trials))
    print(f"sum up and export   {time.perf_counter() - begin:7.2f} s   {len(trials):,} trials")
    begin = time.perf_counter()
    path = build_report(run, documents)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1e6
    print(f"build the report    {time.perf_counter() - begin:7.2f} s   {size:.1f} MB; at most {memory:,.0f} MiB in use")
    return path


def measure(path: Path) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        page = browser.new_context(bypass_csp=True).new_page()  # its policy would refuse this script's eval
        rounds = [_round(page, path) for _ in range(ROUNDS)]
        browser.close()
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def _round(page: Page, path: Path) -> dict[str, float]:
    """Opens the page anew and takes every step once."""
    page.goto("about:blank")
    begin = time.perf_counter()
    page.goto(f"file://{path}")
    page.locator(".question").first.wait_for()
    return {"open": time.perf_counter() - begin} | {name: page.evaluate(PAINTED, step) for name, step in STEPS.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=5000)
    questions = parser.parse_args().questions
    with tempfile.TemporaryDirectory() as folder:
        taken = measure(build(Path(folder), questions))
    for name, seconds in taken.items():
        print(f"{name:<19} {seconds:7.3f} s{'   too slow' if seconds >= LIMIT else ''}")
    return int(max(taken.values()) >= LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
