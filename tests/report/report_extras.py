"""What may lie beside a made-up run: a load test, a change of the documents, questions asked repeatedly."""

from __future__ import annotations

import random
from pathlib import Path

import report_sample as sample

from eval.given import Outcome
from eval.load.measures import Exchange, Level, Load, Targets, summarise_level
from eval.load.result import LoadPlan, LoadResult
from eval.prices import Prices
from eval.refresh_price import price_refresh
from eval.run import RunFolder
from eval.staleness import Asked, Kind, PipelineStaleness, Shares, Staleness, Unchanged
from eval.statistics import wilson
from eval.trial import Failure, Score, Trial

LOADS = (Load(concurrency=1), Load(concurrency=4), Load(concurrency=16), Load(rate=2.0))
TARGETS = Targets(ttft=0.5, e2el=3)
_SECONDS = {"zero-shot": 0.3, "rag-k4": 0.9, "finetuned": 0.32}
_MACHINE = 4.0  # requests that it answers at once without slowing down
_FRESH: dict[str, tuple[int, int, int]] = {"zero-shot": (1, 1, 0), "rag-k4": (17, 1, 1), "finetuned": (11, 6, 5)}
KINDS: dict[str, Kind] = {
    **{f"changed-{n}": "changed" for n in range(20)},
    **{f"new-{n}": "added" for n in range(5)},
    **{f"gone-{n}": "withdrawn" for n in range(4)},
}


def load_result(pipelines: tuple[str, ...] = tuple(sample.KINDS)) -> LoadResult:
    plan = LoadPlan(pipelines=pipelines, loads=LOADS, requests=32, targets=TARGETS)
    levels = tuple(level(name, load) for name in pipelines for load in LOADS)
    return LoadResult(
        url="http://127.0.0.1:8080", started="2026-11-21T11:00:00+00:00", split="dev", questions=50, plan=plan,
        levels=levels,
    )  # fmt: skip


def level(name: str, load: Load) -> Level:
    """32 requests; the one with most at once loses two of them."""
    chance = random.Random(f"{name}/{load}")
    at_once = load.concurrency or 6
    slow = _SECONDS[name] * max(1.0, at_once / _MACHINE)
    exchanges = []
    for number in range(32):
        sent = number // at_once * slow
        first, whole = (slow * part * chance.uniform(0.8, 1.5) for part in (0.3, 1.0))
        failure = Failure(code="engine-timeout", message="too long") if at_once == 16 and number > 29 else None
        chunks = () if failure else (sent + first, sent + first + whole)
        exchanges.append(Exchange(sent, sent + first + whole, chunks, 100, 20, failure))
    duration = max(each.ended for each in exchanges)
    return summarise_level(name, load, exchanges, duration, TARGETS, repeated=4)


def staleness() -> Staleness:
    """The fine-tuned pipeline keeps old answers and breaks others; nothing is retrieved anew for the bare model."""
    pipelines = []
    for name, (new, old, broken) in _FRESH.items():
        indexing, training = {"rag-k4": (2.5, None), "finetuned": (None, 330.0)}.get(name, (None, None))
        examples = 88 if training else 0
        pipelines.append(
            PipelineStaleness(
                name=name,
                before=asked(1, 15 if name != "zero-shot" else 1),
                after=asked(new, old),
                unchanged=Unchanged(
                    questions=30, broken=wilson(broken, 20, 0.95), mended=1, broken_questions=("harbour-1",) * broken
                ),
                refresh=price_refresh(
                    indexing, training, examples, Prices(machine_per_hour=0.1, writing_per_example=0.12)
                ),
                not_refreshed=None,
            )
        )
    return Staleness(
        run_id="20261121-100000-abc123", description="The harbours get new beacons.", corpus_hash="5f" * 32,
        changed_hash="6e" * 32, metric="correctness", threshold=0.5, level=0.95, seed=0, kinds=KINDS,
        sample=tuple(f"harbour-{n}" for n in range(30)), pipelines=tuple(pipelines),
    )  # fmt: skip


def asked(new: int, old: int) -> Asked:
    """Of the 20 changed questions so many got the new answer and so many the old one."""
    told: list[Outcome] = ["new"] * new + ["old"] * old
    outcomes: dict[str, Outcome] = {
        key: (told[place] if place < len(told) else "neither") for place, key in enumerate(KINDS)
    }

    def shares(of_new: int, of_old: int, total: int, olds: int) -> Shares:
        return Shares(
            new=wilson(of_new, total, 0.95),
            old=wilson(of_old, olds, 0.95),
            neither=wilson(total - of_new - of_old, total, 0.95),
        )

    return Asked(
        changed=shares(new, old, 20, 20), withdrawn=shares(2, 1, 4, 4), added=shares(3, 0, 5, 0), failed=0,
        outcomes=outcomes,
    )  # fmt: skip


def repeated(trials: tuple[Trial, ...], times: int = 3) -> list[Trial]:
    """Every question asked again; now and then an answer scores otherwise."""
    found = list(trials)
    for repeat in range(1, times):
        for trial in trials:
            chance = random.Random(f"{trial.key}/{repeat}")
            scores = dict(trial.scores)
            if chance.random() < 0.1:
                scores |= {
                    name: Score(value=chance.choice((0.0, 1.0)), status="scored")
                    for name, score in trial.scores.items()
                    if score.status == "scored"
                }
            found.append(trial.model_copy(update={"repeat": repeat, "scores": scores}))
    return found


def whole_run(runs: Path, size: int = 60) -> RunFolder:
    """A run with everything beside it."""
    run = sample.write_run(runs, size=size)
    config = run.manifest.config
    evaluation = config["evaluation"]
    assert isinstance(evaluation, dict)
    manifest = run.manifest.model_copy(update={"config": config | {"evaluation": {**evaluation, "repeat": 3}}})
    (run.path / "manifest.json").write_text(manifest.model_dump_json(), encoding="utf-8")
    lines = "".join(each.model_dump_json() + "\n" for each in repeated(run.trials()))
    (run.path / "journal.jsonl").write_text(lines, encoding="utf-8")
    (run.path / "load.json").write_text(load_result().model_dump_json(), encoding="utf-8")
    (run.path / "staleness.json").write_text(staleness().model_dump_json(), encoding="utf-8")
    return RunFolder.open(run.path)
