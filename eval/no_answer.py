"""References that read as if there were no answer ("N/A", "Not in the documents"), and count as one all the same."""

from __future__ import annotations

from collections.abc import Iterable

from corpora.model import Question
from corpora.wording import counted, first_of
from eval.metrics.abstention import is_refusal

_OF_PANDAS = "nan"
"""What pandas writes for an empty cell; not NaN, which a program may return."""


def reads_as_none(reference: str) -> bool:
    """Whether a reference is a refusal, by the rules for replies. It may be right: "Unknown" is a phase of a pod."""
    return is_refusal(reference) or reference.strip() == _OF_PANDAS


def reading_as_none(questions: Iterable[Question]) -> tuple[str, ...]:
    """The ids of the questions that have such a reference."""
    return tuple(each.id for each in questions if each.reference is not None and reads_as_none(each.reference))


def warning(ids: tuple[str, ...]) -> str | None:
    """What to do about the questions of these ids; None where there are none."""
    if not ids:
        return None
    has = "has a reference that reads" if len(ids) == 1 else "have references that read"
    return (
        f'{counted(len(ids), "question")} {has} like a refusal, as "N/A" does, and count as answerable '
        f"({first_of(ids)}): where the documents hold no answer, leave the reference empty (null in questions.jsonl), "
        "so that whoever declines is right."
    )
