"""The parts of the page that explain: what the numbers mean, and what was run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml
from pydantic import JsonValue

from eval import numbers
from eval.identity import flatten
from eval.labels.standing import Standing, beside_people
from eval.manifest import Contestant, Manifest
from eval.metrics.registry import METRICS, Family
from eval.prices import NO_PRICE, Prices

HIGHER, LOWER = "higher", "lower"
DOCUMENTS_ONLY = "documents"  # what a fine-tuned pipeline's fingerprint says where the corpus had no examples

_BLIND: dict[str, str] = {
    "correctness": "whether the rest of the answer is true; a right answer in other words counts as wrong, a reference "
    "of a sentence that is repeated with another name, swapped roles or an opposite as right",
    "token_recall": "the same, a wrong number, a negation; and a passage copied out holds every answer that is in it",
    "token_f1": "whether the rest of the answer is true; a full sentence counts as worse than a bare word",
    "rouge_l": "the same; it also minds the order of words",
    "contains": "anything about an answer that says the same in other words",
    "exact_match": "anything about an answer in a sentence",
    "semantic_similarity": "a wrong number or name from the right one: they lie close together",
    "support_gold": "a true answer in quite other words, or one that the passage bears out and its gold sentence not; "
    "some swapped roles and opposites",
    "support_shown": "whether it answers: a passage copied out is faithful; a pipeline without passages has none",
    "k_precision_gold": "a negation, a changed number or swapped names",
    "k_precision_shown": "the same; and a passage copied out is faithful, whether it answers or not",
    "recall_at_1": "whether the model used what it was shown",
    "recall_at_4": "whether the model used what it was shown",
    "recall_shown": "whether the model used what it was shown; more passages find more",
    "reciprocal_rank": "whether a second piece of evidence was found too",
}
_FAMILY_NOTE: dict[Family, str] = {
    "correctness": "a refusal and a failure count 0",
    "faithfulness": "refusals and failures say nothing unfaithful, and are left out",
    "retrieval": "only for pipelines that retrieve, on questions with evidence",
}


@dataclass(frozen=True)
class Measure:
    """One line of "What the numbers mean"."""

    title: str
    about: str
    better: str
    blind: str


@dataclass(frozen=True)
class Part:
    """A titled list of terms and what they are."""

    title: str
    entries: Sequence[tuple[str, str]]


def measures(metrics: Iterable[str], confidence: float, judge: Sequence[Standing] = ()) -> list[Measure]:
    """A line for each of these metrics, and for what is no metric: refusals, time, cost, intervals.

    Args:
        judge: what the run's judge was worth beside people.
    """
    found = []
    for name in metrics:
        metric = METRICS[name]
        blind = _judged(name, judge) if metric.judged else _BLIND.get(name, "")
        found.append(Measure(metric.title, f"{metric.about}; {_FAMILY_NOTE[metric.family]}", HIGHER, blind))
    return [
        *found,
        Measure(
            "Answered",
            "share of all questions that it answered at all",
            "neither",
            "whether a refusal was wise",
        ),
        Measure(
            "Made up",
            "share of the questions without an answer in the documents that it answered; the others it rightly "
            "declined, and failures are left out",
            LOWER,
            "whether it knew that it did not know: a pipeline that always declines makes nothing up; read it beside "
            "correctness",
        ),
        Measure(
            "Wrongly declined",
            "share of the questions with an answer that a pipeline declined",
            LOWER,
            "whether an answer would have been right",
        ),
        Measure(
            "First token (ttft), answer (e2el)",
            "seconds from the question to the first piece of the answer, and to its end, with the run's number of "
            "questions at once; cached answers and failures are left out",
            LOWER,
            "how long it takes on another machine or under another load",
        ),
        Measure(
            "Cost per query",
            "of answering: tokens at their price, or the machine's seconds at its price; training and indexing apart",
            LOWER,
            "what an idle machine costs, opening models, and people's time; a price that is not known stays unknown",
        ),
        Measure(
            f"{numbers.level(confidence)} interval",
            "where the mean would lie if other questions of the same kind had been drawn (bootstrap)",
            "narrower",
            f"anything about questions of another kind; one in {round(1 / (1 - confidence))} misses",
        ),
    ]


def _judged(name: str, judge: Sequence[Standing]) -> str:
    """What a judged metric may be blind to: what came of it beside people, where that was looked at."""
    known = beside_people(name, judge)
    if known is None:
        return "how good the judge is: nobody has compared it with people on this metric"
    return f"what this judge takes for right or wrong by mistake. {known}"


def what_was_run(manifest: Manifest) -> list[Part]:
    """The manifest, for people."""
    options, machine = manifest.evaluation, manifest.machine
    memory = "memory unknown" if machine.memory_gib is None else f"{machine.memory_gib:g} GiB"
    run = [
        ("Run", manifest.run_id),
        ("Started", moment(manifest.started)),
        ("Finished", moment(manifest.finished) if manifest.finished else "not yet: some trials or scores are missing"),
        ("Resumed", _times(manifest.resumed)),
        ("Corpus", f"{manifest.corpus_name}, SHA-256 {manifest.corpus_hash}"),
        ("Questions", f"{numbers.count(manifest.questions)} of the split “{options.split}”"),
        ("Asked", f"{options.concurrency} at once, in an order shuffled with seed {options.seed}, "
                  f"after {options.warmup} uncounted requests at each turn of a pipeline"),
        ("Intervals", f"{numbers.level(options.confidence)}, {numbers.count(options.resamples)} resamples, "
                      f"seed {options.seed}"),
        ("Judge", "none; every metric is computed without a model" if options.judge is None else options.judge.model),
    ]  # fmt: skip
    return [
        Part("Run", run),
        Part("Fair comparison", _fairness(manifest)),
        Part("Prices", _prices(manifest.prices)),
        Part("Engine", _flat(manifest.engine)),
        *(Part(f"Pipeline {name}", _contestant(each, manifest)) for name, each in manifest.pipelines.items()),
        Part(
            "Machine",
            [
                ("Processor", f"{machine.cpu}, {machine.cores} cores, {memory}"),
                ("GPU", ", ".join(machine.gpus) or "none"),
                ("System", machine.system),
                ("Python", machine.python),
            ],
        ),
        Part("Versions", sorted(manifest.versions.items())),
    ]


def configuration(manifest: Manifest) -> str:
    """The whole configuration as YAML."""
    return yaml.safe_dump(manifest.config, sort_keys=False, allow_unicode=True)


def moment(stamp: str) -> str:
    """An ISO 8601 time in UTC as people write it."""
    return stamp.replace("T", " ").replace("+00:00", " UTC")


def trained_on_documents(contestant: Contestant) -> bool:
    return contestant.fingerprint.get("trained_on") == DOCUMENTS_ONLY


def _times(count: int) -> str:
    return "never" if count == 0 else "once" if count == 1 else f"{count} times"


def _fairness(manifest: Manifest) -> list[tuple[str, str]]:
    """What was checked, and what the guard against leaked answers saw."""
    words = {True: "holds", False: "does not hold", None: "cannot be told"}
    found: list[tuple[str, str]] = [
        (check.subject, f"{words[check.holds]}: {check.found}") for check in manifest.fairness
    ]
    leakage = manifest.leakage
    if leakage is None:
        return [*found, ("leakage", "not recorded: the run is one of an earlier version")]
    for what, pairs in (("questions in examples", leakage.examples), ("dev questions in test", leakage.splits)):
        nearest = "" if pairs.nearest is None else f", the nearest at {pairs.nearest:.0f} %"
        counted = (
            f"{numbers.count(pairs.compared)} pairs compared, {pairs.exact} the same, {pairs.near} near and not refused"
        )
        found.append((what, f"{counted}{nearest}"))
    for what, ids in (("questions in documents", leakage.in_documents), ("answers in questions", leakage.in_question)):
        found.append((what, numbers.count(len(ids))))
    told = f"{leakage.telling_examples}, none of them shown as a shot"
    return [*found, ("examples that tell an answer to what was asked", told)]


def _prices(prices: Prices) -> list[tuple[str, str]]:
    if not prices.listed:
        return [("Price", NO_PRICE)]
    kind = "an assumption" if prices.assumption else "as charged"
    dated = "" if prices.date is None else f", {prices.date.isoformat()}"
    return [*prices.listed, ("Source", f"{prices.source or 'not given'}{dated} ({kind})")]


def _contestant(contestant: Contestant, manifest: Manifest) -> list[tuple[str, str]]:
    made = contestant.preparation
    fingerprint = dict(contestant.fingerprint)
    if fingerprint.get("engine") == manifest.engine:
        fingerprint["engine"] = "the run's own"
    entries = [("kind", contestant.kind), *_flat(fingerprint)]
    if made.training_seconds:
        entries.append(("training took", numbers.seconds(made.training_seconds)))
    if made.indexing_seconds:
        entries.append(("indexing took", numbers.seconds(made.indexing_seconds)))
    if trained_on_documents(contestant):
        entries.append(("trained on", "the documents themselves; the corpus has no examples"))
    return list(dict(entries).items())


def _flat(values: dict[str, JsonValue]) -> list[tuple[str, str]]:
    return [(name, "not set" if value is None else _written(value)) for name, value in flatten(values).items()]


def _written(value: JsonValue) -> str:
    """A prompt, which is a list of texts or of roles with their texts, as a text; all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        rows = [each if isinstance(each, list) else [each] for each in value]
        if rows and all(isinstance(cell, str) for row in rows for cell in row):
            return "\n\n".join(": ".join(map(str, row)) for row in rows)
    return json.dumps(value, ensure_ascii=False)
