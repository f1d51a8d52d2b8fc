"""What counts as a new answer, an old one, or neither; and what a refresh broke."""

from __future__ import annotations

import pytest
from eval_fakes import trial

from corpora.model import Evidence, Example, Question
from eval.given import nearness, outcome
from eval.metrics.registry import CORRECTNESS
from eval.numbers import THIN
from eval.prices import Prices
from eval.refresh_price import Refresh, newly_written, price_refresh
from eval.staleness import (
    PipelineStaleness,
    Selection,
    Staleness,
    score_asked,
    score_unchanged,
    select,
)
from eval.table import staleness_table
from eval.trial import Failure, Trial

REFUSAL = "I don't know."


def question(name: str, reference: str | None, *aliases: str) -> Question:
    return Question(id=name, user_input=f"What of {name}?", reference=reference, reference_aliases=aliases)


def failed(question_id: str = "q1") -> Trial:
    return trial(question_id=question_id, failure=Failure(code="engine-error", message="broken"))


@pytest.mark.parametrize(
    ("old", "new", "text", "expected"),
    [
        ("95 seconds", "140 seconds", "It gets 140 seconds.", "new"),
        ("95 seconds", "140 seconds", "It gets 95 seconds.", "old"),
        ("95 seconds", "140 seconds", "It takes some seconds.", "neither"),
        ("95 seconds", "140 seconds", "140 seconds now, 95 seconds before.", "unclear"),
        ("95 seconds", "140 seconds", REFUSAL, "neither"),
        ("twelve", "noon on a working day", "At noon on a working day, and at twelve.", "unclear"),
        ("95 seconds", "140 seconds", "140 seconds. " + "Who waits longer is sent away. " * 20, "neither"),
        ("first Monday", "last Thursday", "On the first Monday of the month.", "old"),
        ("0.7 percent; by requests", "0.4 percent; by requests", "0.7 percent, by requests", "old"),
        ("0.7 percent; by requests", "0.4 percent; by requests", "0.4 percent, by requests", "new"),
        ("Berth", "Current", "Draught", "neither"),
        ("teal", None, REFUSAL, "new"),
        ("teal", None, "The teal badge.", "old"),
        ("teal", None, "The copper badge.", "neither"),
        (None, "teal", "The teal badge.", "new"),
        (None, "teal", REFUSAL, "old"),
    ],
)
def test_an_answer_gives_the_reference_that_it_is_nearer_to(
    old: str | None, new: str | None, text: str, expected: str
) -> None:
    assert outcome(trial(text=text), question("a", old), question("a", new), 0.5) == expected


@pytest.mark.parametrize(("text", "expected"), [("At noon.", "new"), ("At dusk.", "neither"), (REFUSAL, "neither")])
def test_a_new_question_has_no_old_answer(text: str, expected: str) -> None:
    assert outcome(trial(text=text), None, question("bell", "noon"), 0.5) == expected


def test_a_failure_is_never_right() -> None:
    assert outcome(failed(), question("a", "teal"), question("a", None), 0.5) == "neither"
    assert nearness(failed(), question("a", None)) == 0.0


def test_the_best_of_several_right_references_counts() -> None:
    assert nearness(trial(text="8."), question("legs", "eight legs", "8")) == 1.0


BEFORE = (
    question("ferry", "nine"),
    question("museum", "forty anchors"),
    question("crane", "green"),
    question("captain", "Hedda"),
    question("unasked", "yes"),
    question("owner", None),
)
AFTER = (
    question("ferry", "ten"),
    question("museum", None),
    *BEFORE[2:],
    question("bell", "noon"),
)


def selection(sample: int = 10, seed: int = 0) -> Selection:
    return select(BEFORE, AFTER, BEFORE[:4], sample, seed)


def test_questions_are_sorted_by_what_became_of_their_answers() -> None:
    chosen = selection()
    assert chosen.kinds == {"ferry": "changed", "museum": "withdrawn", "bell": "added"}
    assert [each.reference for each in chosen.touched] == ["ten", None, "noon"]
    assert sorted(chosen.unchanged) == ["captain", "crane"]  # asked in the run, answerable, and as they were


def test_the_sample_is_seeded() -> None:
    many = tuple(question(f"q{number}", "yes") for number in range(60))
    draws = [select(many, many, many, 30, seed).unchanged for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) == 30


def test_a_new_alias_alone_is_a_new_answer() -> None:
    chosen = select([question("a", "eight")], [question("a", "eight", "8")], [], 30, 0)
    assert chosen.kinds == {"a": "changed"}


def test_each_question_has_the_document_of_its_answer() -> None:
    def within(name: str, reference: str | None, document: str) -> Question:
        told = Evidence(document_id=document, start=0, end=1, text="x") if reference is not None else None
        return question(name, reference).model_copy(update={"reference_contexts": (told,) if told else ()})

    before = [within("moved", "nine", "old"), within("gone", "yes", "old"), within("same", "no", "old")]
    after = [within("moved", "ten", "new"), within("gone", None, ""), before[2], within("added", "noon", "new")]
    chosen = select(before, after, [], 30, 0)
    assert chosen.documents == {"moved": "new", "gone": "old", "added": "new"}


def trials(**texts: str | None) -> dict[str, Trial]:
    return {key: failed(key) if text is None else trial(question_id=key, text=text) for key, text in texts.items()}


def test_shares_are_counted_by_kind() -> None:
    asked = score_asked(selection(), trials(ferry="at nine", museum=REFUSAL, bell=None), 0.5, 0.95)
    assert asked.outcomes == {"ferry": "old", "museum": "new", "bell": "neither"}
    assert (asked.changed.new.mean, asked.changed.old.mean, asked.changed.neither.mean) == (0.0, 1.0, 0.0)
    assert asked.withdrawn.new.mean == 1.0
    assert (asked.added.neither.mean, asked.added.old.n) == (1.0, 0)
    assert (asked.failed, asked.uncounted, asked.refused, asked.right) == (1, ("bell",), ("museum",), 1)


@pytest.mark.parametrize(("text", "perhaps"), [("Our rules are silent on that.", True), ("Fifty anchors.", False)])
def test_where_a_refusal_is_right_one_in_other_words_may_be(text: str, perhaps: bool) -> None:
    asked = score_asked(selection(), trials(ferry="at nine", museum=text, bell="At noon."), 0.5, 0.95)
    assert (asked.outcomes["museum"], asked.uncounted) == ("neither", ("museum",) if perhaps else ())


@pytest.mark.parametrize(("text", "perhaps"), [("I don't know; by rule it is fifty anchors.", True), (REFUSAL, False)])
def test_where_a_refusal_is_right_it_may_be_made_up(text: str, perhaps: bool) -> None:
    asked = score_asked(selection(), trials(ferry="at nine", museum=text, bell="At noon."), 0.5, 0.95)
    assert (asked.outcomes["museum"], asked.perhaps_made_up) == ("new", ("museum",) if perhaps else ())


def test_unchanged_questions_are_compared_with_themselves() -> None:
    before = trials(crane="green", captain="Hedda")
    after = trials(crane="green", captain="Ferry at ten")
    unchanged = score_unchanged(selection(), before, after, 0.5, 0.95)
    assert (unchanged.questions, unchanged.broken.n, unchanged.broken.mean, unchanged.mended) == (2, 2, 0.5, 0)
    assert unchanged.broken_questions == ("captain",)
    assert unchanged.broken.low == pytest.approx(0.0945, abs=1e-3)  # Wilson for 1 of 2
    back = score_unchanged(selection(), after, before, 0.5, 0.95)
    assert (back.broken.n, back.broken.mean, back.mended) == (1, 0.0, 1)


def test_nothing_right_before_leaves_nothing_to_break() -> None:
    wrong = trials(crane=REFUSAL, captain=None)
    unchanged = score_unchanged(selection(), wrong, wrong, 0.5, 0.95)
    assert (unchanged.broken.mean, unchanged.broken.n) == (None, 0)


@pytest.mark.parametrize(
    ("indexing", "training", "prices", "seconds", "cost"),
    [
        (2.0, 360.0, Prices(machine_per_hour=3.6), 362.0, 0.362),
        (None, None, Prices(machine_per_hour=3.6), 0.0, 0.0),
        (None, None, Prices(), 0.0, 0.0),
        (2.0, None, Prices(), 2.0, None),
        (2.0, None, Prices(prompt_per_million=1, completion_per_million=2), 2.0, None),
    ],
)
def test_a_refresh_costs_the_seconds_of_the_machine(
    indexing: float | None, training: float | None, prices: Prices, seconds: float, cost: float | None
) -> None:
    refresh = price_refresh(indexing, training, 0, prices)
    assert refresh.seconds == seconds
    assert refresh.cost == (None if cost is None else pytest.approx(cost))


@pytest.mark.parametrize(
    ("examples", "prices", "machine", "writing", "cost"),
    [
        (88, Prices(machine_per_hour=3.6, writing_per_example=0.12), 0.36, 10.56, 10.92),
        (88, Prices(machine_per_hour=3.6), 0.36, None, None),
        (88, Prices(writing_per_example=0.12), None, 10.56, None),
        (88, Prices(machine_per_hour=3.6, writing_per_example=0), 0.36, 0.0, 0.36),
        (0, Prices(machine_per_hour=3.6), 0.36, 0.0, 0.36),
    ],
)
def test_a_refresh_costs_the_writing_of_its_examples_too(
    examples: int, prices: Prices, machine: float | None, writing: float | None, cost: float | None
) -> None:
    refresh = price_refresh(None, 360.0, examples, prices)
    assert refresh.examples == examples
    assert (refresh.machine_cost, refresh.writing_cost, refresh.cost) == pytest.approx((machine, writing, cost))


def test_only_new_wordings_are_written() -> None:
    def example(prompt: str, completion: str) -> Example:
        return Example(prompt=prompt, completion=completion, fact="ferry.time")

    before = [example("When?", "At nine."), example("At what time?", "Nine."), example("Who?", "Hedda.")]
    after = [example("When?", "At ten."), before[1], example("How late?", "Ten.")]
    assert newly_written(before, after) == [after[0], after[2]]
    assert newly_written(before, before[:1]) == newly_written(before, ()) == []
    assert newly_written((), after) == after


def test_the_table_has_a_dash_where_nothing_was_refreshed() -> None:
    chosen = selection()
    old = score_asked(chosen, trials(ferry="nine", museum="forty anchors", bell=REFUSAL), 0.5, 0.95)
    new = score_asked(chosen, trials(ferry="ten", museum=REFUSAL, bell="noon"), 0.5, 0.95)
    same = trials(crane="green", captain="Hedda")
    refreshed = PipelineStaleness(
        name="rag",
        before=old,
        after=new,
        unchanged=score_unchanged(chosen, same, same, 0.5, 0.95),
        refresh=price_refresh(2.0, None, 0, Prices()),
        not_refreshed=None,
    )
    fields = {"after": None, "unchanged": None, "refresh": None, "not_refreshed": "training was left out"}
    staleness = Staleness(
        run_id="r",
        description="",
        corpus_hash="a",
        changed_hash="b",
        metric=CORRECTNESS,
        threshold=0.5,
        level=0.95,
        seed=0,
        kinds=chosen.kinds,
        sample=chosen.unchanged,
        pipelines=(refreshed, refreshed.model_copy(update={"name": "finetuned", **fields})),
    )
    table = staleness_table(staleness)
    first, second = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    assert (first["Right about what has changed"], second["Right about what has changed"]) == ("1.00, 3 of 3", "–")
    assert first["New answer, after"].startswith(f"100{THIN}% (")
    assert first["Old answer, before"] == second["Old answer, before"]
    assert (first["Refresh"], first["Refresh cost"]) == ("2.00 s", "unknown")
    assert [second[column] for column in table.columns[4:]] == ["–"] * (len(table.columns) - 4)
    assert Staleness.model_validate_json(staleness.model_dump_json()) == staleness
    earlier = Staleness.model_validate(staleness.model_dump(exclude={"documents"}))
    assert earlier.documents == {}


def test_the_table_says_which_failures_it_counts() -> None:
    chosen = selection()
    after = score_asked(chosen, trials(ferry=None, museum=REFUSAL, bell="noon"), 0.5, 0.95)
    unchanged = score_unchanged(
        chosen, trials(crane="green", captain="Hedda"), trials(crane=None, captain="x"), 0.5, 0.95
    )
    each = PipelineStaleness(
        name="rag", before=after, after=after, unchanged=unchanged, refresh=None, not_refreshed=None
    )
    staleness = Staleness(
        run_id="r",
        description="",
        corpus_hash="a",
        changed_hash="b",
        metric=CORRECTNESS,
        threshold=0.5,
        level=0.95,
        seed=0,
        kinds=chosen.kinds,
        sample=chosen.unchanged,
        pipelines=(each,),
    )
    table = staleness_table(staleness)
    assert dict(zip(table.columns, table.rows[0], strict=True))["Failed, after, unchanged ones too"] == "2"


def test_a_refresh_of_an_earlier_version_says_nothing_of_writing() -> None:
    now = price_refresh(2.0, None, 0, Prices(machine_per_hour=3.6))
    earlier = Refresh.model_validate(now.model_dump(exclude={"examples", "machine_cost", "writing_cost"}))
    assert (earlier.examples, earlier.writing_cost, earlier.cost) == (None, None, now.cost)
