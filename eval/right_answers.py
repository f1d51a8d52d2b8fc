"""How pipelines differ in right answers, and in the worst case, where some may be right and are not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields

from eval.assessed import Assessed
from eval.borne_out import is_nearer
from eval.fragility import fragility
from eval.paired import Paired
from eval.pairing import compare_pairs
from eval.statistics import Confidence
from eval.worst_case import Bounds, Pair, Values, directed_pairs, gain, more_for_all, smallest_in_all, worst_cases


@dataclass(frozen=True)
class Rights:
    """Of one pipeline, by question id.

    Attributes:
        sure: the share of its answers that count as right.
        perhaps: of those that do, or may be right and are not counted.
        lacking: what its score may lack, 0 to 1, of answers that are not counted, or not whole; questions of which it
            lacks nothing may be left out.
        surely: the share that is surely right where another name is not seen (`eval.borne_out`); questions of
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
    sure = {name: each.sure for name, each in known.items()}
    right = Bounds(sure, sure, {name: each.perhaps for name, each in known.items()})
    score = Bounds(scores, scores, {name: _at_most(each, known[name].lacking) for name, each in scores.items()})
    in_score = compare_pairs(scores, pairs, clusters, confidence)
    in_right = compare_pairs(sure, pairs, clusters, confidence)
    directed = directed_pairs(in_right, in_score)
    worst = worst_cases(score, directed_pairs(in_score, in_right), clusters, confidence)
    worst_right = worst_cases(right, directed, clusters, confidence)
    nearer = {pair: is_nearer(known[a].likeness, known[b].likeness) for pair, (a, b) in directed.items()}
    borne_out = _borne_out(known, directed, nearer, clusters, confidence)
    found = {
        pair: paired.model_copy(
            update={
                "right": gain(in_right[pair]),
                "worst": gain(worst.get(pair)),
                "worst_right": gain(worst_right.get(pair)),
                "borne_out": gain(borne_out.get(pair)),
                "reworded": pair in borne_out and nearer[pair],
                "smallest": smallest_in_all(
                    (paired, worst.get(pair)),
                    (in_right[pair], worst_right.get(pair)),
                    (in_right[pair], borne_out.get(pair)),
                ),
                "more": _more(paired, in_right[pair], worst.get(pair), worst_right.get(pair), borne_out.get(pair)),
            }
        )
        for pair, paired in in_score.items()
    }
    clear = {pair: names for pair, names in directed.items() if _is_clear(found[pair], confidence.level)}
    corrected = len(pairs) - len(clear) + 1  # one that is about to be open is the last of them
    for pair, (ahead, behind) in clear.items():
        required = _required(score, right, known, (ahead, behind), nearer[pair])
        hangs_on = fragility(right.least[ahead], right.most[behind], required, clusters, confidence, corrected)
        found[pair] = found[pair].model_copy(update={"fragility": hangs_on})
    return found


def _is_clear(paired: Paired, level: float) -> bool:
    turned = paired if (paired.estimate.mean or 0.0) > 0 else paired.negated()
    return turned.differs(level) and turned.stays_ahead(level)


def _required(
    score: Bounds, right: Bounds, known: Mapping[str, Rights], pair: Pair, nearer: bool
) -> tuple[Values, Values, Values]:
    """In what the first one of a pair has to have more for being clearly ahead, by question."""
    ahead, behind = pair
    in_any_words = known[behind].most if nearer else known[behind].least_and_uncounted
    return (
        _less(score.least[ahead], score.most[behind]),
        _less(right.least[ahead], right.most[behind]),
        _less(known[ahead].least, in_any_words),
    )


def _less(ahead: Values, behind: Values) -> dict[str, float]:
    return {key: ahead[key] - behind[key] for key in sorted(ahead.keys() & behind.keys())}


def _at_most(scores: Values, lacking: Values) -> Values:
    return {key: score + lacking.get(key, 0.0) for key, score in scores.items()}


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


def _more(score: Paired, right: Paired, *worst: Paired | None) -> int | None:
    """How many more questions would show all; None too where none would: the one with the higher score has fewer right,
    or would not be ahead in the worst case.
    """
    apart = (score.estimate.mean or 0.0) * (right.estimate.mean or 0.0) < 0
    return None if apart else more_for_all((score, right), [each for each in worst if each])
