"""What a clear difference in right answers hangs on: how many of them would have to be misjudged."""

from __future__ import annotations

import pytest

from eval.fragility import Fragility, fragility
from eval.paired import Paired
from eval.right_answers import Rights, compare_answers
from eval.statistics import Confidence

CONFIDENCE = Confidence(resamples=1000)


def values(*parts: tuple[int, float]) -> dict[str, float]:
    """So many questions with each of these values."""
    told = [value for count, value in parts for _ in range(count)]
    return {f"q{number:03}": value for number, value in enumerate(told)}


def compared(a: dict[str, float], b: dict[str, float], perhaps: dict[str, float] | None = None) -> Paired:
    """a minus b, of which as many may be right; every question by itself."""
    known = {"a": Rights(a, a), "b": Rights(b, b if perhaps is None else perhaps)}
    return compare_answers({"a": a, "b": b}, known, [("a", "b")], {key: key for key in a}, CONFIDENCE)["a", "b"]


def misjudged(b: dict[str, float], count: int) -> dict[str, float]:
    """The first so many are right after all."""
    return {key: 1.0 if place < count else value for place, (key, value) in enumerate(b.items())}


@pytest.mark.parametrize(("only_a", "only_b", "both"), [(40, 0, 60), (40, 12, 48), (30, 5, 5), (90, 40, 170)])
def test_with_as_many_misjudged_the_two_are_not_told_apart(only_a: int, only_b: int, both: int) -> None:
    a = values((only_a, 1.0), (only_b, 0.0), (both, 1.0))
    b = values((only_a, 0.0), (only_b, 1.0), (both, 1.0))
    found = compared(a, b).fragility
    assert found is not None
    assert found.disputed == only_a
    assert not compared(a, misjudged(b, found.enough + 1)).differs(CONFIDENCE.level)
    assert compared(a, misjudged(b, found.enough - 2)).differs(CONFIDENCE.level)


def test_of_several_pairs_it_is_what_makes_the_verdict_open() -> None:
    """Corrected as Holm does, after those that differ more clearly."""
    a = values((40, 1.0), (60, 1.0))
    b, c = values((40, 0.0), (60, 1.0)), values((10, 1.0), (90, 0.0))
    clusters = {key: f"document {place // 4}" for place, key in enumerate(a)}

    def found(b: dict[str, float]) -> Paired:
        known = {name: Rights(each, each) for name, each in (("a", a), ("b", b), ("c", c))}
        scores = {name: each.sure for name, each in known.items()}
        return compare_answers(scores, known, [("a", "b"), ("a", "c"), ("b", "c")], clusters, CONFIDENCE)["a", "b"]

    told = found(b).fragility
    assert told is not None
    order = [key for _, key in sorted((place % 4, key) for place, key in enumerate(a) if b[key] < a[key])]
    more, fewer = ({**b, **dict.fromkeys(order[: told.enough + change], 1.0)} for change in (1, -3))
    assert not found(more).differs(CONFIDENCE.level)
    assert found(fewer).differs(CONFIDENCE.level)


def test_it_is_the_same_whichever_way_round_and_nothing_where_none_is_clearly_ahead() -> None:
    a, b = values((40, 1.0), (60, 1.0)), values((40, 0.0), (60, 1.0))
    assert compared(a, b).fragility == compared(b, a).fragility == compared(a, b).negated().fragility
    assert compared(a, b).fragility is not None
    assert compared(values((10, 1.0), (8, 0.0)), values((10, 0.0), (8, 1.0))).fragility is None


def test_answers_that_may_be_right_leave_fewer_to_be_misjudged() -> None:
    a, b = values((40, 1.0), (60, 1.0)), values((40, 0.0), (60, 1.0))
    sure, unsure = compared(a, b).fragility, compared(a, b, perhaps=misjudged(b, 20)).fragility
    assert sure is not None
    assert unsure is not None
    assert (sure.disputed, unsure.disputed) == (40, 20)
    assert unsure.enough < sure.enough - 15


def test_one_of_each_document_is_taken_and_then_another_one_of_each() -> None:
    """Were they all of one document, as few as they are would make the documents unlike, and undo it sooner."""
    a, b = values((60, 1.0)), values((60, 0.0))
    documents = {key: f"document {place // 5}" for place, key in enumerate(a)}
    spread, alone = (fragility(a, b, [a], clusters, CONFIDENCE) for clusters in (documents, {key: key for key in a}))
    assert spread is not None
    assert alone is not None
    assert abs(spread.enough - alone.enough) <= 3


def test_of_what_is_asked_again_it_counts_who_is_right_more_often() -> None:
    a, b = values((30, 1.0), (10, 0.5)), values((30, 0.0), (10, 0.5))
    found = fragility(a, b, [{key: a[key] - b[key] for key in a}], {key: key for key in a}, CONFIDENCE)
    assert found is not None
    assert found.disputed == 30


def test_nothing_where_no_question_is_disputed() -> None:
    level = values((20, 1.0))
    assert fragility(level, level, [dict.fromkeys(level, 0.0)], {key: key for key in level}, CONFIDENCE) is None


@pytest.mark.parametrize(
    ("enough", "words"), [(1, "were one or two of them misjudged"), (9, "were some 9 of them misjudged")]
)
def test_it_is_told_in_a_sentence(enough: int, words: str) -> None:
    told = Fragility(disputed=31, enough=enough).told("rag", "prompting")
    assert told.startswith("This hangs on 31 questions that rag has right and prompting has not: ")
    assert words in told
