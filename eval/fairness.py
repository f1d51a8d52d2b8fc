"""Was the comparison fair? Each answer to that is checked: on the pipelines as they were opened, and on the trials as
they were asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations

from pydantic import JsonValue

from corpora.errors import RunError
from corpora.model import Question
from eval.conditions import FairnessCheck, Subject, Warmup
from eval.manifest import Contestant, Manifest
from eval.trial import Trial
from eval.turns import question_turns, within_turns

CLOCK = timedelta(milliseconds=2)
"""How far `asked_at`, which counts milliseconds, and the clock of answers may be apart."""

ORDERS = 10_000
"""In so many orders questions must have been able to come for one to be told: of fewer, chance may bring any."""

SAME_ORDER = 0.9
"""Rank correlation from which on two orders are one; ten shuffled questions reach it once in some thousand runs."""


def check_pipelines(manifest: Manifest) -> tuple[FairnessCheck, ...]:
    """Whether all pipelines have one base model, one decoding and one system tone, by their fingerprints."""
    model = {key: value for key, value in manifest.engine.items() if key != "decoding"}
    system = manifest.config.get("system")
    pipelines = manifest.pipelines.items()
    return (
        _same("base model", "engine and weights", {n: _base(each) for n, each in pipelines}, model),
        _same(
            "decoding",
            "decoding",
            {n: _engine(each).get("decoding") for n, each in pipelines},
            manifest.engine.get("decoding"),
        ),
        _same(
            "system",
            "system tone",
            {n: _opened_by(each, system) for n, each in pipelines},
            system if isinstance(system, str) and system else None,
        ),
    )


def require_fair(manifest: Manifest) -> None:
    """Raises RunError where a pipeline answers with another model, decoding or tone than the run's."""
    broken = [check for check in check_pipelines(manifest) if check.holds is False]
    if broken:
        raise RunError(
            f"The comparison would not be fair: {'; '.join(check.found for check in broken)}.",
            "Give all pipelines the run's engine, decoding and system tone, or compare them in runs of their own.",
        )


def check_asking(
    manifest: Manifest, questions: Sequence[Question], trials: Sequence[Trial]
) -> tuple[FairnessCheck, ...]:
    """Whether questions came to each pipeline in an order of its own, as many at once, after as many warm-ups."""
    by_name = {
        name: sorted(
            (each for each in trials if each.pipeline == name and not each.cached), key=lambda each: each.asked_at
        )
        for name in manifest.pipelines
    }
    return (
        _order(by_name, questions, question_turns(questions, manifest.turns, manifest.evaluation.seed)),
        _concurrency(by_name, manifest.evaluation.concurrency),
        _warmups(by_name, manifest.warmups, manifest.evaluation.warmup),
    )


def _engine(contestant: Contestant) -> dict[str, JsonValue]:
    engine = contestant.fingerprint.get("engine")
    return engine if isinstance(engine, dict) else {}


def _base(contestant: Contestant) -> dict[str, JsonValue] | None:
    return {key: value for key, value in _engine(contestant).items() if key != "decoding"} or None


def _opened_by(contestant: Contestant, system: JsonValue) -> JsonValue:
    """The system tone where a text of the fingerprint begins with it; else the first text that stands for a prompt."""
    prompts = [contestant.fingerprint.get(key) for key in ("system", "prompt", "prefix")]
    texts = [text for prompt in prompts if prompt is not None for text in _texts(prompt)]
    if isinstance(system, str) and any(text.startswith(system) for text in texts):
        return system
    return texts[0] if texts else None


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _same(subject: Subject, what: str, found: Mapping[str, JsonValue], wanted: JsonValue) -> FairnessCheck:
    others = [name for name, value in found.items() if value is not None and value != wanted]
    unknown = [name for name, value in found.items() if value is None]
    if wanted is None or (unknown and not others):
        named = "the run" if wanted is None else ", ".join(unknown)
        said = f"the run's manifest does not record the {what} of {named}"
        return FairnessCheck(subject=subject, holds=None, found=said)
    if others:
        do = "does" if len(others) == 1 else "do"
        return FairnessCheck(subject=subject, holds=False, found=f"{', '.join(others)} {do} not have the run's {what}")
    return FairnessCheck(subject=subject, holds=True, found=f"all {len(found)} pipelines have the run's {what}")


def _order(
    by_name: Mapping[str, Sequence[Trial]], questions: Sequence[Question], turns: Mapping[str, int]
) -> FairnessCheck:
    """Rank correlation within turns tells: in the corpus' order, or in that of another pipeline, it would be near 1."""
    when = {name: within_turns(_moments(trials), turns) for name, trials in by_name.items()}
    told = [name for name, ranks in when.items() if _orders(ranks, turns) >= ORDERS and not _at_once(ranks, turns)]
    if not told:
        return FairnessCheck(subject="order", holds=None, found="too few questions were asked in one turn to tell")
    place = within_turns({question.id: float(number) for number, question in enumerate(questions)}, turns)
    unshuffled = [name for name in told if _alike(when[name], place, turns)]
    if unshuffled:
        were = "was" if len(unshuffled) == 1 else "were"
        found = f"{', '.join(unshuffled)} {were} asked in the corpus' order"
        return FairnessCheck(subject="order", holds=False, found=found)
    pairs = [f"{a} and {b}" for a, b in combinations(told, 2) if _alike(when[a], when[b], turns)]
    if pairs:
        found = f"{', '.join(pairs)} were asked in one order"
        return FairnessCheck(subject="order", holds=False, found=found)
    found = f"questions came in an order of its own to {', '.join(told)}"
    return FairnessCheck(subject="order", holds=True, found=found)


def _moments(trials: Sequence[Trial]) -> dict[str, float]:
    """When each question was first asked, in seconds."""
    found: dict[str, float] = {}
    for trial in trials:
        found.setdefault(trial.question_id, datetime.fromisoformat(trial.asked_at).timestamp())
    return found


def _at_once(ranks: Mapping[str, float], turns: Mapping[str, int]) -> bool:
    """Whether all of each turn came at one moment."""
    return len({(turns[each], rank) for each, rank in ranks.items()}) == len({turns[each] for each in ranks})


def _orders(asked: Collection[str], turns: Mapping[str, int]) -> float:
    """In how many orders these questions can come, each in its turn."""
    sizes = Counter(turns[each] for each in asked).values()
    logarithm = sum(math.lgamma(size + 1) for size in sizes)
    return math.exp(min(logarithm, 700.0))


def _alike(a: Mapping[str, float], b: Mapping[str, float], turns: Mapping[str, int]) -> bool:
    from scipy.stats import spearmanr

    both = sorted(a.keys() & b.keys())
    if _orders(both, turns) < ORDERS or len({a[each] for each in both}) < 2 or len({b[each] for each in both}) < 2:
        return False
    return float(spearmanr([a[each] for each in both], [b[each] for each in both]).statistic) > SAME_ORDER


def _concurrency(by_name: Mapping[str, Sequence[Trial]], wanted: int) -> FairnessCheck:
    most = {name: _most_at_once(trials) for name, trials in by_name.items() if trials}
    if not most:
        return FairnessCheck(subject="concurrency", holds=None, found="no question was asked in this run")
    short = [
        name for name, seen in most.items() if seen != min(wanted, len(by_name[name])) and _all_answered(by_name[name])
    ]
    seen = ", ".join(f"{name} {count}" for name, count in most.items())
    over = any(count > wanted for count in most.values())
    return FairnessCheck(
        subject="concurrency",
        holds=False if over else None if short else True,
        found=f"most questions at once: {seen}; {wanted} were allowed",
    )


def _all_answered(trials: Sequence[Trial]) -> bool:
    """Failures do not tell how long they took, so that fewer questions at once are seen where there are some."""
    return all(trial.answer is not None for trial in trials)


def _most_at_once(trials: Sequence[Trial]) -> int:
    """What took less than the clock can tell was beside what was under way; two such may be one after the other."""
    changes: list[tuple[datetime, int]] = []
    for trial in trials:
        if trial.answer is not None:
            start = datetime.fromisoformat(trial.asked_at)
            end = start + timedelta(seconds=trial.answer.timing.e2el) - CLOCK
            changes += [(start, 1), (end, -1)] if end > start else [(start, 0)]
    running = most = 0
    for _, change in sorted(changes, key=lambda each: (each[0], -each[1])):
        running += change
        most = max(most, running if change else running + 1)
    return most


def _warmups(by_name: Mapping[str, Sequence[Trial]], warmups: Mapping[str, Warmup], wanted: int) -> FairnessCheck:
    asked = [name for name, trials in by_name.items() if trials]
    if not asked or not warmups:
        return FairnessCheck(subject="warm-up", holds=None, found="no warm-up was noted")
    cold = [name for name in asked if name not in warmups or warmups[name].asked - warmups[name].failed < wanted]
    done = ", ".join(f"{name} {warmups[name].asked}" for name in asked if name in warmups)
    failed = sum(each.failed for each in warmups.values())
    found = f"requests before the counted ones: {done}" + (f"; {failed} of them failed" if failed else "")
    return FairnessCheck(subject="warm-up", holds=not cold, found=found)
