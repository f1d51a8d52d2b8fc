"""The first ten seconds of the page: who is best at what, and which one to take for the team's own needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eval import numbers
from eval.needs import Needs
from eval.recommendation import RULES
from eval.verdict import Verdict


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


def at_a_glance(sentence: str) -> tuple[str, str]:
    """A headline's first clause, which the page sets large, and the rest, which may be nothing."""
    end = re.search(r"[;.] ", sentence)
    return (sentence[: end.start() + 1], sentence[end.end() :]) if end else (sentence, "")


def opening(verdict: Verdict, needs: Needs) -> Opening:
    """What the page says first, after the headline."""
    return Opening(
        needs=needs.in_words(),
        recommendation=verdict.advice,
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
