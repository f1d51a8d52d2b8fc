"""Which answer a reply of few words gives beside references that are sentences: the new, the old, or neither."""

from __future__ import annotations

from itertools import product

import pytest
from eval_fakes import trial

from corpora.model import Question
from eval.given import outcome
from eval.metrics.registry import RIGHT
from eval.staleness import Selection, score_asked
from eval.trial import Failure

STORED = "The harbour keeps its logs in cold storage for {} days."
OLD, NEW = STORED.format(30), STORED.format(330)
TWELVE = range(12)


def question(reference: str | None, *aliases: str, name: str = "logs") -> Question:
    asked = "How long does the harbour keep its logs in cold storage?"
    return Question(id=name, user_input=asked, reference=reference, reference_aliases=aliases)


def given(text: str, old: Question, new: Question) -> str:
    return outcome(trial(text=text), old, new, RIGHT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("330 days", "new"),
        ("330", "new"),
        ("It is 330 days.", "new"),
        ("Based on the context, it is 330 days.", "new"),
        ("30 days", "old"),
        ("99 days", "neither"),
        ("330 seconds", "neither"),
        ("some days", "neither"),
        ("bananas", "neither"),
        ("30 or 330 days", "unclear"),
        ("logs in cold storage", "neither"),
        ("I don't know.", "neither"),
        ("I don't know about 330 days.", "neither"),
        ("", "neither"),
        (NEW, "new"),
        (OLD, "old"),
        (STORED.format(99), "neither"),
    ],
)
def test_few_words_are_judged_by_those_in_which_the_references_differ(text: str, expected: str) -> None:
    assert given(text, question(OLD), question(NEW)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("330天", "new"), ("30天", "old"), ("99天", "neither"), ("日志", "neither"), ("我不知道。", "neither")],
)
def test_few_words_of_chinese(text: str, expected: str) -> None:
    old, new = (f"港口把日志存放在冷库里{days}天。" for days in (30, 330))
    assert given(text, question(old), question(new)) == expected


@pytest.mark.parametrize(("text", "expected"), [("Marit", "neither"), ("Ola", "old"), ("Marit Solvang", "new")])
def test_most_of_the_words_of_one_reference_alone_must_be_there(text: str, expected: str) -> None:
    old, new = (f"Mooring is run by {name} in the harbour." for name in ("Ola", "Marit Solvang"))
    assert given(text, question(old), question(new)) == expected


def test_a_day_of_a_month_is_one_word() -> None:
    old, new = (f"Work on the logs is frozen from {days} March." for days in ("5 to 25", "8 to 28"))
    assert given("8 to 28 March", question(old), question(new)) == "new"


def test_words_of_the_question_are_not_asked_for() -> None:
    """They would be, of a sentence that is another now: most of the words that only it has."""
    old = question("Logs go after a week.")
    assert given("330 days", old, question(NEW)) == "new"
    assert given("the harbour, in cold storage", old, question(NEW)) == "neither"


def test_words_of_the_question_are_all_that_there_is_to_choose_between() -> None:
    old, new = (
        Question(id="queue", user_input="Is it FIFO or LIFO?", reference=f"The order of the queue is {order} for all.")
        for order in ("FIFO", "LIFO")
    )
    assert [given(text, old, new) for text in ("LIFO", "FIFO", "FIFO or LIFO")] == ["new", "old", "unclear"]


@pytest.mark.parametrize(("old", "new", "text"), [(NEW, NEW, "330 days"), (None, NEW, "330 days")])
def test_without_two_references_that_differ_few_words_give_neither(old: str | None, new: str | None, text: str) -> None:
    assert given(text, question(old), question(new)) == "neither"


def test_few_words_of_an_answer_that_was_withdrawn_are_old() -> None:
    assert given("30 days", question(OLD), question(None)) == "old"
    assert given("99 days", question(OLD), question(None)) == "neither"


LISTED = "A job of the harbour can ask for {}."
LESS, MORE = "GPUs and CPUs", "GPUs, CPUs and TPUs"


@pytest.mark.parametrize(
    ("reference", "form"),
    [
        *product(["{}"], ["{}", "It is {}.", LISTED, "According to the handbook, " + LISTED]),
        *product([LISTED], [LISTED, "According to the handbook, " + LISTED]),
    ],
)
@pytest.mark.parametrize("grows", [True, False])
def test_an_answer_that_grows_or_shrinks_is_told_in_a_sentence_too(reference: str, form: str, grows: bool) -> None:
    old, new = (reference.format(each) for each in ((LESS, MORE) if grows else (MORE, LESS)))
    before, after = (question(each).model_copy(update={"user_input": "What can be asked for?"}) for each in (old, new))
    assert given(form.format(MORE if grows else LESS), before, after) == "new"
    assert given(form.format(LESS if grows else MORE), before, after) == "old"


@pytest.mark.parametrize("mark", ["- ", "* ", "1. "])
def test_the_items_of_a_list_in_markdown_are_told_at_once(mark: str) -> None:
    less, more = (question(each).model_copy(update={"user_input": "What can be asked for?"}) for each in (LESS, MORE))
    listed = "\n".join(f"{mark}{each}" for each in ("GPUs", "CPUs", "TPUs"))
    assert given(listed, less, more) == "new"
    assert given(listed, more, less) == "old"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guests may not use the harbour.", "new"),
        ("According to the handbook, guests may not use the harbour.", "new"),
        ("No, guests may not use the harbour.", "new"),
        ("Guests cannot use the harbour.", "new"),
        ("Guests may no longer use the harbour.", "new"),
        ("No, guests are no longer allowed to use the harbour.", "new"),
        ("Guests may use the harbour.", "old"),
        ("Yes, guests may use the harbour.", "old"),
        ("Bananas.", "neither"),
    ],
)
def test_a_denial_is_told_in_several_forms(text: str, expected: str) -> None:
    references = ("Guests may use the harbour.", "Guests may not use the harbour.")
    old, new = (Question(id="guests", user_input="May guests use the harbour?", reference=each) for each in references)
    assert given(text, old, new) == expected
    turned = {"new": "old", "old": "new"}.get(expected, expected)
    assert given(text, new, old) == turned


@pytest.mark.parametrize(
    ("less", "more", "text"),
    [
        (LESS, MORE, "A job can ask for GPUs and CPUs. TPUs are not supported."),
        (LESS, MORE, "GPUs and CPUs, TPUs not yet."),
        (LESS, MORE, "GPUs and CPUs (formerly GPUs, CPUs and TPUs)."),
        (LESS, MORE, "GPUs and CPUs (TPUs were removed in May)."),
        (LESS, MORE, "GPUs and CPUs; TPUs are no longer supported."),
        ("employees", "employees with a badge", "It may be used by employees, no badge is needed."),
        ("组长可以批准申请。", "组长不可以批准申请。", "组长可以批准申请，不需要其他人。"),
    ],
)
def test_what_is_told_apart_or_denied_gives_neither_and_may_be_right(less: str, more: str, text: str) -> None:
    for old, new in ((less, more), (more, less)):
        before, after = (Question(id="it", user_input="What holds?", reference=each) for each in (old, new))
        found = score_asked(
            Selection({"it": "changed"}, (), {"it": before}, {"it": after}),
            {"it": trial(question_id="it", text=text)},
            RIGHT,
            0.95,
        )
        assert found.outcomes == {"it": "neither"}
        assert found.uncounted == ("it",)


@pytest.mark.parametrize(
    ("told", "other", "text"),
    [
        ("Leads may approve.", "Leads may not approve.", "Leads may approve, but not those of others."),
        ("Jobs can be restarted.", "Jobs cannot be restarted.", "Jobs can be restarted but cannot be paused."),
    ],
)
def test_what_is_said_and_something_else_denied_beside_it_is_what_is_given(told: str, other: str, text: str) -> None:
    before, after = (Question(id="it", user_input="What holds?", reference=each) for each in (told, other))
    assert given(text, before, after) == "old"
    assert given(text, after, before) == "new"


LEAD = "the team lead", "the team lead or the deputy director"
GYM = "employees", "employees with a valid badge"
REVIEW = "A change needs one reviewer.", "A change needs one reviewer from the security team."
FORMAT = "JSON", "JSON with UTC timestamps"


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        (LEAD, "The team lead or the deputy."),
        (GYM, "Employees with a badge."),
        (GYM, "Any employee who holds a badge."),
        (REVIEW, "A change needs one reviewer from the security group."),
        (FORMAT, "JSON with timestamps."),
    ],
)
def test_what_an_answer_adds_in_part_is_neither_without_it_nor_surely_with_it(pair: tuple[str, str], text: str) -> None:
    less, more = (Question(id="it", user_input="What holds?", reference=each) for each in pair)
    assert given(text, less, more) == given(text, more, less) == "unclear"
    assert given(pair[0], less, more) == given(pair[1], more, less) == "old"
    assert given(pair[1], less, more) == given(pair[0], more, less) == "new"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (OLD, NEW, f"{NEW} It was 30 days before."),
        ("30 days", "330 days", "It was raised from 30 to 330 days."),
        (
            "Mooring is run by Ola.",
            "Mooring is run by Marit Solvang.",
            "Marit Solvang, who took it over from Ola, runs it.",
        ),
    ],
)
def test_a_long_answer_that_mentions_the_old_one_is_not_called_stale(old: str, new: str, text: str) -> None:
    rest = " Whoever asks at the desk is told so by the staff of the office on the quay." * 5
    for said in (text, text + rest):
        assert given(said, question(old), question(new)) == "unclear"


@pytest.mark.parametrize("text", ["They may not.", "Guests cannot use the harbour.", "They may, at any time."])
def test_a_sentence_may_say_yes_or_no_without_either_word(text: str) -> None:
    assert given(text, question("Yes"), question("No")) == "unclear"
    assert (
        given(text, question("Yes"), question(None))
        == given(text, question("Yes, with a badge"), question("No"))
        == "neither"
    )
    assert given("I don't know.", question("Yes"), question("No")) == "neither"


@pytest.mark.parametrize("text", ["No.", "Yes"])
def test_a_bare_yes_or_no_may_say_what_a_sentence_does(text: str) -> None:
    may, must_not = question("Guests may use the harbour."), question("Guests have to stay outside.")
    assert given(text, may, must_not) == "unclear"
    assert given(text, may, question(None)) == "neither"
    assert given(text, question("Yes"), question("No")) == ("new" if text == "No." else "old")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            "Guests may use the harbour.",
            "Guests are not allowed to use the harbour.",
            "Guests are forbidden to use the harbour.",
        ),
        ("Jobs are able to restart.", "Jobs are not able to restart.", "Jobs are unable to restart."),
        (
            "It is possible to restart a job.",
            "It is not possible to restart a job.",
            "It is impossible to restart a job.",
        ),
    ],
)
def test_a_denial_within_a_word_is_one(old: str, new: str, text: str) -> None:
    assert given(text, question(old), question(new)) == "new"
    assert given(text, question(new), question(old)) == "old"


def test_a_denial_of_what_one_answer_adds_gives_the_other() -> None:
    less, more = (question(each).model_copy(update={"user_input": "What holds?"}) for each in (LESS, MORE))
    assert given("GPUs and CPUs but no longer TPUs.", less, more) == "old"
    assert given("GPUs and CPUs but no longer TPUs.", more, less) == "new"


@pytest.mark.parametrize("text", ["No simple rule holds for all of it. ", "Of 50 people some took days. "])
def test_scattered_words_of_a_long_answer_are_not_what_was_withdrawn(text: str) -> None:
    rest = "Whoever asks at the desk is told so by the staff of the office on the quay. " * 5
    for reference in ("No", "50 days"):
        assert given(text + rest, question(reference), question(None)) == "neither"
    assert given(f"It is 50 days here. {rest}", question("50 days"), question(None)) == "old"


def test_a_long_answer_may_be_old_and_is_not_new() -> None:
    rest = " Whoever asks at the desk is told so by the staff of the office on the quay." * 5
    for old, new in ((OLD, NEW), ("30 days", "330 days")):
        assert given(OLD + rest, question(old), question(new)) == "old"
        assert given(OLD + rest, question(old), question(None)) == "old"
        assert given(NEW + rest, question(old), question(new)) == "neither"
        assert given(STORED.format(99) + rest, question(old), question(new)) == "neither"


@pytest.mark.parametrize(
    ("text", "uncounted"),
    [
        ("330 days (formerly 30 days)", True),
        ("It was 30 days and is 330 days now.", True),
        ("30 or 330 days", True),
        ("30 days", False),
        ("99 days", False),
    ],
)
@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), ("30 days", "330 days")])
def test_what_gives_both_gives_neither_and_may_be_right(old: str, new: str, text: str, uncounted: bool) -> None:
    chosen = Selection({"logs": "changed"}, (), {"logs": question(old)}, {"logs": question(new)})
    found = score_asked(chosen, {"logs": trial(question_id="logs", text=text)}, RIGHT, 0.95)
    assert found.outcomes["logs"] == ("old" if text == "30 days" else "neither")
    assert found.uncounted == (("logs",) if uncounted else ())


def test_the_best_of_several_right_references_counts_and_a_word_of_any_other_is_not_its_own() -> None:
    kept = "It keeps all of its logs for {}."
    old, new = question(OLD, kept.format("a month")), question(kept.format("ever"), NEW)
    assert given("330", old, new) == given("For ever", old, new) == "new"
    assert given("a month", old, new) == "old"
    assert given("330", question(OLD, NEW), new) == "neither"


def test_a_failure_of_few_words_gives_neither() -> None:
    failed = trial(failure=Failure(code="engine-error", message="down"))
    assert outcome(failed, question(OLD), question(NEW), RIGHT) == "neither"


def test_who_answers_in_few_words_is_not_behind_who_answers_in_sentences() -> None:
    before, after = ({f"q{n}": question(STORED.format(100 * k + n), name=f"q{n}") for n in TWELVE} for k in (1, 3))
    chosen = Selection(dict.fromkeys(before, "changed"), (), before, after)
    terse = {f"q{n}": trial(question_id=f"q{n}", text=f"{300 + n} days") for n in TWELVE}
    wordy = {f"q{n}": trial(question_id=f"q{n}", text=STORED.format(100 + n + 200 * (n % 3 > 0))) for n in TWELVE}
    assert score_asked(chosen, terse, RIGHT, 0.95).changed.new.mean == 1.0
    assert score_asked(chosen, wordy, RIGHT, 0.95).changed.new.mean == pytest.approx(8 / 12)


@pytest.mark.parametrize(
    ("reference", "text", "uncounted"),
    [
        (NEW, "330 days", True),
        (NEW, NEW, False),  # counts
        (NEW, "90 days", False),
        (NEW, "I don't know.", False),
        ("330 days", "word " * 70 + "330 days", True),
        ("330 days", "word " * 70, False),
        (None, "330 days", False),  # withdrawn: there is no right answer but to say so
    ],
)
def test_answers_to_new_questions_that_do_not_count_for_their_length(
    reference: str | None, text: str, uncounted: bool
) -> None:
    chosen = Selection({"logs": "added"}, (), {}, {"logs": question(reference)})
    found = score_asked(chosen, {"logs": trial(question_id="logs", text=text)}, RIGHT, 0.95)
    assert found.uncounted == (("logs",) if uncounted else ())


def test_a_long_answer_that_repeats_the_old_reference_is_not_perhaps_right() -> None:
    before, after = (
        question(f"The logs of {place} are kept in cold storage by the harbour.") for place in ("Oslo", "Bergen")
    )
    stale = trial(question_id="logs", text=f"{before.reference} {'word ' * 70}")
    fresh = trial(question_id="logs", text=f"{after.reference} {'word ' * 70}")
    chosen = Selection({"logs": "changed"}, (), {"logs": before}, {"logs": after})
    assert score_asked(chosen, {"logs": stale}, RIGHT, 0.95).uncounted == ()
    assert score_asked(chosen, {"logs": fresh}, RIGHT, 0.95).uncounted == ("logs",)
