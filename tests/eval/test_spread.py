"""On which documents questions are, and what is said of few documents and of a few with most of the questions."""

from __future__ import annotations

import pytest

from eval.spread import Spread, spread_of


def spread(sizes: list[int], alone: int = 0) -> Spread:
    documents = {f"q{place}-{n}": f"d{place}" for place, size in enumerate(sizes) for n in range(size)}
    return spread_of([*documents, *(f"alone-{n}" for n in range(alone))], documents)


@pytest.mark.parametrize(
    ("sizes", "effective"),
    [([4] * 10, 10), ([4] * 9 + [3], 9.9), ([4] * 13, 13), ([10, 9, 8, 8, 7, 6, 5, 4, 4, 3, 2, 1], 9.7)],
)
def test_of_documents_that_are_enough_and_nearly_alike_nothing_is_said(sizes: list[int], effective: float) -> None:
    found = spread(sizes)
    assert found.effective == pytest.approx(effective, abs=0.05)
    assert (found.holding, found.warning) == ("", "")


def test_a_few_of_the_documents_may_have_most_questions() -> None:
    found = spread([40, 8, 8, 8, *[7] * 8])
    most = "4 of the 12 documents, with 64 of 120 questions"
    assert found.holding == f"That is mostly on {most}: of others it tells little."
    assert found.warning == (
        f"Many questions are on {most}: all of them tell as much as 6.6 equal documents would. "
        "Ask on the others as well."
    )


@pytest.mark.parametrize(("documents", "these"), [(1, "this one document"), (9, "these 9 documents")])
def test_of_few_documents_it_holds_on_these(documents: int, these: str) -> None:
    found = spread([5] * documents)
    assert found.holding == f"That is on {these}: of others it tells little."
    assert "ask on 10 at least" in found.warning


def test_questions_on_no_document_count_by_themselves() -> None:
    found = spread([1], alone=3)
    assert (found.questions, found.documents, found.effective, found.half, found.on_half) == (4, 1, 4.0, 1, 1)
    assert spread([], alone=12).holding == ""
    assert spread([]) == Spread()
