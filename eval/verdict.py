"""Which pipeline wins, by how much, how sure; and no more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from corpora.model import Record
from eval import numbers
from eval.statistics import Estimate

FEWEST = 5
"""Fewer questions than this say nothing: even a pipeline that wins each of four does so by chance one time in eight."""


class Verdict(Record):
    """The outcome in one sentence. `leaders` are the pipelines among which the most correct one is, best mean first;
    one alone where it is `clear`, none where nothing can be compared.
    """

    headline: str
    leaders: tuple[str, ...]
    clear: bool


def decide(
    correctness: Mapping[str, Estimate],
    right_refusals: Mapping[str, Estimate],
    difference: Callable[[str, str], Estimate | None],
    nothing_answered: bool,
) -> Verdict:
    """The verdict on correctness.

    A pipeline is called better than another only where the interval of their paired difference leaves zero out.

    Args:
        correctness: the mean of each pipeline; empty where no question has a reference answer.
        right_refusals: the share of unanswerable questions that each refused.
        difference: of two pipelines by name, the first minus the second.
        nothing_answered: whether every trial failed.
    """
    if nothing_answered:
        return Verdict(headline="No pipeline answered: every question failed.", leaders=(), clear=False)
    if not correctness:
        return Verdict(headline=_only_unanswerable(right_refusals), leaders=(), clear=False)
    order = sorted(correctness, key=lambda name: -(correctness[name].mean or 0.0))
    best, others = order[0], order[1:]
    if not others:
        return Verdict(headline=_alone(best, correctness[best]), leaders=(best,), clear=False)
    questions = min(estimate.n for estimate in correctness.values())
    if questions < FEWEST:
        headline = f"{_questions(questions)} with a reference answer cannot tell {_list(order)} apart."
        return Verdict(headline=headline, leaders=tuple(order), clear=False)

    def better(a: str, b: str) -> bool:
        estimate = difference(a, b)
        return estimate is not None and estimate.low is not None and estimate.low > 0

    leaders = [best, *(name for name in others if not better(best, name))]
    rest = [name for name in others if name not in leaders]
    if len(leaders) == 1:
        headline = _clear(best, others[0], correctness, difference(best, others[0]))
        return Verdict(headline=headline, leaders=(best,), clear=True)
    shown = _list([f"{name} ({numbers.score(correctness[name].mean)})" for name in leaders])
    headline = f"{shown} cannot be told apart in correctness with {_questions(questions)}"
    if rest:
        all_better = all(better(leader, name) for leader in leaders for name in rest)
        who = ("both are" if len(leaders) == 2 else "all are") if all_better else f"{best} is"
        headline += f"; {who} more correct than {_list(rest)}"
    return Verdict(headline=f"{headline}.", leaders=tuple(leaders), clear=False)


def _clear(best: str, second: str, correctness: Mapping[str, Estimate], gain: Estimate | None) -> str:
    estimate = correctness[best]
    sentence = f"{best} is the most correct, {numbers.score(estimate.mean)} on {_questions(estimate.n)}"
    if gain is None:
        return f"{sentence}."
    ahead = f"{numbers.difference(gain.mean)} ({numbers.interval(gain.low, gain.high, signed=True)})"
    return f"{sentence}: {ahead} against {second}, the next best."


def _alone(name: str, estimate: Estimate) -> str:
    interval = "" if estimate.low is None else f" ({numbers.interval(estimate.low, estimate.high)})"
    score = numbers.score(estimate.mean)
    return f"{name} has correctness {score}{interval} on {_questions(estimate.n)}; there is nothing to compare it with."


def _only_unanswerable(right_refusals: Mapping[str, Estimate]) -> str:
    shares = [f"{name} {numbers.percent(estimate.mean)}" for name, estimate in right_refusals.items()]
    return f"No question has an answer in the corpus, so correctness is not compared; rightly refused: {_list(shares)}."


def _questions(n: int) -> str:
    return f"{numbers.count(n)} question{'' if n == 1 else 's'}"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
