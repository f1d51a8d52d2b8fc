"""Answers of which shared words say little for their length: told of, and no reason for a clear verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, reply, trial
from planted_trials import Needy

from corpora.model import Question
from eval.assessed import assess
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.needs import Needs
from eval.numbers import score
from eval.options import EvaluationOptions
from eval.summary import Summary, summarise
from eval.table import difference_table
from eval.trial import Score, Trial
from eval.uncounted import Uncounted, uncounted
from pipelines.contract import Passage

YEARS = [question(number).model_copy(update={"reference": str(1900 + number)}) for number in range(40)]
STORED = [
    question(number).model_copy(
        update={
            "user_input": "How long does the harbour keep its logs in cold storage?",
            "reference": f"The harbour keeps its logs in cold storage for {number} days.",
        }
    )
    for number in range(40)
]


def asked(name: str, questions: Sequence[Question], answers: Sequence[str]) -> list[Trial]:
    """Trials with the correctness that these answers have."""
    return [
        trial(
            pipeline=name,
            question_id=each.id,
            answer=reply(text),
            scores={CORRECTNESS: Score(status="scored", value=correctness(each.reference or "", text))},
        )
        for each, text in zip(questions, answers, strict=True)
    ]


def bake_off(questions: Sequence[Question], answers: Mapping[str, Sequence[str]]) -> Summary:
    pipelines = {name: FakePipeline(name, str) for name in answers}
    head = manifest(questions, pipelines, Config(evaluation=EvaluationOptions(resamples=300)))
    trials = [each for name, texts in answers.items() for each in asked(name, questions, texts)]
    return summarise(head, questions, trials)


def of(questions: Sequence[Question], answers: Sequence[str]) -> Uncounted:
    return uncounted(assess(questions, asked("one", questions, answers)))


def test_what_length_takes_is_the_mean_of_what_each_answer_loses() -> None:
    found = of(YEARS[:4], ["word " * 79 + "1900", "word " * 79 + "1901", "1902", "1999"])
    assert (found.too_long.answers, found.too_short.answers) == (2, 0)
    assert found.too_long.taken == found.taken == pytest.approx((0.75 + 0.75) / 4)


def test_where_bare_answers_go_is_told_by_the_name_of_the_field() -> None:
    told = bake_off(STORED, {"bare": [f"{number} days" for number in range(40)]}).warnings
    assert [text for text in told if "Give the bare answers as `reference_aliases`" in text]


def test_answers_to_what_has_no_right_answer_are_of_no_length() -> None:
    hard = [question(number, answerable=False) for number in range(40, 43)]
    found = of([*STORED[:2], *hard], ["0 days", "1 day", "No", "No", "No"])
    assert (found.answers, found.too_short.answers, found.may_be_right) == (2, 2, 2)


def test_right_answers_that_are_long_are_not_clearly_behind() -> None:
    """All of `talker` are right, and count so, most of `brief`; what puts `talker` behind is its length alone."""
    talker = ["word " * 54 + str(1900 + number) for number in range(40)]
    brief = [str(1900 + number) if number % 5 else "1800" for number in range(40)]
    found = bake_off(YEARS, {"talker": talker, "brief": brief})
    sentence = "But the correctness of talker may be up to 0.47 too low because of the length of its answers."
    assert found.verdict.headline.startswith(
        "It cannot be told from 40 questions which of brief (0.80) and talker (0.53)"
    )
    assert found.verdict.headline.endswith(sentence)
    assert (found.verdict.leaders, found.verdict.clear) == (("brief", "talker"), False)
    choice = found.verdict.recommendation
    assert (choice.pipeline, choice.clear) == ("talker", False)
    assert "talker (1.00) gives more right answers than brief (0.80)." in choice.sentence
    assert any(each.startswith("The length of its answers alone takes 0.47 of talker's") for each in found.warnings)


def test_who_is_as_long_winded_as_the_best_one_may_be_as_right() -> None:
    """What length took of the one need not be right where what it took of the other is."""
    long = ["word " * 54 + str(1900 + number) for number in range(40)]
    answers = {
        "a": [str(1900 + number) if number < 20 else long[number] for number in range(40)],
        "b": [long[number] if number < 30 else "1800" for number in range(40)],
    }
    found = bake_off(YEARS, answers)
    assert [each.uncounted.taken for each in found.pipelines] == pytest.approx([0.24, 0.35], abs=0.01)
    assert (found.verdict.leaders, found.verdict.clear) == (("a", "b"), False)
    choice = found.verdict.recommendation
    assert not choice.clear
    assert "But the correctness of b may be up to 0.35 too low because of the length of its answers." in choice.sentence
    assert choice.reasons[-1].numbers["b.uncounted.too_long.taken"] == pytest.approx(0.35, abs=0.01)


def test_what_length_may_have_taken_is_told_whole() -> None:
    """That of long answers and that of short ones, since they are weighed together."""
    questions = [*YEARS[:30], *STORED[30:]]
    mixed = [f"{'word ' * 54}{1900 + n}" if n < 30 else f"{n} days" for n in range(40)]
    right = [each.reference or "" for each in questions]
    found = bake_off(questions, {"mixed": mixed, "plain": right})
    kinds = found.pipelines[0].uncounted
    assert kinds.too_long.taken > kinds.too_short.taken > 0.1
    taken = score(kinds.too_long.taken + kinds.too_short.taken)
    assert f"the correctness of mixed may be up to {taken} too low" in found.verdict.headline


def test_wrong_answers_that_are_long_are_clearly_behind() -> None:
    found = bake_off(YEARS, {"talker": ["word " * 55] * 40, "brief": [str(1900 + number) for number in range(40)]})
    assert (found.verdict.leaders, found.verdict.clear) == (("brief",), True)
    assert not any("length" in each for each in found.warnings)
    assert "talker answered nothing rightly." in found.verdict.recommendation.sentence


def test_bare_answers_are_not_called_wrong_for_what_a_sentence_says_besides() -> None:
    terse = [f"{number} days" for number in range(40)]
    wordy = [
        f"The harbour keeps its logs in cold storage for {number if number % 3 else 99} days." for number in range(40)
    ]
    found = bake_off(STORED, {"terse": terse, "wordy": wordy})
    choice = found.verdict.recommendation
    assert (choice.pipeline, choice.clear) == ("wordy", False)
    assert "terse gave no answer that counts as right; 40 of 40 answers may be right, and are too" in choice.sentence
    said = "But 40 of 40 answers of terse may be right and have too few of their references' words to count so."
    assert said in found.verdict.headline
    row = dict(zip(difference_table(found).columns, difference_table(found).rows[0], strict=True))
    assert (row["Different"], row["More needed"]) == ("in doubt", "–")  # what may be lacking is more than all
    assert "But that wordy is more correct than terse hangs on which answers count." in choice.sentence
    assert not found.verdict.clear
    assert any(each.startswith("40 of terse's 40 answers may be right and have too few") for each in found.warnings)


@pytest.mark.parametrize(
    "said", ["It is {}.", "Based on the context, it is {} days.", "They stay there for {} days, says the passage."]
)
def test_what_is_said_around_a_bare_answer_changes_nothing(said: str) -> None:
    terse = [said.format(number) for number in range(40)]
    wordy = [
        f"The harbour keeps its logs in cold storage for {number if number % 3 else 99} days." for number in range(40)
    ]
    found = bake_off(STORED, {"terse": terse, "wordy": wordy})
    assert found.pipelines[0].uncounted.too_short.answers == 40
    assert not found.verdict.clear


@pytest.mark.parametrize("right", [4, 12, 20])
def test_parts_of_wrong_sentences_put_nobody_clearly_ahead(right: int) -> None:
    """Both have as many right answers; a wrong sentence has nearly half of the words of a right one."""
    wordy = [f"The harbour keeps its logs in cold storage for {n if n < right else 99} days." for n in range(40)]
    terse = [f"{n} days" if n < right else "bananas" for n in range(40)]
    found = bake_off(STORED, {"wordy": wordy, "terse": terse})
    ahead = found.difference(CORRECTNESS, "wordy", "terse")
    assert ahead
    assert ahead.worst
    assert ahead.worst.ahead(0.95)  # by the metric it stays ahead
    assert (found.verdict.clear, found.verdict.recommendation.clear) == (False, False)


def test_who_is_ruled_out_is_more_correct_by_what_counts_alone() -> None:
    terse = [f"{n} days" for n in range(30)] + ["bananas"] * 9 + [str(STORED[39].reference)]
    wordy = [f"The harbour keeps its logs in cold storage for {n if n < 30 else 99} days." for n in range(40)]
    config = Needy(evaluation=EvaluationOptions(resamples=300), needs=Needs(seconds=3))
    head = manifest(STORED, {name: FakePipeline(name, str) for name in ("wordy", "terse")}, config)
    slow = [
        each.model_copy(update={"answer": reply(text, e2el=9.0)})
        for each, text in zip(asked("wordy", STORED, wordy), wordy, strict=True)
    ]
    choice = summarise(head, STORED, [*slow, *asked("terse", STORED, terse)]).verdict.recommendation
    assert choice.pipeline == "terse"
    assert "which these needs rule out, is more correct than terse (0.24) by the answers that count." in choice.sentence
    assert choice.reasons[-1].numbers["differences.correctness.wordy − terse.worst_right.low"] < 0


def test_what_is_short_and_wrong_leaves_a_verdict_clear() -> None:
    right = [f"The harbour keeps its logs in cold storage for {number} days." for number in range(40)]
    found = bake_off(STORED, {"bananas": ["bananas"] * 40, "wordy": right})
    assert (found.verdict.leaders, found.verdict.clear) == (("wordy",), True)
    assert found.verdict.recommendation.clear
    assert "bananas answered nothing rightly." in found.verdict.recommendation.sentence


def test_what_is_copied_is_long_and_not_in_doubt() -> None:
    told = [f"The year was {1900 + number}. {'Much else was said of it. ' * 20}".strip() for number in range(40)]
    questions = [
        each.model_copy(update={"reference_contexts": (each.reference_contexts[0].model_copy(update={"text": text}),)})
        for each, text in zip(YEARS, told, strict=True)
    ]
    found = bake_off(questions, {"copier": told, "brief": [str(1900 + number) for number in range(40)]})
    assert (found.verdict.leaders, found.verdict.clear) == (("brief",), True)


def test_what_is_quoted_from_a_passage_is_no_copy() -> None:
    told = [f"The year was {1900 + number}. {'Much else was said of it. ' * 10}".strip() for number in range(40)]
    questions = [
        each.model_copy(
            update={"reference_contexts": (each.reference_contexts[0].model_copy(update={"text": text * 3}),)}
        )
        for each, text in zip(YEARS, told, strict=True)
    ]
    assert of(questions, told).too_long.answers == 40


def test_two_passages_are_copied_as_one_is() -> None:
    text = "The year was 1900. " + "Much else was said of it. " * 6
    passages = tuple(
        Passage(id=f"year:{start}", document_id="year", start=start, end=start + len(text), text=text, score=1.0)
        for start in (0, len(text))
    )
    copied = "\n".join(each.text for each in passages)
    copier = trial(
        pipeline="one",
        question_id=YEARS[0].id,
        answer=reply(copied, passages),
        scores={CORRECTNESS: Score(status="scored", value=correctness("1900", copied))},
    )
    assert uncounted(assess([YEARS[0]], [copier])).taken == 0


def test_a_headline_says_that_its_leader_was_never_right() -> None:
    told = ["The harbour keeps logs for some days, they say.", "The harbour keeps logs dry and warm."]
    found = bake_off(STORED, {"a": told * 20, "b": ["The harbour is old and rather wide."] * 40})
    assert found.verdict.headline.startswith("It cannot be told from 40 questions which of a (")
    assert found.verdict.headline.endswith("But no answer of a counts as right; 20 of 40 answers may be.")
    assert not found.verdict.clear


def test_one_answer_to_every_question_may_be_none_of_theirs() -> None:
    a, b = "The harbour keeps logs dry and warm.", "The harbour is old and rather wide."
    found = bake_off(STORED, {"a": [a] * 40, "b": [b] * 40})
    assert found.verdict.headline.endswith("But no answer of any pipeline counts as right.")
    assert not found.verdict.clear


def test_that_nothing_counts_as_right_for_its_length_is_no_clear_verdict() -> None:
    found = bake_off(STORED, {"a": [f"{number} days" for number in range(40)], "b": ["bananas"] * 40})
    choice = found.verdict.recommendation
    assert (choice.pipeline, choice.clear) == (None, False)
