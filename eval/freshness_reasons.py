"""What R7 says: who is fresher, who may be, and of whom it is not known; with the numbers that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from eval import numbers
from eval.contest import Contest, listed
from eval.grounds import Grounds, Reason, difference_numbers
from eval.needs import Needs
from eval.planning import FEWEST
from eval.staleness import NOT_COUNTED, PERHAPS_MADE_UP

OF_LANGUAGE = "what is right is told by correctness, which knows too little of this corpus' language"


def less_fresh(contest: Contest, best: str, out: Sequence[str]) -> Reason:
    """That these are clearly less fresh than `best`."""
    others = [name for name in contest.order() if name != best]
    share = numbers.score(contest.values[best])
    sentence = f"{best} ({share}) is more often right about what has changed than {listed(out)}."
    return Reason(rule="R7", sentence=sentence, numbers=_compared(contest, [best], others))


def perhaps_less_fresh(contest: Contest, name: str, perhaps: Sequence[str]) -> Reason:
    """That it cannot be told whether it is as fresh as these."""
    why = OF_LANGUAGE if contest.doubt else _why(contest, [*perhaps, name], "to what has changed ")
    sentence = f"Whether {name} is as fresh as {listed(perhaps)} cannot be told: {why}."
    return Reason(rule="R7", sentence=sentence, numbers=_compared(contest, perhaps, [name]))


def fresher_ones(name: str, less_correct: Sequence[str], needs: Needs, grounds: Grounds) -> list[Reason]:
    """Who of those that are less correct is fresher than this one, or may be."""
    fresh, found = grounds.freshness, []
    if fresh is None or not needs.updates_per_month or name not in fresh.values:
        return []
    perhaps = [other for other in less_correct if other in fresh.values and fresh.perhaps_better(other, name)]
    seen = [other for other in perhaps if fresh.seen_better(other, name)]
    if seen:
        surely = all(fresh.better(other, name) for other in seen)
        alone = "" if surely or fresh.doubt else f", perhaps only since {_why(fresh, [*seen, name])}"
        sentence = f"But {fresh.written(seen)} did better on what has changed than {fresh.written([name])}{alone}."
        found.append(Reason(rule="R7", sentence=sentence, numbers=_compared(fresh, seen, [name])))
    if hidden := [other for other in perhaps if other not in seen]:
        sentence = (
            f"But {listed(hidden)} may do better on what has changed than {name}: {_why(fresh, [*hidden, name])}."
        )
        found.append(Reason(rule="R7", sentence=sentence, numbers=_compared(fresh, hidden, [name])))
    return found


def _why(contest: Contest, names: Sequence[str], where: str = "") -> str:
    """Whose answers may be right and are not counted, or count and may be made up."""
    lacking = [name for name in names if contest.lacking.get(name)]
    exceeding = [name for name in names if contest.exceeding.get(name)]
    told = [f"too many answers of {listed(lacking)} {where}{NOT_COUNTED}"] if lacking else []
    told += [f"too many answers of {listed(exceeding)} {where}{PERHAPS_MADE_UP}"] if exceeding else []
    return "; and ".join(told)


def unknown_freshness(name: str, needs: Needs, grounds: Grounds) -> list[Reason]:
    """That nobody knows whether it stays right, where that was measured of some and matters."""
    fresh = grounds.freshness
    if fresh is None or not needs.updates_per_month:
        return []
    sentence, asked = f"But whether {name} stays right when the knowledge changes", grounds.on_changes
    if name not in fresh.values:
        return [Reason(rule="R7", sentence=f"{sentence} was not measured.")]
    if asked >= FEWEST:
        return []
    sentence += f" cannot be told from {fresh.wording.questions(asked)}; at least {FEWEST} are needed."
    others = [other for other in fresh.values if other != name]
    return [Reason(rule="R7", sentence=sentence, numbers=_compared(fresh, [name], others))]


def _compared(contest: Contest, some: Sequence[str], others: Sequence[str]) -> dict[str, float | None]:
    """How fresh they are, how the first ones differ from the others, and what is not counted, where anything is."""
    named = [*some, *others]
    found: dict[str, float | None] = {f"{name}.freshness": contest.values[name] for name in named}
    for a, b in product(some, others):
        if paired := contest.compare(a, b):
            found |= difference_numbers("freshness", a, b, paired)
    found |= {f"{name}.not_counted": share for name in named if (share := contest.lacking.get(name))}
    return found | {f"{name}.perhaps_made_up": share for name in named if (share := contest.exceeding.get(name))}
