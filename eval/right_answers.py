"""How pipelines differ in right answers, and in the worst case, where some may be right and are not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields

from eval.assessed import Assessed
from eval.borne_out import is_nearer
from eval.paired import Gain, Paired
from eval.pairing import compare_pairs, within_scale
from eval.statistics import Confidence

Pair = tuple[str, str]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Rights:
    """Of one pipeline, by question id.

    Attributes:
        sure: the share of its answers that count as right.
        perhaps: of those that do, or may be right and are not counted.
        lacking: what its score may lack, 0 to 1, of answers that are not counted, or not whole; questions of which it
            lacks nothing may be left out.
        surely: the share that is surely right beside a reference of several words (`eval.borne_out`); questions of
            which nothing else is known than `sure` may be left out, as in what follows.
        in_any_words: of those that are in `perhaps`, or may be right in other words.
        likeness: how like such a reference right answers are worded, 0 to 1.
    """

    sure: Values
    perhaps: Values
    lacking: Values = field(default_factory=dict)
    surely: Values = field(default_factory=dict)
    in_any_words: Values = field(default_factory=dict)
    likeness: Values = field(default_factory=dict)

    @property
    def least(self) -> Values:
        """The share that is surely right, of every question."""
        return {**self.sure, **self.surely}

    @property
    def least_and_uncounted(self) -> Values:
        """The share that is surely right, or may be and is not counted, of every question."""
        uncounted = {key: share - self.sure[key] for key, share in self.perhaps.items()}
        return {key: share + uncounted.get(key, 0.0) for key, share in self.least.items()}

    @property
    def most(self) -> Values:
        """The share that may be right in whatever words, of every question."""
        return {**self.sure, **self.perhaps, **self.in_any_words}

    def of(self, questions: Set[str]) -> Rights:
        """Of these questions alone."""
        parts = (self.sure, self.perhaps, self.lacking, self.surely, self.in_any_words, self.likeness)
        return Rights(*({key: each[key] for key in each.keys() & questions} for each in parts))


@dataclass(frozen=True)
class _Bounds:
    """What each pipeline has by the answers that count, and at most, by question id."""

    sure: Mapping[str, Values]
    most: Mapping[str, Values]


def rights(assessed: Iterable[Assessed]) -> Rights:
    """Of a pipeline's answers, of which some may be right and not count."""
    found: dict[str, dict[str, list[float]]] = {each.name: {} for each in fields(Rights)}
    for each in assessed:
        of = each.beside_several
        known = {
            "sure": each.right,
            "perhaps": each.right or each.lacks.uncounted,
            "lacking": each.lacks.share if each.scored else None,
            "surely": of.surely,
            "in_any_words": each.right or each.lacks.uncounted or of.reworded,
            "likeness": of.likeness,
        }
        for what, value in known.items():
            if value is not None:
                found[what].setdefault(each.question.id, []).append(value)
    means = {what: {key: sum(each) / len(each) for key, each in by_id.items()} for what, by_id in found.items()}
    return Rights(**means)


def compare_answers(
    scores: Mapping[str, Values],
    known: Mapping[str, Rights],
    pairs: Sequence[Pair],
    clusters: Mapping[str, str],
    confidence: Confidence,
) -> dict[Pair, Paired]:
    """Every pair's difference in a score of answers, in how many are right, and in the worst cases; how many questions
    show, or would show, all of these.

    Args:
        scores: by pipeline and question id, 0 to 1.
        known: of the same questions.
    """
    right = _Bounds(
        {name: each.sure for name, each in known.items()}, {name: each.perhaps for name, each in known.items()}
    )
    score = _Bounds(scores, {name: _at_most(each, known[name].lacking) for name, each in scores.items()})
    in_score = compare_pairs(scores, pairs, clusters, confidence)
    in_right = compare_pairs(right.sure, pairs, clusters, confidence)
    directed = _directed(in_right, in_score)
    worst = _worst_cases(score, _directed(in_score, in_right), clusters, confidence)
    worst_right = _worst_cases(right, directed, clusters, confidence)
    nearer = {pair: is_nearer(known[a].likeness, known[b].likeness) for pair, (a, b) in directed.items()}
    borne_out = _borne_out(known, directed, nearer, clusters, confidence)
    return {
        pair: paired.model_copy(
            update={
                "right": _gain(in_right[pair]),
                "worst": _gain(worst.get(pair)),
                "worst_right": _gain(worst_right.get(pair)),
                "borne_out": _gain(borne_out.get(pair)),
                "reworded": pair in borne_out and nearer[pair],
                "smallest": _smallest(
                    (paired, worst.get(pair)),
                    (in_right[pair], worst_right.get(pair)),
                    (in_right[pair], borne_out.get(pair)),
                ),
                "more": _more(paired, in_right[pair], worst.get(pair), worst_right.get(pair), borne_out.get(pair)),
            }
        )
        for pair, paired in in_score.items()
    }


def _at_most(scores: Values, lacking: Values) -> Values:
    return {key: score + lacking.get(key, 0.0) for key, score in scores.items()}


def _directed(found: Mapping[Pair, Paired], others: Mapping[Pair, Paired]) -> dict[Pair, Pair]:
    """Each pair with the one ahead first; of two that are level, the one that the other comparison has ahead."""
    means = {pair: paired.estimate.mean or others[pair].estimate.mean or 0.0 for pair, paired in found.items()}
    return {pair: pair if mean >= 0 else pair[::-1] for pair, mean in means.items()}


def _worst_cases(
    bounds: _Bounds, directed: Mapping[Pair, Pair], clusters: Mapping[str, str], confidence: Confidence
) -> dict[Pair, Paired]:
    """Of the one ahead, as counted, less the other, at most; nothing where all of the other's count. All pairs are
    corrected together.
    """
    whole = {name: each == bounds.most[name] for name, each in bounds.sure.items()}
    if all(whole.values()):
        return {}
    values = {f"{name} sure": each for name, each in bounds.sure.items()}
    values |= {f"{name} at most": each for name, each in bounds.most.items()}
    asked = {pair: (f"{ahead} sure", f"{behind} at most") for pair, (ahead, behind) in directed.items()}
    found = compare_pairs(values, list(asked.values()), clusters, confidence)
    return {pair: found[asked[pair]] for pair, (_, behind) in directed.items() if not whole[behind]}


def _borne_out(
    known: Mapping[str, Rights],
    directed: Mapping[Pair, Pair],
    nearer: Mapping[Pair, bool],
    clusters: Mapping[str, str],
    confidence: Confidence,
) -> dict[Pair, Paired]:
    """Of the one with more right answers, those that are surely right, less the other's and what of these may be right
    and is not counted; less all of the other's that may be right in any words, where it words them less like the
    references. Nothing where that is no more than the worst case has.
    """
    values = {f"{name} surely": each.least for name, each in known.items()}
    values |= {f"{name} at most": each.least_and_uncounted for name, each in known.items()}
    values |= {f"{name} in any words": each.most for name, each in known.items()}
    asked = {
        pair: (f"{ahead} surely", f"{behind} {'in any words' if nearer[pair] else 'at most'}")
        for pair, (ahead, behind) in directed.items()
    }
    told = {
        pair: asked[pair]
        for pair, (ahead, behind) in directed.items()
        if known[ahead].least != known[ahead].sure or (nearer[pair] and known[behind].most != known[behind].perhaps)
    }
    found = compare_pairs(values, list(told.values()), clusters, confidence)
    return {pair: found[names] for pair, names in told.items()}


def _gain(paired: Paired | None) -> Gain | None:
    return None if paired is None else Gain(estimate=paired.estimate, adjusted=paired.adjusted)


def _smallest(*found: tuple[Paired, Paired | None]) -> float | None:
    """The smallest difference that is shown in the score as in right answers, each as counted and in the worst case,
    which takes as much of it as it takes of the one that is seen.
    """
    sizes = []
    for counted, worst in found:
        sizes.append(counted.smallest)
        if worst is not None:
            taken = abs(counted.estimate.mean or 0.0) - (worst.estimate.mean or 0.0)
            sizes.append(within_scale(None if worst.smallest is None else worst.smallest + taken, 1.0))
    known = [size for size in sizes if size is not None]
    return max(known) if len(known) == len(sizes) else None


def _more(score: Paired, right: Paired, *worst: Paired | None) -> int | None:
    """How many more questions would show all; None too where none would: the one with the higher score has fewer right,
    or would not be ahead in the worst case.
    """
    apart = (score.estimate.mean or 0.0) * (right.estimate.mean or 0.0) < 0
    cases = [each for each in worst if each]
    needed = [each.more for each in (score, right, *cases)]
    known = [more for more in needed if more is not None]
    never = apart or any((each.estimate.mean or 0.0) <= 0 for each in cases)
    return None if never or len(known) < len(needed) else max(known)
