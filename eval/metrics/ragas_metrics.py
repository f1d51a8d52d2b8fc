"""The metrics as ragas metrics: ours in ragas' shape beside those that ragas brings.

Importing this module imports ragas, which takes many seconds: import it inside the function that scores. Ours work
anywhere that a metric of `ragas.metrics.collections` does.
"""

from __future__ import annotations

import os

os.environ["RAGAS_DO_NOT_TRACK"] = "true"  # ragas asks at its first event, so this comes before it is imported

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from langchain_core.embeddings import Embeddings
from ragas.embeddings.base import BaseRagasEmbedding
from ragas.metrics.collections import (
    AnswerAccuracy,
    BaseMetric,
    ContextRecall,
    ExactMatch,
    Faithfulness,
    SemanticSimilarity,
    StringPresence,
)
from ragas.metrics.result import MetricResult

from corpora.model import Evidence, Passage
from eval.metrics import lexical, recall, retrieval
from eval.metrics.correctness import correctness
from eval.metrics.judge import JudgeOptions
from eval.metrics.judge_llm import open_judge
from eval.metrics.support import support

BATCH = 64
DIGITS = 4


class AgainstReference(BaseMetric):
    """A pure function of reference and response as a metric."""

    def __init__(self, name: str, function: Callable[[str, str], float]) -> None:
        super().__init__(name=name)
        self.function = function

    async def ascore(self, reference: str, response: str) -> MetricResult:
        return MetricResult(value=self.function(reference, response))


class Normalised(BaseMetric):
    """A string metric of ragas', which compares letter by letter, on our words instead."""

    def __init__(self, metric: BaseMetric) -> None:
        super().__init__(name=metric.name)
        self.metric = metric

    async def ascore(self, reference: str, response: str) -> MetricResult:
        # framed by spaces, so that "ram" is not found in "program"
        inputs = {"reference": f" {lexical.normalise(reference)} ", "response": f" {lexical.normalise(response)} "}
        return await self.metric.ascore(**inputs)


class AgainstPassages(BaseMetric):
    """A pure function of passages shown and response as a metric."""

    def __init__(self, name: str, function: Callable[[Sequence[str], str], float]) -> None:
        super().__init__(name=name)
        self.function = function

    async def ascore(self, response: str, retrieved_contexts: list[str]) -> MetricResult:
        return MetricResult(value=self.function(retrieved_contexts, response))


class AgainstGold(BaseMetric):
    """A metric of the passages shown, asked about the gold evidence in their place."""

    def __init__(self, metric: BaseMetric) -> None:
        super().__init__(name=f"{metric.name}_gold")
        self.metric = metric

    async def ascore(self, *, reference_contexts: list[str], **inputs: Any) -> MetricResult:
        return await self.metric.ascore(retrieved_contexts=reference_contexts, **inputs)


class Rounded(BaseMetric):
    """A metric of embeddings without what differs from batch to batch: one answer has some 1e-7 more or less in another
    run, which would be told from no difference.
    """

    def __init__(self, metric: BaseMetric) -> None:
        super().__init__(name=metric.name)
        self.metric = metric

    async def ascore(self, **inputs: Any) -> MetricResult:
        found = await self.metric.ascore(**inputs)
        return MetricResult(value=round(float(found.value), DIGITS))


class SpanMetric(BaseMetric):
    """A pure function of evidence spans and shown passages as a metric."""

    def __init__(self, name: str, function: Callable[[Sequence[Evidence], Sequence[Passage]], float]) -> None:
        super().__init__(name=name)
        self.function = function

    async def ascore(self, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> MetricResult:
        return MetricResult(value=self.function(evidence, passages))


class EmbeddingTable(BaseRagasEmbedding):
    """The corpus' embedder for ragas: what was embedded beforehand, in batches, is looked up."""

    def __init__(self, embeddings: Embeddings) -> None:
        super().__init__()
        self.embeddings = embeddings
        self.table: dict[str, list[float]] = {}

    def add(self, texts: Iterable[str], on_progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        new = sorted({text or " " for text in texts} - self.table.keys(), key=len)  # like lengths share a batch
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            self.table.update(zip(batch, self.embeddings.embed_documents(batch), strict=True))
            on_progress(start + len(batch), len(new))

    def embed_text(self, text: str, **kwargs: Any) -> list[float]:
        self.add([text])
        return self.table[text or " "]

    async def aembed_text(self, text: str, **kwargs: Any) -> list[float]:
        return self.embed_text(text)


@asynccontextmanager
async def open_metrics(
    table: EmbeddingTable | None = None, judge: JudgeOptions | None = None
) -> AsyncIterator[dict[str, BaseMetric]]:
    """Every metric that can be had, by the names of `eval.metrics.registry`.

    Similarity needs an embedding table, the judged ones a judge. Raises ConfigError where the judge's key is missing.
    """
    metrics: dict[str, BaseMetric] = {
        "correctness": AgainstReference("correctness", correctness),
        "token_recall": AgainstReference("token_recall", recall.token_recall),
        "token_f1": AgainstReference("token_f1", lexical.token_f1),
        "rouge_l": AgainstReference("rouge_l", lexical.rouge_l),
        "contains": Normalised(StringPresence()),
        "exact_match": Normalised(ExactMatch()),
        "k_precision_gold": AgainstGold(AgainstPassages("k_precision", lexical.k_precision)),
        "k_precision_shown": AgainstPassages("k_precision", lexical.k_precision),
        "support_gold": AgainstGold(AgainstPassages("support", support)),
        "support_shown": AgainstPassages("support", support),
        "recall_at_1": SpanMetric("recall_at_1", partial(retrieval.recall_at, 1)),
        "recall_at_4": SpanMetric("recall_at_4", partial(retrieval.recall_at, 4)),
        "recall_shown": SpanMetric("recall_shown", partial(retrieval.recall_at, None)),
        "reciprocal_rank": SpanMetric("reciprocal_rank", retrieval.reciprocal_rank),
    }
    if table is not None:
        metrics["semantic_similarity"] = Rounded(SemanticSimilarity(embeddings=table))
    if judge is None:
        yield metrics
        return
    async with open_judge(judge) as llm:
        yield metrics | {
            "judged_accuracy": AnswerAccuracy(llm=llm),
            "judged_faithfulness_gold": AgainstGold(Faithfulness(llm=llm)),
            "judged_faithfulness_shown": Faithfulness(llm=llm),
            "judged_context_recall": ContextRecall(llm=llm),
        }
