"""A pipeline that does as it is told, and a small bake-off around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from corpora.model import Corpus, Document, Evidence, Passage, Question, Record
from eval.answers import AnswerCache
from eval.identity import digest
from eval.manifest import Manifest, new_manifest
from eval.metrics import lexical, recall, retrieval
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS, available
from eval.metrics.support import support
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.run import RunFolder
from eval.runner import run_bakeoff
from eval.summary import Summary
from eval.trial import Score, Trial
from pipelines.contract import Answer, Event, Finished, Piece, Pipeline, Retrieved, Timing, Usage

DOCUMENT = Document(
    id="dragon",
    title="Dragon",
    text="Dragon is a scheduler for deep learning. It raises utilisation by 20 to 30 %. It was shown in 2019.",
    source="dragon.md",
)
ENGINE = {"kind": "fake", "model": "fake"}


class Config(Record):
    """The part of the configuration that the evaluation reads."""

    evaluation: EvaluationOptions = EvaluationOptions(warmup=0, resamples=200)
    cost: Prices = Prices()


class FakePipeline(Pipeline):
    """Replies with what `reply` gives for the question's text; an exception that it raises, the pipeline raises."""

    kind = "fake"

    def __init__(
        self,
        name: str,
        reply: Callable[[str], str],
        passages: tuple[Passage, ...] = (),
        delay: float = 0.0,
        version: int = 1,
    ) -> None:
        self.name = name
        self.reply = reply
        self.passages = passages
        self.delay = delay
        self.version = version
        self.asked: list[str] = []
        self.running = 0
        self.most_running = 0

    @classmethod
    async def open(cls, name: str, options: Any, bench: Any) -> Self:
        raise NotImplementedError

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        self.asked.append(question)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if self.passages:
                yield Retrieved(passages=self.passages)
            await asyncio.sleep(self.delay)
            text = self.reply(question)
            yield Piece(text=text)
            usage = Usage(prompt_tokens=100, cached_tokens=40, completion_tokens=len(text.split()))
            yield Finished(usage=usage, model="fake", finish_reason="stop")
        finally:
            self.running -= 1

    def fingerprint(self) -> dict[str, Any]:
        return {"kind": self.kind, "name": self.name, "version": self.version}


class Plain:
    """A function as a scorer, so that fast tests need not import ragas."""

    def __init__(self, function: Callable[..., float]) -> None:
        self.function = function

    async def ascore(self, **inputs: Any) -> Any:
        return SimpleNamespace(value=self.function(**inputs))


def plain_scorers() -> dict[str, Plain]:
    """Every metric that needs neither embedder nor judge."""
    functions: dict[str, Callable[..., float]] = {
        "correctness": correctness,
        "token_recall": recall.token_recall,
        "token_f1": lexical.token_f1,
        "rouge_l": lexical.token_f1,
        "contains": lambda reference, response: float(lexical.normalise(reference) in lexical.normalise(response)),
        "exact_match": lambda reference, response: float(lexical.normalise(reference) == lexical.normalise(response)),
        "k_precision_gold": lambda reference_contexts, response: lexical.k_precision(reference_contexts, response),
        "k_precision_shown": lambda retrieved_contexts, response: lexical.k_precision(retrieved_contexts, response),
        "support_gold": lambda reference_contexts, response: support(reference_contexts, response),
        "support_shown": lambda retrieved_contexts, response: support(retrieved_contexts, response),
        "recall_at_1": lambda evidence, passages: retrieval.recall_at(1, evidence, passages),
        "recall_at_4": lambda evidence, passages: retrieval.recall_at(4, evidence, passages),
        "recall_shown": lambda evidence, passages: retrieval.recall_at(None, evidence, passages),
        "reciprocal_rank": retrieval.reciprocal_rank,
    }
    assert set(functions) == set(available(similarity=False, judge=False))
    return {name: Plain(function) for name, function in functions.items()}


@asynccontextmanager
async def open_plain(table: object, judge: object) -> AsyncIterator[dict[str, Plain]]:
    yield plain_scorers()


def without_ragas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores by the pure functions themselves."""
    monkeypatch.setattr("eval.runner.import_module", lambda name: SimpleNamespace(open_metrics=open_plain))


def evidence(text: str) -> Evidence:
    start = DOCUMENT.text.index(text)
    return Evidence(document_id=DOCUMENT.id, start=start, end=start + len(text), text=text)


def passage(text: str, score: float = 1.0) -> Passage:
    start = DOCUMENT.text.index(text)
    return Passage(
        id=f"{DOCUMENT.id}:{start}", document_id=DOCUMENT.id, start=start, end=start + len(text), text=text, score=score
    )


def question(number: int, answerable: bool = True, in_examples: bool | None = None) -> Question:
    """Question n, which "n" answers."""
    return Question(
        id=f"q{number}",
        user_input=f"What is {number}?",
        reference=f"number {number}" if answerable else None,
        reference_contexts=(evidence("It was shown in 2019."),) if answerable else (),
        tags=("even" if number % 2 == 0 else "odd",),
        in_examples=in_examples,
    )


def corpus(questions: Sequence[Question]) -> Corpus:
    content_hash = digest([each.model_dump(mode="json") for each in questions])
    return Corpus(
        name="small", root=Path(), documents=(DOCUMENT,), questions=tuple(questions), content_hash=content_hash
    )


def manifest(
    questions: Sequence[Question], pipelines: Mapping[str, Pipeline], config: Config | None = None
) -> Manifest:
    return new_manifest(config or Config(), corpus(tuple(questions)), ENGINE, pipelines)


def new_run(
    runs: Path, questions: Sequence[Question], pipelines: Mapping[str, Pipeline], config: Config | None = None
) -> RunFolder:
    return RunFolder.create(runs, manifest(questions, pipelines, config), questions)


def reply(text: str, passages: tuple[Passage, ...] = (), e2el: float = 1.0, tokens: int = 10) -> Answer:
    return Answer(
        response=text,
        retrieved_contexts=passages,
        usage=Usage(prompt_tokens=100, cached_tokens=40, completion_tokens=tokens),
        timing=Timing(ttft=e2el / 4, e2el=e2el, retrieval=0.0, generation=e2el),
        model="fake",
        finish_reason="stop",
    )


def trial(pipeline: str = "rag", question_id: str = "q1", text: str | None = None, **fields: Any) -> Trial:
    """A trial that was scored, with an answer unless `answer` or `failure` is given: a refusal if it is `abstained`."""
    if "answer" not in fields and "failure" not in fields:
        fields["answer"] = reply(text or ("I don't know." if fields.get("abstained") else "number 1"))
    fields.setdefault("scores", {"exact_match": Score(value=None, status="skipped")})
    return Trial(pipeline=pipeline, question_id=question_id, asked_at="2026-01-01T00:00:00.000+00:00", **fields)


def scored(pipeline: str, values: Sequence[float], metric: str = CORRECTNESS) -> list[Trial]:
    """Trials q0, q1, ... with those values of one metric."""
    return [
        trial(pipeline, f"q{number}", scores={metric: Score(value=value, status="scored")})
        for number, value in enumerate(values)
    ]


def silent(doing: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


TWELVE = tuple(question(n) for n in range(12))


def right(text: str) -> str:
    """What `question` expects."""
    return f"number {text.removeprefix('What is ').removesuffix('?')}"


async def bake(run: RunFolder, *pipelines: FakePipeline, answers: AnswerCache | None = None) -> Summary:
    """The whole run, without a judge and without a word."""
    with run.lock():
        return await run_bakeoff(run, {each.name: each for each in pipelines}, None, answers, silent)
