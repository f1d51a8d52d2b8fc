"""The worst case of a comparison: all answers of the one behind that may be right are."""

from __future__ import annotations

import numpy as np
import pytest
from eval_fakes import question, reply, trial

from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.pairing import compare_pairs
from eval.right_answers import Rights, rights, with_right_answers
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
    assert rights([STORED], [told(text)]) == Rights({STORED.id: sure}, {STORED.id: perhaps})


def test_shares_are_over_repeats_and_failures_and_what_has_no_answer_is_left_out() -> None:
    failed = trial(question_id=STORED.id, failure=Failure(code="engine-error", message="down"), repeat=2)
    trials = [told(STORED.reference or ""), told("30 days", repeat=1), failed, told("30 days", "hard")]
    found = rights([STORED, question(2, answerable=False).model_copy(update={"id": "hard"})], trials)
    assert found == Rights({STORED.id: pytest.approx(1 / 3)}, {STORED.id: pytest.approx(2 / 3)})


def test_a_worst_case_is_of_each_direction_and_turns_round_with_the_difference() -> None:
    keys = [f"q{n}" for n in range(40)]
    a = Rights(dict.fromkeys(keys, 1.0), dict.fromkeys(keys, 1.0))
    b = Rights(dict.fromkeys(keys, 0.0), dict.fromkeys(keys[:10], 1.0) | dict.fromkeys(keys[10:], 0.0))
    clusters = {key: key for key in keys}
    compared = compare_pairs({"a": a.sure, "b": b.sure}, [("a", "b")], clusters, Confidence())
    found = with_right_answers(compared, {"a": a, "b": b}, clusters, Confidence())["a", "b"]
    assert found.right
    assert found.right.estimate.mean == 1.0
    assert found.worst
    assert found.worst.estimate.mean == pytest.approx(0.75)
    assert found.negated().worst == found.worst  # of the one ahead, whichever way round
    assert found.negated().right == found.right.negated()
    other = with_right_answers({("b", "a"): compared["a", "b"].negated()}, {"a": a, "b": b}, clusters, Confidence())
    assert other["b", "a"].worst == found.worst
    whole = with_right_answers(compared, {"a": b, "b": Rights(b.sure, b.sure)}, clusters, Confidence())["a", "b"]
    assert whole.worst is None  # nothing of b may be right that does not count


@pytest.mark.parametrize(("perhaps", "foreseen"), [(0, 0), (12, 20), (30, None)])
def test_how_many_more_questions_would_tell_takes_the_worst_case_in(perhaps: int, foreseen: int | None) -> None:
    """a is right on 20 of 60 questions more than b, of whose answers so many may be right besides."""
    keys = [f"q{n}" for n in range(60)]
    a = {key: float(n < 40) for n, key in enumerate(keys)}
    sure = {key: float(n % 3 == 0) for n, key in enumerate(keys)}
    b = Rights(sure, {key: max(sure[key], float(n % 3 == 1 and n < 3 * perhaps)) for n, key in enumerate(keys)})
    clusters = {key: key for key in keys}
    compared = compare_pairs({"a": a, "b": b.sure}, [("a", "b")], clusters, Confidence())
    more = with_right_answers(compared, {"a": Rights(a, a), "b": b}, clusters, Confidence())["a", "b"].more
    assert (more is None) == (foreseen is None)
    assert foreseen is None or (more or 0) >= foreseen


@pytest.mark.parametrize("apart", [True, False])
def test_who_is_level_in_the_worst_case_is_rarely_called_ahead(apart: bool) -> None:
    """a is as often right as b may be. Were the share that b may lack taken as it is, and its luck left out, 11 of 100
    such bake-offs would be called clear, or 8.
    """
    draw, confidence, called = np.random.default_rng(7), Confidence(resamples=200), 0
    keys = [f"q{n}" for n in range(40)]
    clusters = {key: key for key in keys}
    for _ in range(100):
        level = draw.random(40)
        right, perhaps = level < 0.3, (level > 0.7 if apart else draw.random(40) < 0.3)
        a = dict(zip(keys, right.astype(float), strict=True))
        b = Rights(dict.fromkeys(keys, 0.0), dict(zip(keys, perhaps.astype(float), strict=True)))
        compared = compare_pairs({"a": a, "b": b.sure}, [("a", "b")], clusters, confidence)
        found = with_right_answers(compared, {"a": Rights(a, a), "b": b}, clusters, confidence)["a", "b"]
        called += found.differs(0.95) and found.stays_ahead(float(perhaps.mean()), 0.95)
    assert called <= 5
