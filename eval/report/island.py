"""The run's questions and answers as the JSON that the page's script reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from corpora.model import Document, Evidence, Passage, Question
from eval import numbers
from eval.metrics.registry import CORRECTNESS, METRICS
from eval.outcomes import is_right
from eval.prices import Prices
from eval.replies import may_be_otherwise
from eval.trial import Trial

AROUND = 180  # characters of the document shown on each side of evidence
ESCAPED = 6  # letters that an escaped one takes
_WIDE = re.compile("[^\\x00-\\xff]")


def island(
    pipelines: Sequence[str],
    questions: Sequence[Question],
    documents: Sequence[Document],
    trials: Sequence[Trial],
    prices: Prices,
) -> dict[str, Any]:
    """Everything that the page shows per question: each pipeline's first answer.

    A passage stands in it once, however often it was retrieved. Offsets count code points.
    """
    tables = _Tables({document.id: document for document in documents})
    used = {name for trial in trials for name in trial.scores}
    metrics = [CORRECTNESS, *(name for name in METRICS if name in used and name != CORRECTNESS)]
    place = {name: index for index, name in enumerate(pipelines)}
    rows: dict[str, list[Any]] = {question.id: [None] * len(pipelines) for question in questions}
    right: dict[str, set[bool]] = {question.id: set() for question in questions}
    by_id = {question.id: question for question in questions}
    for trial in trials:
        if trial.question_id in rows and trial.pipeline in place and trial.repeat == 0:
            question = by_id[trial.question_id]
            rows[trial.question_id][place[trial.pipeline]] = _trial(question, trial, metrics, tables, prices)
            right[trial.question_id].add(is_right(question, trial))
    return {
        "pipelines": list(pipelines),
        "metrics": [METRICS[name].title for name in metrics],
        "questions": [
            {
                "id": question.id,
                "text": question.user_input,
                "reference": question.reference,
                "aliases": question.reference_aliases,
                "tags": question.tags,
                "told": question.in_examples,
                "evidence": [tables.evidence(evidence) for evidence in question.reference_contexts],
                "different": len(right[question.id]) > 1,
                "trials": rows[question.id],
            }
            for question in questions
        ],
        "documents": tables.documents,
        "passages": tables.passages,
        "models": tables.models,
        "costs": tables.costs,
    }


def dump(value: Any) -> str:
    """JSON that can stand within `<script>`: nothing in it can end the element or open a comment.

    A browser keeps a text in two bytes a letter as soon as one is beyond Latin-1, and takes longer to read it; where
    such letters are few, they are escaped.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.encode("utf-8", "replace").decode()
    if ESCAPED * len(_WIDE.findall(text)) < len(text):
        text = _WIDE.sub(lambda found: json.dumps(found[0]).strip('"'), text)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


class _Tables:
    """Documents, passages, models and costs as they are written, each once, named by their place."""

    def __init__(self, by_id: Mapping[str, Document]) -> None:
        self._by_id = by_id
        self._places: dict[tuple[object, ...], int] = {}
        self.models: list[str] = []
        self.costs: list[str] = []
        self.documents: list[tuple[str, str]] = []
        self.passages: list[tuple[int, int, int, str]] = []

    def document(self, document_id: str) -> int:
        place = self._places.setdefault(("document", document_id), len(self.documents))
        if place == len(self.documents):
            document = self._by_id.get(document_id)
            self.documents.append((document_id, document.title if document else document_id))
        return place

    def passage(self, passage: Passage) -> int:
        span = (passage.start, passage.end, passage.text)
        place = self._places.setdefault(("passage", passage.document_id, *span), len(self.passages))
        if place == len(self.passages):
            self.passages.append((self.document(passage.document_id), *span))
        return place

    def model(self, name: str) -> int:
        place = self._places.setdefault(("model", name), len(self.models))
        if place == len(self.models):
            self.models.append(name)
        return place

    def cost(self, written: str) -> int:
        place = self._places.setdefault(("cost", written), len(self.costs))
        if place == len(self.costs):
            self.costs.append(written)
        return place

    def evidence(self, evidence: Evidence) -> dict[str, Any]:
        """The span with what stands around it, cut at words and at paragraphs."""
        document = self._by_id.get(evidence.document_id)
        text = document.text if document else ""
        before = text[max(0, evidence.start - AROUND) : evidence.start].rpartition("\n\n")[2]
        after = text[evidence.end : evidence.end + AROUND].partition("\n\n")[0]
        if len(before) == AROUND:
            before = "… " + before.partition(" ")[2]
        if len(after) == AROUND:
            after = after.rpartition(" ")[0] + " …"
        return {
            "document": self.document(evidence.document_id),
            "start": evidence.start,
            "end": evidence.end,
            "before": before,
            "text": evidence.text,
            "after": after,
        }


def _trial(question: Question, trial: Trial, metrics: Sequence[str], tables: _Tables, prices: Prices) -> dict[str, Any]:
    """What is empty or false is left out: thousands of trials are on one page."""
    known: dict[str, Any] = {"scores": [_score(trial, name) for name in metrics]}
    if trial.cached:
        known["cached"] = True
    if trial.failure:
        return {**known, "failure": (trial.failure.code, trial.failure.message)}
    answer = trial.answer
    assert answer is not None  # a trial has either an answer or a failure
    if trial.abstained:
        known["abstained"] = True
    if may_be_otherwise(question, trial):
        known["perhaps"] = True
    if answer.finish_reason == "length":
        known["cut"] = True
    if answer.retrieved_contexts:
        known["passages"] = [(tables.passage(passage), _short(passage.score)) for passage in answer.retrieved_contexts]
    usage, timing = answer.usage, answer.timing
    return {
        **known,
        "text": answer.response,
        "model": tables.model(answer.model),
        "usage": (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens),
        "timing": [round(value, 4) for value in (timing.ttft, timing.e2el, timing.retrieval)],
        "cost": tables.cost(numbers.money(trial.cost(prices), prices.currency)),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _score(trial: Trial, name: str) -> float | tuple[str, float | None, str | None] | None:
    """A score's value alone; its state, value and reason where it is more than scored; None where there is none."""
    score = trial.scores.get(name)
    if score is None:
        return None
    value = _short(score.value)
    if score.status == "scored" and value is not None:
        return value
    return (score.status, value, score.reason)
