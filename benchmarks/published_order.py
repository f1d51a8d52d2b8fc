"""Does what published work found of retrieval and fine-tuning come out here too, on facts that no model knows?

    python benchmarks/published_order.py --work DIR [--tofu PATH] [--fictionalqa PATH] [--corpora kubernetes tofu]
        [--seeds 3] [--write docs/published_order.md]

Every fact is trained on in 1, 3 or 6 wordings, with the same number of passes and of optimizer steps, so that only the
variety differs; the questions are worded otherwise than all of them. Base, retrieval, and each arm with each training
seed are indexed, trained and run by `bakeoff` itself. Stopped and started again, it goes on where it was. After each
seed the tables of what is there are printed, and written.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml
from invented_facts import Arm, Facts, read_demo, read_fictionalqa, read_fictionalqa_pairs, read_tofu, write_arm
from order_claims import Found, claims, means
from shown import Figures, arguments

from eval import numbers
from eval.run import RunFolder
from pipelines.training.options import TrainingOptions
from service.project import open_project

WRITER = "benchmarks/published_order.py"
BASE, RETRIEVAL = "bare", "rag"
BATCH = TrainingOptions().batch_size
PATIENCE = 3600
"""Seconds for an answer: nothing is timed here, and a busy machine must not make failures of slow answers."""


class Bench:
    """Runs `bakeoff` on the arms of one corpus, in a working folder that keeps everything."""

    def __init__(self, facts: Facts, work: Path) -> None:
        self.facts = facts
        self.work = work
        self.folders = {arm.wordings: write_arm(facts, arm, work) for arm in facts.arms}

    def untrained(self) -> RunFolder:
        """The bare model and retrieval, which see no examples and so are run once."""
        pipelines = {BASE: {"kind": "prompting"}, RETRIEVAL: {"kind": "rag", "top_k": 4}}
        return self._run(self.facts.arms[0], "untrained", pipelines, "index")

    def tuned(self, arm: Arm, seed: int) -> RunFolder:
        """Nothing is held out, and the last weights are kept: every arm takes the same steps."""
        training = {"epochs": arm.epochs, "validation_fraction": 0, "seed": seed}
        return self._run(
            arm, f"seed-{seed}", {f"finetuned-{seed}": {"kind": "finetuned", "training": training}}, "train"
        )

    def _run(self, arm: Arm, name: str, pipelines: dict[str, object], prepare: str) -> RunFolder:
        """The finished run of these pipelines: the one there is, the one begun, or a new one."""
        folder = self.folders[arm.wordings]
        config = folder / f"{name}.yaml"
        content = {
            "corpus": ".",
            "decoding": {"max_new_tokens": self.facts.max_new_tokens, "temperature": 0},
            "pipelines": pipelines,
            "evaluation": {"split": "test", "concurrency": 16, "timeout": PATIENCE},
        }
        config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        before = self._before(config)
        if before is None or not before.manifest.finished:
            say(f"{folder.name}, {name}")
            self._bakeoff(prepare, config)
            self._bakeoff("run", config, *(["--resume", before.path.name] if before else []))
            before = self._before(config)
        assert before is not None
        return before

    def _before(self, config: Path) -> RunFolder | None:
        """The newest run of this configuration on this corpus, a finished one first."""
        project = open_project(config)
        wanted = (project.corpus.content_hash, project.config.model_dump(mode="json"))
        runs = [RunFolder.open(path.parent) for path in sorted((self.work / "runs").glob("*/manifest.json"))]
        same = [run for run in runs if (run.manifest.corpus_hash, run.manifest.config) == wanted]
        return max(same, key=lambda run: (run.manifest.finished is not None, run.manifest.started), default=None)

    def _bakeoff(self, command: str, config: Path, *more: str) -> None:
        """In a process of its own, so that what training takes of memory is given back."""
        program = Path(sys.executable).with_name("bakeoff")
        environment = os.environ | {"BAKEOFF_HOME": str(self.work)}
        if subprocess.run([program, command, "--config", config, *more], env=environment).returncode:
            sys.exit(f"`bakeoff {command}` did not end well. Started again, this goes on where it was.")


def collect(bench: Bench, seeds: int, on_seed: Callable[[Found, list[RunFolder]], None]) -> None:
    """Seed by seed, all arms of one before the next; `on_seed` is given all that there is."""
    untrained = bench.untrained()
    trials = untrained.trials()
    ways = {name: [each for each in trials if each.pipeline == name] for name in (BASE, RETRIEVAL)}
    found = Found(bench.facts.name, untrained.questions, ways[BASE], ways[RETRIEVAL])
    runs: list[RunFolder] = []
    for seed in range(seeds):
        for arm in bench.facts.arms:
            run = bench.tuned(arm, seed)
            runs.append(run)
            found.tuned.setdefault(arm.wordings, []).append(run.trials())
        on_seed(found, runs)


def tables(all_found: Sequence[Found], training: Sequence[str]) -> str:
    """All tables as Markdown."""
    lines = [
        f"| {line.claim} | {line.corpus} | {line.outcome} | {line.found} |"
        for found in all_found
        for line in claims(found)
    ]
    seen = [f"| {' | '.join(row)} |" for found in all_found for row in means(found)]
    return "\n".join(
        [
            "| claim | corpus | outcome | difference, with its 95 % interval |\n|---|---|---|---|",
            *lines,
            "\n| corpus | questions | way | mean, seeds averaged | each seed |\n|---|---|---|---|---|",
            *seen,
            "\n| training | rows | epochs | steps | tokens, all epochs | time, each seed |\n|---|---|---|---|---|---|",
            *training,
            "",
        ]
    )


def training_rows(facts: Facts, runs: Sequence[RunFolder]) -> list[str]:
    """What each arm was trained with, and how long that took."""
    rows = []
    for arm in facts.arms:
        name = facts.folder(Path(), arm).name
        manifests = [run.manifest for run in runs if run.manifest.corpus_name == name]
        prepared = [each.preparation for manifest in manifests for each in manifest.pipelines.values()]
        many = len(arm.examples)
        steps = f"{many} | {arm.epochs} | {math.ceil(many / BATCH) * arm.epochs}" if many else f"| {arm.epochs} |"
        times = ", ".join(numbers.seconds(each.training_seconds) for each in prepared)
        rows.append(f"| {name} | {steps} | {numbers.plain(prepared[0].training_tokens)} | {times} |")
    return rows


def say(text: str) -> None:
    print(f"\n=== {time.strftime('%H:%M:%S')} {text}", flush=True)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--work", type=Path, required=True, help="keeps models, adapters and runs; some 2 GB")
    parser.add_argument("--tofu", type=Path, help="the folder of tofu_qa.jsonl")
    parser.add_argument("--fictionalqa", type=Path, help="the folder of fictions.jsonl and fict_qa.jsonl")
    parser.add_argument("--corpora", nargs="+", choices=["kubernetes", "tofu", "fictionalqa", "fictionalqa-pairs"])
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    readers: dict[str, Callable[[], Facts]] = {"kubernetes": read_demo}
    if asked.tofu:
        readers["tofu"] = lambda: read_tofu(asked.tofu)
    if asked.fictionalqa:
        readers["fictionalqa"] = lambda: read_fictionalqa(asked.fictionalqa)
        readers["fictionalqa-pairs"] = lambda: read_fictionalqa_pairs(asked.fictionalqa)
    missing = [name for name in asked.corpora or () if name not in readers]
    if missing:
        parser.error(f"say where {missing[0]} is: --{missing[0].removesuffix('-pairs')} PATH")
    figures = Figures(asked.write, WRITER)
    done: dict[str, tuple[Found, list[str]]] = {}
    for name in asked.corpora or readers:
        facts = readers[name]()

        def show(found: Found, runs: list[RunFolder], facts: Facts = facts) -> None:
            done[facts.name] = (found, training_rows(facts, runs))
            figures.show(
                tables([each for each, _ in done.values()], [row for _, rows in done.values() for row in rows])
            )

        collect(Bench(facts, asked.work.absolute()), asked.seeds, show)


if __name__ == "__main__":
    main()
