"""Was the evidence shown?"""

from __future__ import annotations

import pytest
from eval_fakes import DOCUMENT, evidence, passage

from eval.metrics.retrieval import covers, recall_at, reciprocal_rank

FIRST = evidence("Dragon is a scheduler for deep learning.")
LAST = evidence("It was shown in 2019.")


def test_a_passage_covers_what_it_holds() -> None:
    assert covers(passage(DOCUMENT.text), LAST)
    assert covers(passage("shown in 2019."), LAST)


def test_half_a_span_or_another_document_is_not_enough() -> None:
    assert not covers(passage("It was sho"), LAST)
    assert not covers(passage(DOCUMENT.text).model_copy(update={"document_id": "other"}), LAST)
    assert not covers(passage("Dragon is a scheduler"), LAST)


def test_recall_is_the_share_of_spans_among_the_first_k() -> None:
    shown = [passage("It raises utilisation by 20 to 30 %."), passage("It was shown in 2019.")]
    assert recall_at(1, [FIRST, LAST], shown) == 0
    assert recall_at(2, [FIRST, LAST], shown) == 0.5
    assert recall_at(None, [LAST], shown) == 1
    assert recall_at(4, [LAST], []) == 0


def test_the_first_hit_ranks() -> None:
    shown = [passage("It raises utilisation by 20 to 30 %."), passage("It was shown in 2019.")]
    assert reciprocal_rank([LAST], shown) == 0.5
    assert reciprocal_rank([FIRST], shown) == 0


def test_without_evidence_there_is_no_recall() -> None:
    with pytest.raises(ValueError, match="evidence"):
        recall_at(4, [], [])
