"""How many answers come too late: by question, however often each was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from eval_fakes import reply, trial

from corpora.errors import EngineTimeoutError
from eval.lateness import late_answers
from eval.statistics import Confidence, Draws, Estimate
from eval.trial import Failure, Trial

QUICK = Confidence(resamples=300)
GIVEN_UP = Failure(code=EngineTimeoutError.code, message="too long")
DOWN = Failure(code="engine-error", message="down")


def asked(late: int, questions: int = 40, repeat: int = 1, near: bool = False) -> list[Trial]:
    """The first questions take ten seconds each time, the others one; where they are near it, every other one 2.9."""
    return [
        trial(question_id=f"q{n}", repeat=time, answer=reply("x", e2el=10.0 if n < late else 1.0 + 1.9 * near * odd(n)))
        for n in range(questions)
        for time in range(repeat)
    ]


def odd(n: int) -> int:
    """Every other question, in tens as in turns."""
    return (n // 10 + n) % 2


def late(trials: Sequence[Trial], clusters: Mapping[str, str] | None = None) -> Estimate:
    """In ten turns."""
    ids = {each.question_id: each.question_id for each in trials}
    turns = {each: number % 10 for number, each in enumerate(ids)}
    return late_answers(trials, 3.0, Draws(clusters or ids, turns, QUICK)).share


def test_repeats_are_no_further_questions() -> None:
    once = late(asked(4))
    assert (once.mean, once.n) == (0.1, 40)
    assert once.low is not None
    assert once.low < 0.05
    assert late(asked(4, repeat=9)) == once


def test_a_question_is_late_as_often_as_its_repeats_are() -> None:
    mixed = [
        trial(question_id="a", repeat=0, answer=reply("x", e2el=10.0)),
        trial(question_id="a", repeat=1, answer=reply("x", e2el=1.0)),
        trial(question_id="b", repeat=0, answer=reply("x", e2el=1.0)),
    ]
    assert late(mixed).mean == 0.25


def test_questions_on_one_document_tell_less_than_as_many_on_others() -> None:
    """Of ten documents two are late throughout."""
    apart = late(asked(8))
    together = late(asked(8), {f"q{n}": f"document {n // 4}" for n in range(40)})
    assert apart.mean == together.mean == 0.2
    assert apart.low is not None
    assert together.low is not None
    assert together.low < 0.05 < apart.low


def test_what_was_given_up_is_late_and_what_nobody_timed_is_left_out() -> None:
    untimed = [
        trial(question_id="down", failure=DOWN),
        trial(question_id="cached", answer=reply("x", e2el=10.0), cached=True),
    ]
    share = late([*asked(1, 3), *untimed, trial(question_id="gone", failure=GIVEN_UP)])
    assert (share.mean, share.n) == (pytest.approx(2 / 4), 4)
    nothing = late(untimed)
    assert (nothing.mean, nothing.low, nothing.n) == (None, None, 0)


def test_what_failed_otherwise_may_be_late_too() -> None:
    """Of 100 answers none is late; with ten that failed .1 may be, so that no number of further ones would tell."""
    answered = [each for each in asked(0, 100, near=True) if each.question_id not in {f"q{n}" for n in range(10)}]
    found = late_answers(
        [*answered, *(trial(question_id=f"q{n}", failure=DOWN) for n in range(10))], 3.0, Draws(*_by_itself(100), QUICK)
    )
    assert (found.share.mean, found.share.n, found.failed) == (0, 90, 10)
    assert (found.at_most.mean, found.at_most.n, found.more) == (0.1, 100, None)
    assert found.share.high is not None
    assert found.at_most.high is not None
    assert found.share.high < 0.05 < found.at_most.high
    assert found.told("3 s").endswith("; with the 10 that failed otherwise 10\u202f% were not there in time")


def test_none_late_tells_more_than_a_few_late() -> None:
    """However many documents there are: of forty, none of which is late, resampling would tell nothing."""
    documents = {f"q{n}": f"document {n // 10}" for n in range(400)}
    highs = [late(asked(few, 400, near=True), documents).high for few in (0, 1, 4, 12, 40)]
    assert None not in highs
    assert highs == sorted(highs, key=lambda each: each or 0.0)
    assert highs[0] == pytest.approx(1 - 0.025 ** (1 / 400))  # Clopper and Pearson's, for 0 of 400


def test_one_late_answer_among_few_does_not_pass_for_none() -> None:
    share = late(asked(1, 60))
    assert share.high is not None
    assert share.high > 0.08


def test_times_that_are_alike_within_documents_are_worth_fewer_answers() -> None:
    """Nobody is late, but whole documents are near it."""
    documents = {f"q{n}": f"document {n // 10}" for n in range(100)}
    alike = [trial(question_id=f"q{n}", answer=reply("x", e2el=1.0 + n // 10 % 2)) for n in range(100)]
    mixed = [trial(question_id=f"q{n}", answer=reply("x", e2el=1.0 + odd(n))) for n in range(100)]
    together, apart = late(alike, documents), late(mixed, documents)
    assert together.high is not None
    assert apart.high is not None
    assert apart.high < 0.04 < 0.2 < together.high


def test_how_many_more_questions_would_tell_that_answers_are_in_time() -> None:
    """Of independent answers none of which is late, 72 have an exact interval that ends below .05: .95^72 < .025."""
    assert late_answers(asked(0, 40, near=True), 3.0, Draws(*_by_itself(40), QUICK)).more == 72 - 40
    assert late_answers(asked(0, 80, near=True), 3.0, Draws(*_by_itself(80), QUICK)).more is None
    in_turns = late_answers(
        asked(6, 200), 3.0, Draws(_by_itself(200)[0], {f"q{n}": n // 10 for n in range(200)}, QUICK)
    )
    assert in_turns.more is None  # all that are late are of one turn, whose mood stays in a longer one
    assert late_answers(asked(4), 3.0, Draws(*_by_itself(40), QUICK)).more is None  # a tenth is late


def moody(times: Sequence[float], documents: int) -> Estimate:
    """Of ten turns of ten questions on so many documents, where a turn takes these times."""
    ids = [f"q{n}" for n in range(100)]
    told = [trial(question_id=key, answer=reply("x", e2el=times[n // 10] + odd(n) / 10)) for n, key in enumerate(ids)]
    clusters = {key: f"document {n * documents // 100}" for n, key in enumerate(ids)}
    return late_answers(told, 3.0, Draws(clusters, {key: n // 10 for n, key in enumerate(ids)}, QUICK)).share


@pytest.mark.parametrize("documents", [10, 20, 100])
def test_moods_of_the_machine_matter_where_they_come_near_the_limit(documents: int) -> None:
    """However many documents there are; none is late in either case."""
    far, near = (moody([0.5 * scale, scale] * 5, documents) for scale in (0.5, 2.5))
    assert (far.mean, near.mean) == (0, 0)
    assert far.high == pytest.approx(1 - 0.025 ** (1 / 100))  # Clopper and Pearson's, for 0 of 100
    assert near.high is not None
    assert near.high > 0.2


def test_documents_of_which_one_is_slow_are_not_far_from_the_limit() -> None:
    ids = [f"q{n}" for n in range(100)]
    documents = {key: f"document {n // 10}" for n, key in enumerate(ids)}
    told = [trial(question_id=key, answer=reply("x", e2el=2.5 if n < 10 else 0.1)) for n, key in enumerate(ids)]
    high = late(told, documents).high
    assert high is not None
    assert high > 0.2


def _by_itself(questions: int) -> tuple[dict[str, str], dict[str, int]]:
    ids = [f"q{n}" for n in range(questions)]
    return dict(zip(ids, ids, strict=True)), {each: number % 10 for number, each in enumerate(ids)}
