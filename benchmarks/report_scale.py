"""How large a report may grow: 5,000 questions through four pipelines, built, opened and filtered in Chromium.

    .venv/bin/python benchmarks/report_scale.py [--questions 500 2000 5000] [--write docs/report_scale.md]

Every question is really asked, of pipelines on a fake engine, and every answer journalled, scored, summed up, exported
and reported by the code that `bakeoff run` uses; only the index' and the metrics' vectors are made up. Each size has a
process of its own, whose peak of memory is read after each stage. The report of the largest is then opened in Chromium:
seconds are from the event to the next painted frame, medians of five rounds. It ends with 1 where one takes a second or
more, where memory is above its limit, or where it grows faster than the questions.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import resource
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "report")]

import report_sample as sample  # noqa: E402
from langchain_core.messages import BaseMessage  # noqa: E402
from scale import RandomEmbedder  # noqa: E402
from shown import Figures, arguments  # noqa: E402

from corpora.model import Corpus, Example  # noqa: E402
from eval.answers import AnswerCache  # noqa: E402
from eval.config import BakeoffConfig  # noqa: E402
from eval.manifest import new_manifest  # noqa: E402
from eval.report.build import build_report  # noqa: E402
from eval.run import RunFolder  # noqa: E402
from eval.runner import run_bakeoff  # noqa: E402
from pipelines.contract import Pipeline  # noqa: E402
from pipelines.engines.base import Adapter, Decoding  # noqa: E402
from pipelines.engines.fake import REFUSAL, FakeEngine, FakeOptions, Fault, best_sentence  # noqa: E402
from pipelines.finetuned import FinetunedPipeline  # noqa: E402
from pipelines.home import Home  # noqa: E402
from pipelines.indexing import build_index  # noqa: E402
from pipelines.prompting import PromptingOptions, PromptingPipeline  # noqa: E402
from pipelines.rag import RagOptions, RagPipeline  # noqa: E402
from pipelines.workbench import Workbench  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

KINDS = {"zero-shot": "prompting", "few-shot": "prompting", "rag-k4": "rag", "finetuned": "finetuned"}
EXAMPLES = tuple(Example(prompt=f"Who tends light {n}?", completion=f"Keeper {n} tends light {n}.") for n in range(3))
FAILING = 67  # each so manieth request fails
SECONDS = 1.0
LARGEST = 5000
MEMORY = 1200.0
"""MiB that a process may take at most for `LARGEST` questions."""

LINEAR = 1.5
"""How many times as much memory the last questions may take, each, as the first ones."""

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
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


class ForgetfulEngine(FakeEngine):
    """A fake that counts its prompts and keeps none: 20,000 of them would pass for the bake-off's own memory."""

    asked = 0

    def begin(self, messages: Sequence[BaseMessage]) -> Fault | None:
        self.asked += 1
        return "timeout" if self.asked % FAILING == 0 else None


@dataclass
class Stages:
    """What each stage of a bake-off took, by its name: seconds, and the process' peak of memory at its end in MiB."""

    seconds: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)

    def end(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage], self.began = now - self.began, now
        self.peaks[stage] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def progress(self, doing: str, done: int, total: int) -> None:
        """Scoring begins when all was asked."""
        if doing == "scoring" and done in (0, total):
            self.end("scoring" if done else "asking")


@dataclass(frozen=True)
class Measured:
    """One bake-off of so many questions; `asked` are the engine's requests, warm-ups among them."""

    questions: int
    asked: int
    trials: int
    stages: Stages
    page: Path
    size: int


def reply(messages: Sequence[BaseMessage], adapter: Adapter | None) -> str:
    """The right sentence where passages hold it; else that, a refusal or something wrong, as a draw by question has it.

    Shots help a little, and training more.
    """
    found = re.search(r"harbour (\d+)", messages[-1].text)
    if "Context:" in messages[-1].text or not found:
        return best_sentence(messages, None)
    knows = 0.5 if adapter else 0.1 if len(messages) == 2 else 0.2
    draw = zlib.crc32(messages[-1].text.encode()) % 1000 / 1000
    if draw < knows:
        return f"The beacon of harbour {found[1]} shines {int(found[1]) + 3} times a minute."
    return REFUSAL if draw > 0.9 else f"The beacon of harbour {found[1]} shines every 90 seconds, as far as I can tell."


async def open_pipelines(bench: Workbench) -> dict[str, Pipeline]:
    options = RagOptions(top_k=4)
    await asyncio.to_thread(build_index, bench.home.index, bench.corpus, bench.embedder, options.splitting)
    adapter = Adapter(name="harbours", path=bench.home.adapters, content_hash="0")
    return {
        "zero-shot": await PromptingPipeline.open("zero-shot", PromptingOptions(), bench),
        "few-shot": await PromptingPipeline.open("few-shot", PromptingOptions(shots=len(EXAMPLES)), bench),
        "rag-k4": await RagPipeline.open("rag-k4", options, bench),
        "finetuned": FinetunedPipeline("finetuned", bench.engine, adapter, bench.system, None, None, outdated=False),
    }


def bake(folder: Path, questions: int) -> Measured:
    """A whole bake-off in a folder, from made-up documents to the report."""
    return asyncio.run(_bake(folder, questions))


async def _bake(folder: Path, questions: int) -> Measured:
    documents, asked = sample.corpus(questions)
    data = {"documents": tuple(documents), "questions": tuple(asked), "examples": EXAMPLES}
    corpus = Corpus(name="harbours", root=folder, content_hash=str(questions), **data)
    kinds = {name: {"kind": kind} for name, kind in KINDS.items()}
    config = BakeoffConfig.model_validate({"corpus": folder, "pipelines": kinds})
    engine = ForgetfulEngine(FakeOptions(), Path(), "fake", Decoding(), reply=reply)
    embedder = RandomEmbedder()
    bench = Workbench(corpus, engine, embedder, config.system, Path(), Home(folder / "home"))
    pipelines = await open_pipelines(bench)
    manifest = new_manifest(config, corpus, engine.fingerprint(), pipelines)
    run = RunFolder.create(folder / "runs", manifest, corpus.questions, corpus.documents)
    stages = Stages()
    stages.end("opening")
    with run.lock(), AnswerCache(bench.home.answers) as answers:
        summary = await run_bakeoff(run, pipelines, embedder, answers, stages.progress)
    stages.end("summing up")
    page = build_report(run, run.documents)
    stages.end("reporting")
    trials = sum(each.trials for each in summary.pipelines)
    return Measured(questions, engine.asked, trials, stages, page, page.stat().st_size)


def apart(folder: Path, questions: int) -> Measured:
    """`bake` in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(bake, folder, questions).result()


def opened(page: Path) -> dict[str, float]:
    """Seconds that opening a report takes in Chromium, and each step in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        tab = browser.new_context(bypass_csp=True).new_page()  # its policy would refuse this script's eval
        rounds = [_round(tab, page) for _ in range(ROUNDS)]
        browser.close()
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def _round(tab: Page, page: Path) -> dict[str, float]:
    """Opens the page anew and takes every step once."""
    tab.goto("about:blank")
    begin = time.perf_counter()
    tab.goto(f"file://{page}")
    tab.locator(".question").first.wait_for()
    return {"open": time.perf_counter() - begin} | {name: tab.evaluate(PAINTED, step) for name, step in STEPS.items()}


def slopes(runs: Sequence[Measured]) -> list[float]:
    """MiB that each question more took, from one size to the next."""
    peaks = [(each.questions, max(each.stages.peaks.values())) for each in runs]
    return [(peak - low) / (size - few) for (few, low), (size, peak) in pairwise(peaks)]


def faults(runs: Sequence[Measured], seconds: dict[str, float]) -> list[str]:
    """What did not hold, in sentences."""
    largest, grown = runs[-1], slopes(runs)
    peak, allowed = max(largest.stages.peaks.values()), MEMORY * max(largest.questions, LARGEST) / LARGEST
    found = [f"{name} took {took:.2f} s" for name, took in seconds.items() if took >= SECONDS]
    if peak > allowed:
        found.append(f"{largest.questions:,} questions took {peak:,.0f} MiB, and {allowed:,.0f} are allowed")
    if grown and grown[-1] > LINEAR * grown[0]:
        found.append(f"memory grew from {grown[0] * 1024:.0f} to {grown[-1] * 1024:.0f} KiB for a question")
    return found


def table(runs: Sequence[Measured], seconds: dict[str, float]) -> str:
    def row(name: str, value: Callable[[Measured], float], form: str = ",.0f") -> str:
        return f"| {name} | " + " | ".join(format(value(each), form) for each in runs) + " |"

    stages = list(runs[0].stages.seconds)
    grown = ", then ".join(f"{each * 1024:.0f}" for each in slopes(runs)) or "an unknown number of"
    wrong = faults(runs, seconds)
    lines = [
        f"{os.cpu_count()} cores. Each question more takes {grown} KiB of memory, over {len(KINDS)} pipelines; "
        f"{MEMORY:,.0f} MiB are allowed for {LARGEST:,} questions.\n",
        row("questions", lambda one: one.questions),
        "|---|" + "--:|" * len(runs),
        row("requests to the engine", lambda one: one.asked),
        row("trials in the report", lambda one: one.trials),
        *(row(f"{name}, s", lambda one, name=name: one.stages.seconds[name], ".1f") for name in stages[1:]),
        *(row(f"most memory up to {name}, MiB", lambda one, name=name: one.stages.peaks[name]) for name in stages),
        row("report.html, MB", lambda one: one.size / 1e6, ".1f"),
        f"\n| in Chromium, {runs[-1].questions:,} questions | s |\n|---|--:|",
        *(f"| {name} | {took:.3f} |" for name, took in seconds.items()),
        f"\nWhat did not hold: {'; '.join(wrong)}." if wrong else "\nAll of it holds.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--questions", type=int, nargs="+", default=[500, 2000, LARGEST])
    given = parser.parse_args()
    if not CHROMIUM.exists():
        parser.error(f"{CHROMIUM} is missing: install Debian's chromium")
    figures = Figures(given.write, "benchmarks/report_scale.py")
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for questions in sorted(given.questions):
            runs.append(apart(Path(folder, str(questions)), questions))
            print(f"{questions:,} questions: {runs[-1].stages.peaks}", file=sys.stderr, flush=True)
        seconds = opened(runs[-1].page)
    figures.show(table(runs, seconds))
    return int(bool(faults(runs, seconds)))


if __name__ == "__main__":
    raise SystemExit(main())
