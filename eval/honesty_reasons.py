"""What R6 says: who makes up fewer answers, and who may; with the numbers that it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from eval.contest import Contest, listed
from eval.grounds import Grounds, Reason


def makes_up_more(contest: Contest, best: str, out: Sequence[str], grounds: Grounds) -> Reason:
    """That these clearly make up more answers than `best`."""
    few, many = contest.written([best]), contest.written(out)
    sentence = f"{few} makes up fewer answers to what the documents do not answer than {many}."
    return Reason(rule="R6", sentence=sentence, numbers=grounds.invented([best], out))


def perhaps_makes_up_more(name: str, perhaps: Sequence[str], grounds: Grounds) -> Reason:
    """That it cannot be told whether it makes up no more answers than these."""
    why = _why([*perhaps, name], grounds)
    sentence = f"Whether {name} makes up no more answers than {listed(perhaps)} cannot be told: {why}."
    return Reason(rule="R6", sentence=sentence, numbers=grounds.invented(perhaps, [name]))


def more_honest_ones(name: str, less_correct: Sequence[str], grounds: Grounds) -> list[Reason]:
    """Who of those that are less correct makes up fewer answers than this one, or may."""
    honest, found = grounds.made_up, []
    if honest is None or honest.doubt or name not in honest.values:
        return []
    others = [other for other in less_correct if other in honest.values]
    surely = [other for other in others if honest.better(other, name)]
    if surely:
        sentence = f"But {honest.written(surely)} made up fewer answers than {honest.written([name])}."
        found.append(Reason(rule="R6", sentence=sentence, numbers=grounds.invented(surely, [name])))
    if perhaps := [other for other in others if other not in surely and honest.perhaps_better(other, name)]:
        why = _why([*perhaps, name], grounds)
        sentence = f"But {honest.written(perhaps)} may make up fewer answers than {honest.written([name])}: {why}."
        found.append(Reason(rule="R6", sentence=sentence, numbers=grounds.invented(perhaps, [name])))
    return found


def unknown_made_up(name: str, grounds: Grounds) -> Reason:
    """That nobody knows how much it makes up, since it failed on too many of the questions without an answer."""
    known = next(each.abstention for each in grounds.pipelines if each.name == name)
    sentence = f"How many answers {name} makes up cannot be told: {known.unknown(name)}."
    return Reason(rule="R6", sentence=sentence, numbers={f"{name}.abstention.made_up": known.made_up.mean})


def _why(names: Sequence[str], grounds: Grounds) -> str:
    """Whose replies may be something else than they count as."""
    by_name = {each.name: each.abstention for each in grounds.pipelines}
    return "; ".join(told for name in names if (told := by_name[name].unknown(name)))
