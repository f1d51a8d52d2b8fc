"""The worst case of a comparison: all answers of the one behind that may be right are."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from eval_fakes import question, reply, trial

from eval.assessed import assess
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.paired import Paired
from eval.right_answers import Rights, compare_answers, rights
from eval.statistics import Confidence
from eval.trial import Failure, Score, Trial

STORED = question(1).model_copy(
    update={
        "user_input": "How long does the harbour keep its logs in cold storage?",
        "reference": "The harbour keeps its logs in cold storage for 30 days.",
    }
)


def told(text: str, name: str = STORED.id, repeat: int = 0) -> Trial:
    scores = {CORRECTNESS: Score(status="scored", value=correctness(STORED.reference or "", text))}
    return trial(question_id=name, answer=reply(text), scores=scores, repeat=repeat)


@pytest.mark.parametrize(
    ("text", "sure", "perhaps"),
    [
        (STORED.reference, 1.0, 1.0),
        ("30 days", 0.0, 1.0),
        ("bananas", 0.0, 0.0),
        (f"{STORED.reference} {'word ' * 70}", 0.0, 1.0),
    ],
)
def test_what_does_not_count_for_its_length_may_be_right(text: str, sure: float, perhaps: float) -> None:
    found, counted = rights(assess([STORED], [told(text)])), correctness(STORED.reference or "", text)
    assert (found.sure, found.perhaps) == ({STORED.id: sure}, {STORED.id: perhaps})
    assert counted + found.lacking[STORED.id] == pytest.approx(1.0 if perhaps else counted)


def test_shares_are_over_repeats_a_failure_may_be_right_and_what_has_no_answer_is_left_out() -> None:
    failed = trial(question_id=STORED.id, failure=Failure(code="engine-error", message="down"), repeat=2)
    trials = [told(STORED.reference or ""), told("30 days", repeat=1), failed, told("30 days", "hard")]
    found = rights(assess([STORED, question(2, answerable=False).model_copy(update={"id": "hard"})], trials))
    assert (found.sure, found.perhaps) == ({STORED.id: pytest.approx(1 / 3)}, {STORED.id: 1.0})
    short = 1 - correctness(STORED.reference or "", "30 days")
    assert found.lacking == {STORED.id: pytest.approx(short / 2)}  # of those that have a score


def shares(*parts: tuple[int, float]) -> dict[str, float]:
    """So many questions with each of these values."""
    values = [value for count, value in parts for _ in range(count)]
    return {f"q{number}": value for number, value in enumerate(values)}


def compared(a: Rights, b: Rights, confidence: Confidence, swapped: bool = False) -> Paired:
    """a minus b, or b minus a, by a score that is that of the right answers."""
    clusters, known = {key: key for key in a.sure}, {"a": a, "b": b}
    pair = ("b", "a") if swapped else ("a", "b")
    return compare_answers({"a": a.sure, "b": b.sure}, known, [pair], clusters, confidence)[pair]


def test_a_worst_case_is_of_the_one_ahead_whichever_way_round() -> None:
    ahead, perhaps = shares((40, 1.0)), shares((10, 1.0), (30, 0.0))
    a, b = Rights(ahead, ahead), Rights(shares((40, 0.0)), perhaps, perhaps)
    found = compared(a, b, Confidence())
    assert found.right
    assert found.right.estimate.mean == 1.0
    assert found.worst
    assert found.worst.estimate.mean == pytest.approx(0.75)
    assert found.worst == found.worst_right == found.negated().worst
    assert found.borne_out is None  # no reference has several words: the worst case says it all
    assert found.negated().right == found.right.negated()
    assert compared(a, b, Confidence(), swapped=True) == found.negated()
    whole = compared(b, Rights(b.sure, b.sure), Confidence())
    assert (whole.worst, whole.worst_right) == (None, None)  # nothing of the other may be right that does not count


def test_of_two_that_are_level_by_one_the_other_says_of_whom_the_worst_case_is() -> None:
    """As many right answers, and a's wrong ones earn parts; one answer of b may be right."""
    sure, scores = shares((15, 1.0), (15, 0.0)), shares((15, 1.0), (15, 0.5))
    perhaps = shares((29, 0.0), (1, 1.0))
    known = {"a": Rights(sure, sure), "b": Rights(sure, shares((15, 1.0), (14, 0.0), (1, 1.0)), perhaps)}
    clusters = {key: key for key in sure}
    found = {
        pair: compare_answers({"a": scores, "b": sure}, known, [pair], clusters, Confidence())[pair]
        for pair in (("a", "b"), ("b", "a"))
    }
    for paired in found.values():
        assert paired.worst
        assert paired.worst_right
        assert paired.worst.estimate.mean == pytest.approx(0.25 - 1 / 30)
        assert paired.worst_right.estimate.mean == pytest.approx(-1 / 30)
    assert found["a", "b"] == found["b", "a"].negated()
    assert found["a", "b"].stays_ahead(0.95)  # in the score, and it is ahead in nothing else
    assert not found["a", "b"].differs(0.95)


@pytest.mark.parametrize(("perhaps", "foreseen"), [(0, 0), (12, 20), (30, None)])
def test_how_many_more_questions_would_tell_takes_the_worst_case_in(perhaps: int, foreseen: int | None) -> None:
    """a is right on 20 of 60 questions more than b, of whose answers so many may be right besides."""
    keys = [f"q{n}" for n in range(60)]
    a = {key: float(n < 40) for n, key in enumerate(keys)}
    sure = {key: float(n % 3 == 0) for n, key in enumerate(keys)}
    uncounted = {key: float(n % 3 == 1 and n < 3 * perhaps) for n, key in enumerate(keys)}
    b = Rights(sure, {key: max(sure[key], uncounted[key]) for key in keys}, uncounted)
    more = compared(Rights(a, a), b, Confidence()).more
    assert (more is None) == (foreseen is None)
    assert foreseen is None or (more or 0) >= foreseen


@pytest.mark.parametrize("perhaps", [9, 12])
def test_so_many_more_questions_of_the_same_kind_do_tell(perhaps: int) -> None:
    """a is right on 36 of 60 questions and earns parts elsewhere, b on 15, and so many others of b may be right."""
    right, scores = shares((36, 1.0), (24, 0.0)), shares((36, 1.0), (24, 0.5))
    sure, lacking = shares((45, 0.0), (15, 1.0)), shares((perhaps, 1.0), (60 - perhaps, 0.0))
    most = {key: sure[key] + lacking[key] for key in sure}

    def asked(copies: int) -> Paired:
        def copied(values: Mapping[str, float]) -> dict[str, float]:
            return {f"{key} {copy}": value for copy in range(copies) for key, value in values.items()}

        known = {"a": Rights(copied(right), copied(right)), "b": Rights(copied(sure), copied(most), copied(lacking))}
        clusters = {key: key for key in copied(sure)}
        given = {"a": copied(scores), "b": copied(sure)}
        return compare_answers(given, known, [("a", "b")], clusters, Confidence(resamples=200))["a", "b"]

    few = asked(1)
    assert few.differs(0.95)
    assert not few.stays_ahead(0.95)
    assert few.more
    enough = asked(math.ceil(1 + few.more / len(sure)))
    assert (enough.more, enough.differs(0.95), enough.stays_ahead(0.95)) == (0, True, True)


def test_the_smallest_difference_is_one_that_is_shown_in_the_worst_case() -> None:
    """a is right on 80 of 100 questions, b on 50, and a fifth of its other answers may be right. By the score as
    counted, .2 would be called the smallest difference, and hardly ever found.
    """
    draw, confidence, found = np.random.default_rng(11), Confidence(resamples=200), []
    for _ in range(40):
        right, other = draw.random(100) < 0.8, draw.random(100) < 0.5
        perhaps = ~other & (draw.random(100) < 0.2)
        a, b, may_be = ({f"q{n}": float(each) for n, each in enumerate(of)} for of in (right, other, perhaps))
        most = {key: b[key] + may_be[key] for key in b}
        found.append(compared(Rights(a, a), Rights(b, most, may_be), confidence))
    smallest = np.mean([each.smallest or 1.0 for each in found])
    assert np.mean([each.estimate.mean or 0.0 for each in found]) == pytest.approx(smallest, abs=0.01)
    assert sum(each.differs(0.95) and each.stays_ahead(0.95) for each in found) >= 32


@pytest.mark.parametrize("apart", [True, False])
def test_who_is_level_in_the_worst_case_is_rarely_called_ahead(apart: bool) -> None:
    """a is as often right as b may be. Were the share that b may lack taken as it is, and its luck left out, 11 of 100
    such bake-offs would be called clear, or 8.
    """
    draw, confidence, called = np.random.default_rng(7), Confidence(resamples=200), 0
    keys = [f"q{n}" for n in range(40)]
    for _ in range(100):
        level = draw.random(40)
        right, perhaps = level < 0.3, (level > 0.7 if apart else draw.random(40) < 0.3)
        a = dict(zip(keys, right.astype(float), strict=True))
        may_be = dict(zip(keys, perhaps.astype(float), strict=True))
        found = compared(Rights(a, a), Rights(dict.fromkeys(keys, 0.0), may_be, may_be), confidence)
        called += found.differs(0.95) and found.stays_ahead(0.95)
    assert called <= 5
