"""The first ten seconds of the page: who is best at what, and which one to take for the team's own needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval import numbers
from eval.needs import Needs
from eval.verdict import Verdict

RULES = {
    "R1": "What answered nothing is out, and so is, of what R2 to R4 leave, what answered nothing rightly.",
    "R2": "Where nothing may leave the machine, what has its engine or vectors elsewhere is out.",
    "R3": "Without training examples for every new version, what was trained on examples, or shows some, is out.",
    "R4": "What is clearly late with more than 5 of 100 answers is out.",
    "R5": "Only the most correct, and what cannot be told apart from it, stay.",
    "R6": "Of those left, what clearly makes up more answers than another is out.",
    "R7": "Of those left, where the knowledge changes, what is clearly less fresh than another is out.",
    "R8": "Of those left, the cheapest in such a month, if clearly so.",
    "R9": "Otherwise it cannot be told; the one that takes the least to set up is as good, as far as is known.",
}


@dataclass(frozen=True)
class Step:
    """A rule that had something to say: what it is, what it did, and the numbers that it looked at."""

    rule: str
    law: str
    sentence: str
    numbers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Opening:
    """`steps` are in the order of the rules; `findings` are sentences by what they are about, all but the headline."""

    needs: str
    recommendation: str
    steps: Sequence[Step]
    findings: Sequence[tuple[str, str]]


def opening(verdict: Verdict, needs: Needs) -> Opening:
    """What the page says first, after the headline."""
    return Opening(
        needs=needs.in_words(),
        recommendation=verdict.recommendation.sentence,
        steps=[
            Step(
                rule=each.rule,
                law=RULES[each.rule],
                sentence=each.sentence,
                numbers=[(path, numbers.plain(value)) for path, value in each.numbers.items()],
            )
            for each in verdict.recommendation.reasons
        ],
        findings=[
            (each.about.capitalize(), each.sentence) for each in verdict.findings if each.sentence != verdict.headline
        ],
    )
