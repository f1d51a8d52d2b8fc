"""Of what the rules of the recommendation leave, the pipeline to take (R9), and what is said with it."""

from __future__ import annotations

from eval import numbers
from eval.contest import listed
from eval.freshness_reasons import unknown_freshness
from eval.grounds import Reason, Recommendation
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.objections import (
    as_correct_ones,
    cheaper_ones,
    doubted_ones,
    more_correct_ones,
    more_faithful_ones,
    of_language,
    outdoing,
)
from eval.rules import Chooser

LEAST = 0.005
"""A correctness below it is written as 0.00."""

TOLD = 2
"""How many of the reasons for a choice are told with it, the last ones: those before took out what was no rival."""


def conclude(chooser: Chooser) -> Recommendation:
    """The pipeline to take of those that the rules left, of which there is one at least."""
    if len(chooser.left) == 1:
        return _take(chooser, *chooser.left)
    # of few questions R1 asks for no right answer; what it leaves of more without any may have them in other words
    right = [each for each in chooser.left if chooser.by_name[each].cost.right or chooser.grounds.nothing_right(each)]
    simplest, *others = sorted(
        right or chooser.left, key=lambda name: (_effort(chooser, name), *_weakness(chooser, name))
    )
    why = f"{simplest} takes the least to set up"
    if not others:
        why = f"{simplest} alone has an answer that counts as right"
    elif _effort(chooser, simplest) == _effort(chooser, others[0]):
        why = f"none takes less to set up than {simplest}{_stronger(chooser, simplest, others[0])}"
    if others and len(right) not in (0, len(chooser.left)):
        why = f"of those with an answer that counts as right, {why}"
    sentence = f"It cannot be told which of {listed(chooser.left)} suits these needs best; {why}."
    seen = {
        f"{name}.preparation.{what}": getattr(chooser.by_name[name].preparation, what)
        for name in chooser.left
        for what in ("training_examples", "training_seconds", "indexing_seconds")
    }
    as_correct = as_correct_ones(simplest, chooser.never_right, chooser.grounds)
    out = [each for each in chooser.reasons if each.rule == "R1"] if as_correct else []
    told = [
        *as_correct,
        *_doubted(chooser, simplest),
        *more_correct_ones(simplest, chooser.ruled_out, chooser.grounds),
    ]
    reasons = (*chooser.reasons, Reason(rule="R9", sentence=sentence, numbers=seen), *told)
    sentence = " ".join([sentence, *(each.sentence for each in (*out, *told))])
    return Recommendation(pipeline=simplest, clear=False, sentence=sentence, reasons=reasons)


def _take(chooser: Chooser, name: str) -> Recommendation:
    doubts = [*chooser.silent, *chooser.doubts.get(name, [])]
    aside = [chooser.tied, *(each for other, found in chooser.doubts.items() if other != name for each in found)]
    last = [each for each in chooser.reasons[-TOLD:] if each not in aside]
    shown = [*last, *(each for each in doubts if each not in last)]
    why = " ".join(each.sentence for each in shown) or "There is no other."
    outdone = [
        *as_correct_ones(name, chooser.never_right, chooser.grounds),
        *_doubted(chooser, name),
        *outdoing(name, chooser.less_correct, chooser.needs, chooser.grounds),
    ]
    told = [
        *outdone,
        *more_faithful_ones(name, _surely_behind(chooser, name), chooser.grounds),
        *cheaper_ones(name, [*chooser.less_correct, *chooser.outdone], chooser.needs, chooser.grounds),
        *more_correct_ones(name, chooser.ruled_out, chooser.grounds),
    ]
    clear = chooser.tied is None and not doubts and not outdone and chooser.comparable and len(chooser.by_name) > 1
    sentences = [why, *(each.sentence for each in told)]
    sentence = f"Take {name}{'' if clear else f' for now{_open_question(chooser, name)}'}. {' '.join(sentences)}"
    return Recommendation(pipeline=name, clear=clear, sentence=sentence, reasons=(*chooser.reasons, *told))


def _open_question(chooser: Chooser, name: str) -> str:
    """That another may be more correct, and by how much at most, were all of its answers right that may be; nothing
    where R5 settled it.
    """
    if chooser.tied is None:
        return ""
    contest = chooser.grounds.correctness(chooser.level)
    pairs = {other: contest.compare(other, name) for other in chooser.level if other != name}
    highs = {other: (paired.of_all or paired.estimate).high or 0.0 for other, paired in pairs.items() if paired}
    most = [(min(1.0, high + contest.lacking.get(other, 0.0)), other) for other, high in highs.items()]
    gain, ahead = max(most, default=(0.0, name))
    return "; which is the most correct is open" + (
        f": {ahead} may be so by up to {numbers.score(gain)}" if gain >= LEAST else ""
    )


def _doubted(chooser: Chooser, name: str) -> list[Reason]:
    """What shared words do not see, and what was not measured."""
    told = {*chooser.ruled_out, *chooser.never_right}  # of the latter `as_correct_ones` tells
    rivals = len(chooser.by_name) - len(chooser.ruled_out)
    others = [each for each in chooser.by_name if each not in told]
    behind = _surely_behind(chooser, name)
    return [
        *doubted_ones(name, others, chooser.grounds),
        *(of_language("R5", chooser.grounds) if rivals > 1 else []),
        *more_faithful_ones(name, [each for each in others if each not in behind], chooser.grounds),
        *unknown_freshness(name, chooser.needs, chooser.grounds),
    ]


def _surely_behind(chooser: Chooser, name: str) -> list[str]:
    """What R5 took out for less right answers whatever may count otherwise: that it is better borne out is no doubt.
    None where most of what is to be taken is not borne out at all.
    """
    faithfulness = chooser.by_name[name].metrics.get(FAITHFULNESS)
    if faithfulness is None or not METRICS[FAITHFULNESS].says_yes(faithfulness.mean.mean):
        return []
    contest = chooser.grounds.correctness([name, *chooser.less_correct])
    return [other for other in chooser.less_correct if contest.better(name, other)]


def _effort(chooser: Chooser, name: str) -> tuple[float, float]:
    """Examples that people write for it, then seconds of the machine; what is not known comes last."""
    made = chooser.by_name[name].preparation
    written = float("inf") if made.training_examples is None else float(made.training_examples)
    if made.training_seconds is None or made.indexing_seconds is None:
        return written, float("inf")
    return written, made.training_seconds + made.indexing_seconds


def _weakness(chooser: Chooser, name: str) -> tuple[float, int, float]:
    """How seldom right, how often it failed, and how far from right by the mean."""
    known = chooser.by_name[name]
    metric = known.metrics.get(CORRECTNESS)
    mean = metric.mean.mean if metric else None
    return -(known.cost.right or 0.0), known.failed, -(mean or 0.0)


def _stronger(chooser: Chooser, name: str, next_one: str) -> str:
    """By what it is named before the next one, which takes as little to set up; nothing where they are level."""
    by = zip(_weakness(chooser, name), _weakness(chooser, next_one), strict=True)
    words = (
        " none gives more right answers",
        " and are as often right none fails less often",
        ", are as often right and fail as seldom none has a higher mean",
    )
    first = next((word for word, (own, other) in zip(words, by, strict=True) if own < other), None)
    return f", and of those that take as little{first}" if first else ""
