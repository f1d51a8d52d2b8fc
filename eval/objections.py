"""What speaks against the pipeline to take: what those do clearly better that other rules took out."""

from __future__ import annotations

from collections.abc import Sequence

from eval import numbers
from eval.contest import Contest, listed
from eval.doubt import why_in_doubt
from eval.freshness_reasons import fresher_ones
from eval.grounds import Grounds, Reason
from eval.honesty_reasons import more_honest_ones
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS
from eval.needs import Needs

MATTERS = 0.1
"""A smaller difference in faithfulness speaks against nobody: answers in other words than the evidence are as much less
faithful to a metric that counts words.
"""


def outdoing(name: str, less_correct: Sequence[str], needs: Needs, grounds: Grounds) -> list[Reason]:
    """What less correct pipelines do clearly better than this one, or perhaps."""
    return [*more_honest_ones(name, less_correct, grounds), *fresher_ones(name, less_correct, needs, grounds)]


def as_correct_ones(name: str, never_right: Sequence[str], grounds: Grounds) -> list[Reason]:
    """What was never right, and yet may be as correct: few right answers may be chance, what does not count may be
    right, and others may earn as much by the words of right ones.
    """
    contest = grounds.correctness([name, *never_right])
    above = [other for other in never_right if contest.scores_better(other, name)]
    perhaps = [other for other in never_right if contest.seen_better(name, other) and not contest.better(name, other)]
    as_good = [other for other in never_right if other not in above and not contest.seen_better(name, other)]
    told = {}
    if above:
        earned = f"{contest.written(above)} earned more correctness than {contest.written([name])}"
        told[f"But by answers that do not count as right {earned}."] = above
    if as_good:
        told[f"But {name} is not shown to be more correct than {listed(as_good)}."] = as_good
    if perhaps:
        told[f"But that {name} is more correct than {listed(perhaps)} hangs on which answers count."] = perhaps
    return [
        Reason(rule="R1", sentence=sentence, numbers=_differences(name, others, grounds))
        for sentence, others in told.items()
    ]


def doubted_ones(name: str, others: Sequence[str], grounds: Grounds) -> list[Reason]:
    """What is behind for the length of its answers, or for parts of wrong ones, of which correctness knows nothing but
    the words.

    Args:
        others: pipelines that the team's needs do not rule out.
    """
    contest = grounds.correctness([name, *others])
    summaries = {each.name: each for each in grounds.pipelines}
    found = []
    for other in others:
        paired = contest.compare(name, other) if other != name else None
        if paired is None or not contest.scores_better(name, other):
            continue
        sentence = why_in_doubt(summaries[name], summaries[other], paired, grounds.level)
        if sentence is not None:
            seen = {**summaries[other].uncounted.numbers(other), **grounds.difference(CORRECTNESS, name, other)}
            found.append(Reason(rule="R5", sentence=sentence, numbers=seen))
    return found


def of_language(rule: str, grounds: Grounds) -> list[Reason]:
    """That correctness, by which this rule goes, knows too few words of the corpus' language."""
    return [Reason(rule=rule, sentence=f"But {grounds.doubt}.")] if grounds.doubt else []


def _differences(name: str, others: Sequence[str], grounds: Grounds) -> dict[str, float | None]:
    seen: dict[str, float | None] = {}
    for other in others:
        seen |= grounds.difference(CORRECTNESS, name, other)
    return seen


def more_faithful_ones(name: str, others: Sequence[str], grounds: Grounds) -> list[Reason]:
    """Correctness counts shared words, and takes a fluent lie for an answer; faithfulness sees more of them.

    Args:
        others: pipelines that the team's needs do not rule out.
    """
    contest = grounds.faithfulness([name, *others])
    gains = {
        other: paired.estimate
        for other in _better(contest, _right_at_times(others, grounds), name)
        if (paired := contest.compare(other, name)) and (paired.estimate.mean or 0.0) >= MATTERS
    }
    if not gains:
        return []
    known = [
        f"{other} ({numbers.difference(gain.mean)} on {numbers.counted(gain.n, 'question')})"
        for other, gain in gains.items()
    ]
    sentence = (
        f"But by its words what {listed(known)} answered is better borne out by the evidence than what {name} did, "
        "which may tell what is not there, or word it in its own way: read some."
    )
    seen: dict[str, float | None] = {}
    for other in gains:
        seen |= grounds.difference(FAITHFULNESS, other, name)
    return [Reason(rule="R5", sentence=sentence, numbers=seen)]


def cheaper_ones(name: str, outdone: Sequence[str], needs: Needs, grounds: Grounds) -> list[Reason]:
    """What it costs to be more correct, more honest or fresher than these."""
    out = [other for other in outdone if grounds.surely_cheaper(other, name, needs)]
    if not out:
        return []
    queries, updates = needs.queries_per_month, needs.updates_per_month
    totals = {each: grounds.monthly[each].per_month(queries, updates) or 0.0 for each in (name, *out)}
    dear, cheap = grounds.a_month(totals[name]), grounds.priced(out, totals)
    sentence = f"At {dear} it is dearer than {cheap}{grounds.uncounted}."
    seen: dict[str, float | None] = {f"{each}.per_month": total for each, total in totals.items()}
    return [Reason(rule="R8", sentence=sentence, numbers=seen)]


def more_correct_ones(name: str, ruled_out: Sequence[str], grounds: Grounds) -> list[Reason]:
    """What the team's needs cost in right answers."""
    contest = grounds.correctness([name, *ruled_out])
    rivals = [other for other in _right_at_times(ruled_out, grounds) if other in contest.values]
    out = [other for other in rivals if name in contest.values and contest.seen_better(other, name)]
    if not out:
        return []
    counted = "" if all(contest.better(other, name) for other in out) else " by the answers that count"
    sentence = (
        f"{contest.written(out)}, which these needs rule out, {'is' if len(out) == 1 else 'are'} more correct than "
        f"{contest.written([name])}{counted}."
    )
    seen: dict[str, float | None] = {
        f"{each}.metrics.{CORRECTNESS}.mean": contest.values[each] for each in (*out, name)
    }
    for other in out:
        seen |= grounds.difference(CORRECTNESS, other, name)
    return [Reason(rule="R5", sentence=sentence, numbers=seen)]


def _right_at_times(names: Sequence[str], grounds: Grounds) -> list[str]:
    """Who copies anything is borne out, and a wrong answer may hold a part of the right one: that speaks against
    nobody.
    """
    return [name for name in names if not grounds.nothing_right(name)]


def _better(contest: Contest, others: Sequence[str], name: str) -> list[str]:
    if name not in contest.values:
        return []
    return [other for other in others if other in contest.values and contest.better(other, name)]
