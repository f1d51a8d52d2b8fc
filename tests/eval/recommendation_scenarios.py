"""Planted truths of which it is known what a team should take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from planted_trials import ELSEWHERE, TOKENS, Truth, bake_off

from eval.grounds import Recommendation
from eval.prices import Prices

GOOD, SAME, BAD = Truth(right=0.9), Truth(right=0.9), Truth(right=0.4)
QUIET = {"updates_per_month": 0}
TUNED = Truth(right=0.9, cost=0.2, setup=1_000_000, examples=True)
"""A thousand dollars for each version, and a fifth of the cost per answer."""

FOUR = {"a": Truth(cost=1.0)} | {name: Truth(cost=1.04) for name in ("b", "c", "d")}


@dataclass(frozen=True)
class Scenario:
    """What is planted, what is needed, and what should come of it.

    Attributes:
        take: None where no pipeline may be taken.
        clear: False where another may be better, as far as can be told.
        rule: the one that decided: the last to give a reason.
    """

    name: str
    pipelines: Mapping[str, Truth]
    take: str | None
    rule: str | None
    clear: bool = True
    needs: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def recommend(self, documents: int) -> Recommendation:
        return bake_off(self.pipelines, self.needs, documents=documents, **self.options).verdict.recommendation


def case(
    name: str, pipelines: Mapping[str, Truth], take: str | None, rule: str | None, *doubt: bool, **more: Any
) -> Any:
    needs = more.pop("needs", {})
    return pytest.param(Scenario(name, pipelines, take, rule, *doubt, needs=needs, options=more), id=name)


OPEN = False
SCENARIOS = [
    # quality
    case(
        "the most correct, of which less is borne out",
        {"liar": Truth(right=0.9, faithful=0.3), "honest": Truth(right=0.6, faithful=0.9)},
        "liar",
        "R5",
        OPEN,
    ),
    case(
        "the most correct, mostly borne out, and less so than another",
        {"a": Truth(right=0.9, faithful=0.6), "b": Truth(right=0.6, faithful=0.9)},
        "a",
        "R5",
    ),
    case(
        "the most correct, and about as faithful",
        {"a": Truth(right=0.9, faithful=0.8), "b": Truth(right=0.6, faithful=0.88)},
        "a",
        "R5",
    ),
    case(
        "as right, cheaper, and less of it is borne out",
        {"liar": Truth(right=0.9, faithful=0.3), "honest": Truth(right=0.9, cost=3, faithful=0.9)},
        "liar",
        "R5",
        OPEN,
    ),
    case(
        "faithful and never right",
        {"good": Truth(right=0.9, faithful=0.5), "copies": Truth(right=0.0, faithful=1.0)},
        "good",
        "R1",
    ),
    case(
        "who refuses everything makes nothing up, and speaks against nobody",
        {"good": Truth(right=0.9), "silent": Truth(refusing=1.0, inventing=0.0)},
        "good",
        "R1",
        unanswerable=40,
    ),
    case("the best by far", {"bad": BAD, "good": GOOD}, "good", "R5"),
    case("the best by far, and the dearest", {"bad": BAD, "good": Truth(right=0.9, cost=50)}, "good", "R8"),
    case("the best of three", {"bad": BAD, "good": GOOD, "fair": Truth(right=0.6)}, "good", "R5"),
    case(
        "a small gain that cannot be told, at one price",
        {"a": Truth(right=0.70), "b": Truth(right=0.72)},
        "b",
        "R9",
        OPEN,
    ),
    case(
        "a small gain that cannot be told is no reason to pay more",
        {"a": Truth(right=0.72, cost=3), "b": Truth(right=0.70)},
        "b",
        "R8",
        OPEN,
    ),
    case("equal in everything", {"a": GOOD, "b": SAME}, "a", "R9", OPEN),
    case(
        "equal in everything, but one is quicker to set up",
        {"a": Truth(right=0.9, setup=60), "b": GOOD},
        "b",
        "R9",
        OPEN,
        needs={"queries_per_month": 1e9},
    ),
    case("two are best, one is not", {"a": GOOD, "bad": BAD, "b": SAME}, "a", "R9", OPEN),
    case("all are always right", {"a": Truth(right=1.0), "b": Truth(right=1.0, cost=2)}, "a", "R8", OPEN),
    case("all are always wrong", {"a": Truth(right=0.0), "b": Truth(right=0.0, cost=2)}, None, "R1"),
    case("one is always right, one never", {"a": Truth(right=0.0), "b": Truth(right=1.0)}, "b", "R1"),
    case(
        "one is right once in forty, one never",
        {"a": Truth(right=0.0), "b": Truth(right=0.025, cost=9)},
        "b",
        "R1",
        OPEN,
        n=40,
    ),
    case(
        "all are always wrong, and half of each answer is right",
        {"a": Truth(right=0.0, partial=0.5), "b": Truth(right=0.0, partial=0.5, cost=0.5)},
        None,
        "R1",
    ),
    case(
        "one is right at times, one never, and half of each wrong answer is right",
        {"a": Truth(right=0.03, partial=0.5), "b": Truth(right=0.0, partial=0.5, cost=0.5)},
        "a",
        "R1",
        OPEN,
    ),
    case(
        "the same, and more often right than by chance",
        {"a": Truth(right=0.2, partial=0.5), "b": Truth(right=0.0, partial=0.5, cost=0.5)},
        "a",
        "R1",
    ),
    case(
        "never right, and the most correct by halves of answers",
        {"a": Truth(right=0.3), "b": Truth(right=0.0, partial=0.5, cost=0.5)},
        "a",
        "R1",
        OPEN,
    ),
    case(
        "too slow, never right, and the most correct by halves of answers",
        {"slow": Truth(right=0.0, partial=0.5, seconds=9), "quick": Truth(right=0.3)},
        "quick",
        "R4",
        needs={"seconds": 3},
    ),
    case(
        "two are right at times, the cheapest never",
        {"a": Truth(right=0.3), "b": Truth(right=0.3, cost=2), "never": Truth(right=0.0, partial=0.3, cost=0.1)},
        "a",
        "R1",
        OPEN,
    ),
    case("one that refuses everything", {"a": Truth(refusing=1.0, cost=0.1), "b": GOOD}, "b", "R1"),
    case("one that refuses half", {"a": Truth(right=0.9, refusing=0.5), "b": GOOD}, "b", "R5"),
    # cost
    case("equally right, half the price", {"a": Truth(right=0.9, cost=2), "b": GOOD}, "b", "R8", OPEN),
    case("the dear start does not pay at this volume", {"rag": GOOD, "tuned": TUNED}, "rag", "R8", OPEN),
    case(
        "but pays at that volume",
        {"rag": GOOD, "tuned": TUNED},
        "tuned",
        "R8",
        OPEN,
        needs={"queries_per_month": 2_000_000},
    ),
    case(
        "and not where the knowledge changes every day",
        {"rag": GOOD, "tuned": TUNED},
        "rag",
        "R8",
        OPEN,
        needs={"queries_per_month": 2_000_000, "updates_per_month": 30},
    ),
    case(
        "where it never changes a start is paid for once a year",
        {"rag": GOOD, "tuned": TUNED},
        "tuned",
        "R8",
        OPEN,
        needs=QUIET | {"queries_per_month": 120_000},
    ),
    case(
        "and does not pay at a tenth of that",
        {"rag": GOOD, "tuned": TUNED},
        "rag",
        "R8",
        OPEN,
        needs=QUIET | {"queries_per_month": 12_000},
    ),
    case(
        "at the break-even itself it cannot be told",
        {"rag": GOOD, "tuned": TUNED},
        "rag",
        "R9",
        OPEN,
        needs={"queries_per_month": 1_250_000},
    ),
    case(
        "costs that differ less than they vary",
        {"a": Truth(cost=1.0, noise=0.5), "b": Truth(cost=1.02, noise=0.5)},
        "a",
        "R9",
        OPEN,
    ),
    case(
        "two are cheap, the easiest to set up is dear",
        {"dear": Truth(cost=9), "a": Truth(setup=200), "b": Truth(setup=100)},
        "b",
        "R9",
        OPEN,
        needs={"queries_per_month": 1e6},
    ),
    case("token prices", {"a": Truth(cost=5), "b": Truth(cost=1)}, "b", "R8", OPEN, prices=TOKENS),
    case(
        "answers that cost the same to the last digit, and different ones at that",
        {"a": Truth(cost=2, noise=0), "b": Truth(cost=1, noise=0)},
        "b",
        "R8",
        OPEN,
    ),
    case("no prices", {"a": Truth(cost=5), "b": Truth(cost=1)}, "a", "R9", OPEN, prices=Prices()),
    case("one set-up of unknown cost", {"a": Truth(setup=None, cost=0.5), "b": Truth()}, "b", "R9", OPEN),
    case(
        "of unknown cost beside two that are known",
        {"a": Truth(setup=None), "b": Truth(cost=3), "c": Truth(setup=50)},
        "c",
        "R9",
        OPEN,
    ),
    case(
        "worth its price only where it is more correct",
        {"tuned": Truth(right=0.9, cost=0.2, setup=1_000_000), "rag": BAD},
        "tuned",
        "R8",
    ),
    # time
    case(
        "the best is too slow", {"slow": Truth(right=0.9, seconds=9), "quick": BAD}, "quick", "R5", needs={"seconds": 3}
    ),
    case(
        "too slow, and no better",
        {"slow": Truth(right=0.4, seconds=9), "quick": BAD},
        "quick",
        "R4",
        needs={"seconds": 3},
    ),
    case(
        "the only one that is quick enough is never right",
        {"good": Truth(right=0.9, seconds=9), "quick": Truth(right=0.0)},
        None,
        "R1",
        needs={"seconds": 3},
    ),
    case(
        "late in half of its answers, in few turns",
        {"slow": Truth(right=0.9, late=0.5), "quick": BAD},
        "quick",
        "R5",
        OPEN,
        needs={"seconds": 3},
        n=60,
    ),
    case("quick enough where time does not matter", {"slow": Truth(right=0.9, seconds=9), "quick": BAD}, "slow", "R5"),
    case(
        "quick on average, and late too often",
        {"a": Truth(right=0.9, late=0.2), "b": BAD},
        "b",
        "R5",
        needs={"seconds": 3},
    ),
    case("late once in a hundred", {"a": Truth(right=0.9, late=0.01), "b": BAD}, "a", "R5", needs={"seconds": 3}),
    case(
        "whether it is late cannot be told",
        {"a": Truth(right=0.9, late=0.06), "b": BAD},
        "a",
        "R5",
        OPEN,
        needs={"seconds": 3},
    ),
    case(
        "what fails at once is not slow, and was not there in time either",
        {"a": BAD, "b": Truth(right=0.95, failing=0.13)},
        "b",
        "R5",
        OPEN,
        needs={"seconds": 5},
    ),
    case("all are too slow", {"a": GOOD, "b": BAD}, None, "R4", needs={"seconds": 0.2}),
    case(
        "taken from an earlier run, so that nobody timed it",
        {"a": Truth(right=0.9, cached=True), "b": BAD},
        "a",
        "R5",
        OPEN,
        needs={"seconds": 3, "updates_per_month": 0},
    ),
    # cost, by the token
    case(
        "of four by the token one may be cheaper, whether they start at one cost",
        FOUR,
        "a",
        "R9",
        OPEN,
        needs={"queries_per_month": 100_000},
        n=60,
        prices=TOKENS,
    ),
    case(
        "or three of them a little above it",
        {"a": FOUR["a"]} | {name: Truth(cost=1.04, setup=0.001) for name in ("b", "c", "d")},
        "a",
        "R9",
        OPEN,
        needs={"queries_per_month": 100_000},
        n=60,
        prices=TOKENS.model_copy(update={"machine_per_hour": 3.6}),
    ),
    # what a team has and must
    case("nothing may leave the machine", {"a": GOOD, "b": BAD}, None, "R2", needs={"local": True}, engine=ELSEWHERE),
    case("nothing does", {"a": GOOD, "b": BAD}, "a", "R5", needs={"local": True}),
    case("elsewhere, and that is allowed", {"a": GOOD, "b": BAD}, "a", "R5", engine=ELSEWHERE),
    case("no examples at hand", {"tuned": TUNED, "rag": BAD}, "rag", "R5", needs={"examples": False}),
    case(
        "no examples at hand, none needed",
        {"tuned": Truth(right=0.9), "rag": BAD},
        "tuned",
        "R5",
        needs={"examples": False},
    ),
    case("no examples at hand, and nothing else", {"tuned": TUNED}, None, "R3", needs={"examples": False}),
    # freshness
    case("equally right, one stays fresh", {"a": Truth(fresh=0.2), "b": Truth(fresh=0.9, cost=3)}, "b", "R8", OPEN),
    case(
        "freshness does not matter where nothing changes",
        {"a": Truth(fresh=0.2), "b": Truth(fresh=0.9, cost=3)},
        "a",
        "R8",
        OPEN,
        needs=QUIET,
    ),
    case(
        "more correct, less fresh",
        {"a": Truth(right=0.9, fresh=0.2), "b": Truth(right=0.4, fresh=0.9)},
        "a",
        "R7",
        OPEN,
    ),
    case(
        "more correct, less fresh, and nothing changes",
        {"a": Truth(right=0.9, fresh=0.2), "b": Truth(right=0.4, fresh=0.9)},
        "a",
        "R5",
        needs=QUIET,
    ),
    case(
        "more correct, and nobody knows how fresh",
        {"a": Truth(right=0.9), "b": Truth(right=0.4, fresh=0.9)},
        "a",
        "R7",
        OPEN,
    ),
    # made-up answers
    case(
        "equally right, one makes everything up",
        {"a": Truth(right=0.9, inventing=1.0, cost=0.9), "b": Truth(right=0.9, inventing=0.1)},
        "b",
        "R8",
        OPEN,
        unanswerable=40,
    ),
    case(
        "more correct, and makes everything up",
        {"a": Truth(right=0.9, inventing=1.0), "b": Truth(right=0.4, inventing=0.1)},
        "a",
        "R6",
        OPEN,
        unanswerable=40,
    ),
    case(
        "made up twice more in forty",
        {"a": Truth(right=0.9, inventing=0.15), "b": Truth(right=0.9, inventing=0.1, cost=2)},
        "a",
        "R8",
        OPEN,
        unanswerable=40,
    ),
    case(
        "equally right, and whether one makes everything up or refuses nobody knows",
        {"a": Truth(right=0.9, inventing=1.0, unknown=1.0, cost=0.5), "b": Truth(right=0.9, inventing=0.1)},
        "a",
        "R8",
        OPEN,
        unanswerable=40,
    ),
    case(
        "equally right, one makes everything up, but for a few that may be refusals",
        {"a": Truth(right=0.9, inventing=1.0, unknown=0.2, cost=0.5), "b": Truth(right=0.9, inventing=0.1)},
        "b",
        "R8",
        OPEN,
        unanswerable=40,
    ),
    case(
        "more correct, and whether it makes everything up or refuses nobody knows",
        {"a": Truth(right=0.9, inventing=1.0, unknown=1.0), "b": Truth(right=0.4, inventing=0.1)},
        "a",
        "R6",
        OPEN,
        unanswerable=40,
    ),
    case(
        "more correct, and another may refuse where it makes everything up",
        {"a": Truth(right=0.9, inventing=1.0), "b": Truth(right=0.4, inventing=1.0, unknown=1.0)},
        "a",
        "R6",
        OPEN,
        unanswerable=40,
    ),
    case("equally fresh", {"a": Truth(fresh=0.8, cost=3), "b": Truth(fresh=0.8)}, "b", "R8", OPEN),
    case(
        "the freshest is out, and the others are as fresh as each other",
        {"slow": Truth(fresh=1.0, seconds=9), "a": Truth(fresh=0.85), "b": Truth(fresh=0.7, cost=0.2)},
        "b",
        "R8",
        OPEN,
        needs={"seconds": 3},
    ),
    case(
        "the freshest is out, and one of the others is stale",
        {"slow": Truth(fresh=1.0, seconds=9), "a": Truth(fresh=0.7), "b": Truth(fresh=0.1, cost=0.2)},
        "a",
        "R8",
        OPEN,
        needs={"seconds": 3},
    ),
    case("not refreshed, and so not known to be stale", {"a": Truth(fresh=0.9), "b": Truth(cost=0.2)}, "b", "R7", OPEN),
    case(
        "right nine times of nine, beside one that refuses everything",
        {"a": Truth(right=1.0), "b": Truth(refusing=1.0, inventing=0.0)},
        "a",
        "R9",
        OPEN,
        n=9,
        unanswerable=40,
    ),
    case(
        "right five times of twenty, beside one that refuses everything",
        {"a": Truth(right=0.25), "b": Truth(refusing=1.0, inventing=0.0)},
        "a",
        "R1",
        OPEN,
        n=20,
        unanswerable=40,
    ),
    # bad input
    case("one fails every time", {"down": Truth(failing=1.0, cost=0.1), "up": BAD}, "up", "R1", OPEN),
    case("one fails half of the time", {"a": Truth(right=0.9, failing=0.5), "b": GOOD}, "b", "R5", OPEN),
    case("all fail every time", {"a": Truth(failing=1.0), "b": Truth(failing=1.0)}, None, "R1"),
    case("one pipeline only", {"only": BAD}, "only", None, OPEN),
    case("one pipeline only, and it is too slow", {"only": GOOD}, None, "R4", needs={"seconds": 0.2}),
    case(
        "nine questions, however clear", {"a": Truth(right=0.0, cost=0.1), "b": Truth(right=1.0)}, "b", "R9", OPEN, n=9
    ),
    case("one question", {"a": Truth(right=0.0, cost=0.1), "b": Truth(right=1.0)}, "b", "R9", OPEN, n=1),
    case(
        "nothing but unanswerable questions",
        {"a": Truth(cost=0.1), "b": Truth(refusing=1.0)},
        "b",
        "R8",
        OPEN,
        answerable=False,
    ),
    case("no variance in anything", {"a": Truth(right=1.0, noise=0), "b": Truth(right=1.0, noise=0)}, "a", "R9", OPEN),
]
