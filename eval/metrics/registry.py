"""Every metric: what it is called, what it needs, and what no answer is worth. A new one is one entry here and one
in `eval.metrics.ragas_metrics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["correctness", "faithfulness", "retrieval"]
Input = Literal[
    "user_input", "response", "reference", "reference_contexts", "retrieved_contexts", "evidence", "passages"
]


@dataclass(frozen=True)
class Metric:
    """One ruler, 0 to 1, higher is better.

    Attributes:
        title: its name in a table's head.
        about: what it measures, for those who read the report.
        inputs: the keyword arguments of its `ascore`; a question or an answer that lacks one has no such score.
        judged: asks a language model, so it is there only where a judge is configured.
        threshold: from which value on it says yes, wherever a yes or no is made of it; None where nobody has said.
            Fitted to people's verdicts by `benchmarks/fit_thresholds.py`; that of a judge, of support, and of what is 0
            or 1, is the middle.
    """

    title: str
    about: str
    family: Family
    inputs: tuple[Input, ...]
    judged: bool = False
    threshold: float | None = None

    @property
    def is_of_words(self) -> bool:
        """Whether it compares an answer with a reference, and no model does."""
        return self.family == "correctness" and not self.judged

    @property
    def without_answer(self) -> float | None:
        """The value of a refusal and of a failure: a missing answer is not correct, and says nothing unfaithful."""
        return 0.0 if self.family == "correctness" else None

    def says_yes(self, value: float | None) -> bool:
        """Whether a value reaches the threshold; no value does. Raises ValueError where the metric has no threshold."""
        if self.threshold is None:
            raise ValueError(f"{self.title} has no threshold")
        return value is not None and value >= self.threshold


RIGHT = 0.501
"""The correctness from which on an answer counts as right: above one half, which one of two words is not."""

_CORRECT: tuple[Input, ...] = ("reference", "response")
_FOUND: tuple[Input, ...] = ("evidence", "passages")

METRICS: dict[str, Metric] = {
    "correctness": Metric(
        "Correctness",
        "share of the reference answer's words that the answer holds, less for what it says beyond some forty words: a "
        "copied document is no answer; half of it where the answer contradicts a number, a unit, an address, a denial "
        "or an opening yes or no of the reference",
        "correctness",
        _CORRECT,
        threshold=RIGHT,
    ),
    "token_recall": Metric(
        "Token recall",
        "share of the reference answer's words that the answer holds",
        "correctness",
        _CORRECT,
        threshold=0.66,
    ),
    "token_f1": Metric(
        "F1", "word precision and recall against the reference", "correctness", _CORRECT, threshold=0.05
    ),
    "rouge_l": Metric(
        "ROUGE-L", "longest common word sequence with the reference", "correctness", _CORRECT, threshold=0.05
    ),
    "contains": Metric(
        "Contains", "the answer holds the whole reference, word for word", "correctness", _CORRECT, threshold=0.5
    ),
    "exact_match": Metric(
        "Exact match", "the answer is the reference and nothing else", "correctness", _CORRECT, threshold=0.5
    ),
    "semantic_similarity": Metric(
        "Similarity",
        "cosine similarity of answer and reference in the corpus' embedding",
        "correctness",
        _CORRECT,
        threshold=0.38,
    ),
    "support_gold": Metric(
        "Faithfulness",
        "how likely people would call the whole answer borne out by the gold evidence, were half of all answers so; "
        "numbers, names, negating words and roles included; the same ruler for all pipelines",
        "faithfulness",
        ("reference_contexts", "response"),
        threshold=0.5,
    ),
    "support_shown": Metric(
        "Faithfulness to what it saw",
        "how likely people would call the whole answer borne out by the passages shown to the model, were half of all "
        "answers so",
        "faithfulness",
        ("retrieved_contexts", "response"),
        threshold=0.5,
    ),
    "k_precision_gold": Metric(
        "K-Precision",
        "share of the answer's words that the gold evidence holds",
        "faithfulness",
        ("reference_contexts", "response"),
        threshold=0.66,
    ),
    "k_precision_shown": Metric(
        "K-Precision on what it saw",
        "share of the answer's words that the passages shown to the model hold",
        "faithfulness",
        ("retrieved_contexts", "response"),
        threshold=0.66,
    ),
    "recall_at_1": Metric("Recall@1", "share of the evidence in the first passage", "retrieval", _FOUND),
    "recall_at_4": Metric(
        "Recall@4",
        "share of the evidence in the first four passages, or in all where fewer are shown",
        "retrieval",
        _FOUND,
    ),
    "recall_shown": Metric("Recall", "share of the evidence in all passages shown", "retrieval", _FOUND),
    "reciprocal_rank": Metric("MRR", "1 over the rank of the first passage with evidence", "retrieval", _FOUND),
    "judged_accuracy": Metric(
        "Correctness (judge)",
        "a language model rates the answer against the reference (ragas AnswerAccuracy)",
        "correctness",
        ("user_input", "response", "reference"),
        judged=True,
        threshold=0.5,
    ),
    "judged_faithfulness_gold": Metric(
        "Faithfulness (judge)",
        "share of the answer's claims that follow from the gold evidence (ragas Faithfulness)",
        "faithfulness",
        ("user_input", "response", "reference_contexts"),
        judged=True,
        threshold=0.5,
    ),
    "judged_faithfulness_shown": Metric(
        "Faithfulness to what it saw (judge)",
        "share of the answer's claims that follow from the passages shown (ragas Faithfulness)",
        "faithfulness",
        ("user_input", "response", "retrieved_contexts"),
        judged=True,
        threshold=0.5,
    ),
    "judged_context_recall": Metric(
        "Recall (judge)",
        "share of the reference's claims that the passages shown support (ragas ContextRecall)",
        "retrieval",
        ("user_input", "retrieved_contexts", "reference"),
        judged=True,
    ),
}

CORRECTNESS = "correctness"
"""The metric by which pipelines are ranked."""

FAITHFULNESS = "support_gold"


def available(similarity: bool, judge: bool) -> tuple[str, ...]:
    """The metrics that can be had with or without an embedder, with or without a judge."""
    return tuple(
        name
        for name, metric in METRICS.items()
        if (similarity or name != "semantic_similarity") and (judge or not metric.judged)
    )
