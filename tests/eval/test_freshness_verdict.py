"""Who is the most often right about what has changed, and what is in doubt of it for answers that are not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from planted_trials import CHANGED, Truth, bake_off, planted_staleness

from eval.given import Outcome
from eval.numbers import counted
from eval.staleness import Kind
from eval.verdict import Verdict


def told(pipelines: Mapping[str, str], truths: Mapping[str, Truth] | None = None, **needs: float) -> Verdict:
    """The verdict where the answers to what has changed are n(ew), o(ld), or b(oth), which may be right and are not
    counted, or m(ade up), perhaps, and counted as new.
    """
    outcomes: dict[str, Outcome] = {"n": "new", "o": "old", "b": "neither", "m": "new"}
    staleness = planted_staleness(dict.fromkeys(pipelines, Truth(fresh=0.0)))
    assert staleness is not None
    found = []
    for each in staleness.pipelines:
        assert each.after is not None
        letters = {f"changed{n}": letter for n, letter in enumerate(pipelines[each.name])}
        asked = {
            "outcomes": {key: outcomes[letter] for key, letter in letters.items()},
            "uncounted": tuple(key for key, letter in letters.items() if letter == "b"),
            "perhaps_made_up": tuple(key for key, letter in letters.items() if letter == "m"),
        }
        found.append(each.model_copy(update={"after": each.after.model_copy(update=asked)}))
    kinds = dict.fromkeys(letters, "changed")
    staleness = staleness.model_copy(update={"kinds": kinds, "pipelines": tuple(found)})
    truths = truths or dict.fromkeys(pipelines, Truth())
    return bake_off(truths, staleness=staleness, needs={"updates_per_month": 4, **needs}).verdict


def uncounted(pipelines: Mapping[str, Truth], answers: int, **needs: float) -> Verdict:
    """The verdict where so many answers of the first pipeline to what has changed do not count for their length."""
    planted = planted_staleness(pipelines)
    assert planted is not None
    first, *others = planted.pipelines
    assert first.after is not None
    after = first.after.model_copy(update={"uncounted": tuple(f"changed{n}" for n in range(answers))})
    staleness = planted.model_copy(update={"pipelines": (first.model_copy(update={"after": after}), *others)})
    return bake_off(pipelines, staleness=staleness, needs={"updates_per_month": 4, **needs}).verdict


@pytest.mark.parametrize(
    ("a", "b", "clear"),
    [
        ("n" * 14 + "b" * 26, "b" * 26 + "o" * 14, False),
        ("n" * 14 + "b" * 26, "o" * 40, True),  # what the best one lacks would only put it further ahead
        ("n" * 20 + "o" * 20, "b" + "o" * 39, True),
        ("n" * 20 + "b" * 20, "b" * 20 + "o" * 20, False),
    ],
    ids=["most of both", "of the best one alone", "one", "half of both"],
)
def test_who_is_clearly_fresher_would_be_were_all_uncounted_answers_of_the_other_right(
    a: str, b: str, clear: bool
) -> None:
    """As many may be right of both; that as large a part of them is so, nobody knows."""
    verdict = told({"a": a, "b": b})
    found = verdict.findings[-1]
    assert (found.leaders, found.clear) == (("a",) if clear else ("a", "b"), clear)
    out = [each.sentence for each in verdict.recommendation.reasons if " is more often right about " in each.sentence]
    assert len(out) == clear


@pytest.mark.parametrize(("answers", "clear"), [(0, True), (12, True), (CHANGED, False)])
def test_who_may_be_behind_for_the_length_of_its_answers_is_as_fresh_perhaps(answers: int, clear: bool) -> None:
    verdict = uncounted({"a": Truth(fresh=0.0), "b": Truth(fresh=1.0)}, answers)
    found = verdict.findings[-1]
    assert (found.leaders, found.clear) == (("b",) if clear else ("b", "a"), clear)
    doubt = f"But {CHANGED} of {CHANGED} answers of a may be right and are not counted, since they"
    assert (doubt in found.sentence) != clear
    ruled_out = any("b (1.00) is more often right" in each.sentence for each in verdict.recommendation.reasons)
    assert ruled_out == clear


@pytest.mark.parametrize(
    ("b", "said"),
    [
        (
            Truth(right=0.4, fresh=0.9),
            "But b (0.90) did better on what has changed than a (0.00), perhaps only since too many answers of a",
        ),
        (
            Truth(right=0.9, fresh=0.9),
            "Whether a is as fresh as b cannot be told: too many answers of a to what has changed are not counted",
        ),
    ],
)
def test_freshness_in_doubt_makes_no_choice_clear(b: Truth, said: str) -> None:
    choice = uncounted({"a": Truth(right=0.9, fresh=0.0, cost=0.5), "b": b}, CHANGED).recommendation
    assert (choice.pipeline, choice.clear) == ("a", False)
    assert said in choice.sentence


@pytest.mark.parametrize(
    ("a", "b", "answers", "foreseen", "noted"),
    [
        (0.0, 0.1, 2, True, False),
        (0.0, 0.1, 12, False, True),
        (0.1, 0.0, 2, True, False),
        (0.1, 0.0, 12, True, True),  # were these right, fewer questions would do
        (0.1, 0.1, 1, False, True),
    ],
)
def test_no_number_of_questions_is_named_where_the_one_behind_may_be_ahead(
    a: float, b: float, answers: int, foreseen: bool, noted: bool
) -> None:
    found = uncounted({"a": Truth(fresh=a), "b": Truth(fresh=b)}, answers).findings[-1]
    assert (set(found.leaders), found.clear) == ({"a", "b"}, False)
    assert (found.more is not None) == foreseen
    assert ("more questions on what has changed would tell" in found.sentence) == foreseen
    assert ("how many questions would tell cannot be foreseen" in found.sentence) != foreseen
    assert (f"But {answers} of {CHANGED} answers of a may be right and are not counted" in found.sentence) == noted


def test_what_may_be_fresher_than_the_choice_speaks_against_it() -> None:
    pipelines = {"a": Truth(right=0.6, fresh=0.1), "b": Truth(right=0.9, fresh=0.0)}
    assert uncounted(pipelines, 0).recommendation.clear
    assert uncounted(pipelines, 1).recommendation.clear
    choice = uncounted(pipelines, 34).recommendation
    assert (choice.pipeline, choice.clear) == ("b", False)
    assert "But a may do better on what has changed than b: too many answers of a are not counted" in choice.sentence


@pytest.mark.parametrize(("made_up", "clear"), [(0, True), (3, True), (38, False)])
def test_who_may_have_made_up_its_refusals_is_not_called_fresher(made_up: int, clear: bool) -> None:
    verdict = told({"a": "m" * made_up + "n" * (40 - made_up), "b": "o" * 38 + "n" * 2})
    found, choice = verdict.findings[-1], verdict.recommendation
    assert found.clear == clear
    doubt = f"{made_up} of 40 answers of a are refusals where these are right, and may be made up"
    assert (f"But {doubt}." in found.sentence) == (not clear)
    said = {each.sentence for each in choice.reasons if each.rule == "R7"}
    whether = "Whether b is as fresh as a cannot be told: too many answers of a to what has changed are refusals"
    assert any(each.startswith(whether) for each in said) == (not clear)


def test_who_may_be_level_is_not_called_behind() -> None:
    """c is clearly behind a and b as counted, and may be ahead of both."""
    found = told({"a": "n" * 30 + "o" * 10, "b": "o" * 14 + "n" * 26, "c": "b" * 30 + "o" * 10}).findings[-1]
    assert (found.leaders, found.clear, found.more) == (("a", "b", "c"), False, None)
    assert found.sentence.startswith(
        "It cannot be told from 40 questions on what has changed which of a (0.75), b (0.65) and c (0.00) is the most"
    )
    assert "ahead" not in found.sentence
    assert " would tell a from b; for c it cannot be foreseen. But 30 of 40 answers of c may be" in found.sentence


def test_who_may_be_level_is_ahead_of_nobody_for_that() -> None:
    answers = {"a": "n" * 30 + "o" * 10, "b": "b" * 30 + "o" * 10, "c": "n" + "o" * 39}
    found = told(answers).findings[-1]
    assert found.leaders == ("a", "b")
    assert "which of a (0.75) and b (0.00) is the most often right about what has changed, but a is" in found.sentence
    assert "but a is ahead of c; how many questions would tell cannot be foreseen. But 30 of 40" in found.sentence


def test_all_whose_uncounted_answers_matter_are_told_in_one_sentence() -> None:
    found = told({"a": "n" * 14 + "b" * 26, "b": "b" * 26 + "o" * 14}).findings[-1]
    assert (
        "But 26 of 40 answers of a and 26 of 40 answers of b may be right and are not counted, since" in found.sentence
    )


@pytest.mark.parametrize("questions", [1, 9, 10])
def test_freshness_on_few_questions_makes_no_choice_clear(questions: int) -> None:
    """As where it was not measured."""
    truths = {"a": Truth(right=0.95), "b": Truth(right=0.4)}
    choice = told({"a": "o" * questions, "b": "o" * questions}, truths).recommendation
    asked = counted(questions, "question")
    doubt = f"But whether a stays right when the knowledge changes cannot be told from {asked} on what has changed;"
    assert (choice.pipeline, choice.clear) == ("a", questions == 10)
    assert (f"{doubt} at least 10 are needed." in choice.sentence) == (questions < 10)
    assert told({"a": "o", "b": "o"}, truths, updates_per_month=0).recommendation.clear


def test_an_open_choice_tells_that_its_freshness_is_not_known() -> None:
    choice = told({"a": "n" * 9, "b": "o" * 9}).recommendation
    assert choice.sentence.startswith("It cannot be told which of a and b suits these needs best;")
    assert "But whether a stays right when the knowledge changes cannot be told from 9 questions" in choice.sentence


def test_a_choice_by_freshness_shows_the_numbers_it_rests_on() -> None:
    """The difference of the freshest from each other one, and what is not counted of whom."""
    verdict = told({"a": "n" * 36 + "o" * 4, "b": "n" * 6 + "b" + "o" * 33, "c": "o" * 40})
    (reason,) = (each for each in verdict.recommendation.reasons if each.rule == "R7")
    seen = reason.numbers
    assert [seen[f"{name}.freshness"] for name in "abc"] == [0.9, 0.15, 0.0]
    assert seen["differences.freshness.a − b.mean"] == pytest.approx(0.75)
    low, high, p = (seen[f"differences.freshness.a − b.{what}"] for what in ("low", "high", "p"))
    assert 0.4 < (low or 0) < 0.75 < (high or 0) <= 1
    assert 0 < (p or 0) < 0.001
    assert seen["differences.freshness.a − c.mean"] == pytest.approx(0.9)
    assert {name for name in seen if name.endswith("not_counted")} == {"b.not_counted"}
    assert seen["b.not_counted"] == 1 / 40


@pytest.mark.parametrize(
    ("truths", "said"),
    [
        (None, "Whether a is as fresh as b cannot be told"),
        ({"a": Truth(right=0.95), "b": Truth(right=0.4)}, "But b may do better on what has changed than a"),
    ],
)
def test_that_freshness_cannot_be_told_shows_the_numbers_it_rests_on(
    truths: Mapping[str, Truth] | None, said: str
) -> None:
    verdict = told({"a": "n" * 10 + "o" * 30, "b": "b" * 40}, truths)
    (reason,) = (each for each in verdict.recommendation.reasons if each.sentence.startswith(said))
    assert (reason.numbers["a.freshness"], reason.numbers["b.freshness"]) == (0.25, 0.0)
    assert reason.numbers["b.not_counted"] == 1
    assert reason.numbers["differences.freshness.b − a.mean"] == pytest.approx(-0.25)
    assert {"low", "high", "p"} <= {name.rpartition(".")[2] for name in reason.numbers}


@pytest.mark.parametrize(
    ("refused", "outcomes", "told"),
    [
        (range(CHANGED), {"withdrawn": "new", "changed": "neither"}, True),
        (range(CHANGED), {"withdrawn": "neither", "changed": "neither"}, False),
        (range(CHANGED - 1), {"withdrawn": "new", "changed": "neither"}, False),
        (range(CHANGED), {"withdrawn": "new", "changed": "new"}, False),  # a right answer that reads like a refusal
        ((), {"withdrawn": "new", "changed": "neither"}, False),  # a file of an earlier version
    ],
    ids=["all", "nothing right", "all but one", "right all the same", "unknown"],
)
def test_who_leads_by_refusing_everything_is_said_to(
    refused: Sequence[int], outcomes: Mapping[str, Outcome], told: bool
) -> None:
    kinds: dict[str, Kind] = {f"changed{n}": "withdrawn" if n < 20 else "changed" for n in range(CHANGED)}
    planted = planted_staleness({"a": Truth(fresh=0.0), "b": Truth(fresh=0.0)})
    assert planted is not None
    first, second = planted.pipelines
    assert first.after is not None
    asked = {
        "outcomes": {key: outcomes[kind] for key, kind in kinds.items()},
        "refused": tuple(f"changed{n}" for n in refused),
    }
    first = first.model_copy(update={"after": first.after.model_copy(update=asked)})
    staleness = planted.model_copy(update={"kinds": kinds, "pipelines": (first, second)})
    found = bake_off({"a": Truth(), "b": Truth()}, staleness=staleness).verdict.findings[-1]
    assert "a" in found.leaders
    assert ("a refused everything: only what was withdrawn is right." in found.sentence) == told


def test_failures_on_what_has_changed_are_told() -> None:
    planted = planted_staleness({"a": Truth(fresh=0.5), "b": Truth(fresh=1.0)})
    assert planted is not None
    first, second = planted.pipelines
    assert first.after is not None
    failing = first.model_copy(update={"after": first.after.model_copy(update={"failed": 20})})
    staleness = planted.model_copy(update={"pipelines": (failing, second)})
    found = bake_off({"a": Truth(), "b": Truth()}, staleness=staleness).verdict.findings[-1]
    assert "Failures on what has changed, after the refresh, count as wrong: 20 of a." in found.sentence


def test_all_that_is_in_doubt_of_the_choice_is_said() -> None:
    pipelines = {"a": Truth(right=0.9, fresh=0.0, cost=0.5, late=0.05), "b": Truth(right=0.9, fresh=0.9)}
    choice = uncounted(pipelines, CHANGED, seconds=3).recommendation
    assert (choice.pipeline, choice.clear) == ("a", False)
    assert "Whether a is quick enough cannot be told" in choice.sentence
    assert "Whether a is as fresh as b cannot be told" in choice.sentence
