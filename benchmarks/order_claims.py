"""What published work found, asked of the answers that `published_order` collects: one line per claim and corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from corpora.leakage import words
from corpora.model import Question
from eval import numbers
from eval.differences import REVERSED
from eval.literature import Outcome
from eval.measures import values
from eval.metrics.registry import CORRECTNESS
from eval.paired import Paired
from eval.pairing import compare_pairs, question_clusters
from eval.statistics import Confidence, Estimate, cluster_sums, mean_interval
from eval.trial import Trial

CONFIDENCE = Confidence()
ByQuestion = Mapping[str, float]
Measure = Callable[[Sequence[Trial]], dict[str, float]]


@dataclass
class Found:
    """The answers of one corpus. `tuned` are the seeds' trials by the number of wordings, 0 for documents."""

    corpus: str
    questions: tuple[Question, ...]
    base: Sequence[Trial]
    retrieval: Sequence[Trial]
    tuned: dict[int, list[Sequence[Trial]]] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """The arm that speaks for fine-tuning: the one with most wordings, chosen before anything was measured."""
        return max(self.tuned)

    def told(self, keep: Callable[[Question], bool] = lambda question: True) -> set[str]:
        """Answerable questions on facts that training told."""
        return {each.id for each in self.questions if each.answerable and each.in_examples is not False and keep(each)}

    def scores(self, measure: Measure, ids: set[str]) -> dict[str | int, ByQuestion]:
        """By question; of a fine-tuned arm the mean over its seeds."""
        ways = {"base": measure(self.base), "retrieval": measure(self.retrieval)}
        tuned = {count: averaged([measure(each) for each in seeds]) for count, seeds in self.tuned.items()}
        return {way: {key: each[key] for key in each.keys() & ids} for way, each in (ways | tuned).items()}


class Line(NamedTuple):
    claim: str
    corpus: str
    outcome: Outcome
    found: str


def claims(found: Found) -> Iterator[Line]:
    """Those that the corpus has questions for."""
    clusters = clusters_of(found.questions)
    most = found.most
    told = found.scores(correctness, found.told())
    order = compare(told, [("retrieval", most), (most, "base")], clusters)
    yield _line("Retrieval above fine-tuning", found, {f"retrieval minus {_arm(most)}": order["retrieval", most]})
    yield _line("Fine-tuning above the bare model", found, {f"{_arm(most)} minus bare": order[most, "base"]})
    if len(found.tuned) > 1:
        few, *_, many = pairs = sorted(found.tuned)
        steps = list(zip(pairs[1:], pairs, strict=False))
        by_pair = compare(told, [(many, few), *steps], clusters)
        shown = {f"{a} minus {b}": by_pair[a, b] for a, b in [(many, few), *steps]}
        yield _line("More wordings of a fact, better answers", found, shown)
    if found.told(is_reversed):
        yield _reversed_line(found, clusters)
    hard = {each.id for each in found.questions if not each.answerable}
    if hard:
        made_up = compare(found.scores(answered, hard), [(most, "retrieval")], clusters)[most, "retrieval"]
        yield _line("Fine-tuning answers more of the unanswerable", found, {f"{_arm(most)} minus retrieval": made_up})


def _line(claim: str, found: Found, differences: Mapping[str, Paired]) -> Line:
    """The first difference decides; the others are shown."""
    first = next(iter(differences.values()))
    text = "; ".join(f"{name} {written(each.estimate)}" for name, each in differences.items())
    return Line(claim, found.corpus, outcome(first), f"{text}; n = {first.estimate.n}")


def _reversed_line(found: Found, clusters: Mapping[str, str]) -> Line:
    """Worse on reversed questions alone is no reversal failure if it is as much worse on the others: both must hold."""
    scores = found.scores(correctness, found.told())
    turned = compare(found.scores(correctness, found.told(is_reversed)), [("retrieval", found.most)], clusters)
    paired = turned["retrieval", found.most]
    behind = {key: scores["retrieval"][key] - each for key, each in scores[found.most].items()}
    more = apart(behind, found.told(is_reversed), found.told(is_forward), clusters)
    decided: Outcome = outcome(paired)
    if decided == "agrees" and not (more.low is not None and more.low > 0):
        decided = "disagrees" if more.high is not None and more.high < 0 else "cannot be told"
    text = (
        f"retrieval minus {_arm(found.most)} on reversed ones {written(paired.estimate)}; the same less that on other "
        f"questions on one fact {written(more)}; n = {paired.estimate.n} and {len(found.told(is_forward))}"
    )
    return Line("Reversed questions fail after fine-tuning, not with retrieval", found.corpus, decided, text)


def outcome(paired: Paired) -> Outcome:
    if not paired.differs(CONFIDENCE.level):
        return "cannot be told"
    return "agrees" if (paired.estimate.mean or 0.0) > 0 else "disagrees"


def compare(
    scores: Mapping[str | int, ByQuestion], pairs: Sequence[tuple[str | int, str | int]], clusters: Mapping[str, str]
) -> dict[tuple[str | int, str | int], Paired]:
    """Every pair's difference in the score as a bake-off judges that, corrected for all the pairs."""
    named = [(str(a), str(b)) for a, b in pairs]
    found = compare_pairs({str(way): each for way, each in scores.items()}, named, clusters, CONFIDENCE)
    return {pair: found[name] for pair, name in zip(pairs, named, strict=True)}


def apart(values: ByQuestion, first: set[str], second: set[str], clusters: Mapping[str, str]) -> Estimate:
    """The mean over the first questions less that over the second, with its bootstrap interval (BCa) by cluster."""
    from scipy.stats import bootstrap

    keys = sorted(values.keys() & (first | second))
    data, labels = np.array([values[key] for key in keys]), [clusters[key] for key in keys]
    masks = [np.array([key in group for key in keys], dtype=float) for group in (first, second)]
    sums = [cluster_sums(each, labels)[0] for mask in masks for each in (data * mask, mask)]

    def difference(a: Any, many_a: Any, b: Any, many_b: Any, axis: int = -1) -> Any:
        return a.sum(axis=axis) / many_a.sum(axis=axis) - b.sum(axis=axis) / many_b.sum(axis=axis)

    interval = bootstrap(
        tuple(sums),
        difference,
        paired=True,
        vectorized=True,
        n_resamples=CONFIDENCE.resamples,
        confidence_level=CONFIDENCE.level,
        rng=np.random.default_rng(CONFIDENCE.seed),
    ).confidence_interval
    mean = float(difference(*sums))
    return Estimate(mean=mean, low=float(interval.low), high=float(interval.high), n=len(keys))


def clusters_of(questions: Sequence[Question]) -> dict[str, str]:
    """By document, as a bake-off has them; questions without evidence by their answer, since several ask for one."""
    by_answer = {
        each.id: f"answer {words(each.reference)}"
        for each in questions
        if each.reference is not None and not each.reference_contexts
    }
    return question_clusters(questions) | by_answer


def averaged(seeds: Sequence[ByQuestion]) -> dict[str, float]:
    """The mean over the seeds, of each question that all of them have."""
    common = set.intersection(*(set(each) for each in seeds))
    return {key: sum(each[key] for each in seeds) / len(seeds) for key in common}


def correctness(trials: Sequence[Trial]) -> dict[str, float]:
    return values(trials, CORRECTNESS)


def answered(trials: Sequence[Trial]) -> dict[str, float]:
    return {each.question_id: float(each.answer is not None and not each.abstained) for each in trials}


def is_reversed(question: Question) -> bool:
    return REVERSED in question.tags


def is_forward(question: Question) -> bool:
    """Not reversed, and on one fact, as the reversed ones are."""
    return not is_reversed(question) and len(question.facts) == 1


def means(found: Found) -> Iterator[tuple[str, ...]]:
    """Rows of (corpus, questions, way, mean with interval, each seed's mean)."""
    groups: dict[str, tuple[set[str], Measure]] = {"told": (found.told(), correctness)}
    if found.told(is_reversed):
        groups["told, reversed"] = (found.told(is_reversed), correctness)
        groups["told, one fact, not reversed"] = (found.told(is_forward), correctness)
    hard = {each.id for each in found.questions if not each.answerable}
    if hard:
        groups["unanswerable: share answered"] = (hard, answered)
    clusters = clusters_of(found.questions)
    for name, (ids, measure) in groups.items():
        for way, scores in found.scores(measure, ids).items():
            labels = [clusters[key] for key in scores]
            estimate = mean_interval(list(scores.values()), CONFIDENCE, clusters=labels)
            seeds = found.tuned.get(way, []) if isinstance(way, int) else []
            each_seed = [numbers.score(_mean(measure(trials), ids)) for trials in seeds]
            yield found.corpus, f"{name} ({len(ids)})", _arm(way), written(estimate, False), ", ".join(each_seed)


def _mean(scores: ByQuestion, ids: set[str]) -> float:
    return float(np.mean([scores[key] for key in scores.keys() & ids]))


def _arm(way: str | int) -> str:
    if isinstance(way, str):
        return way
    return f"fine-tuned, {way} wording{'s' * (way > 1)}" if way else "fine-tuned on documents"


def written(estimate: Estimate, signed: bool = True) -> str:
    """+0.12 (+0.03 to +0.20)."""
    write = numbers.difference if signed else numbers.score
    return f"{write(estimate.mean)} ({numbers.interval(estimate.low, estimate.high, signed)})"
