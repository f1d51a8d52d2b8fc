"""A made-up run on disk, in the shape of a real one: plausible answers, a failure, a refusal, a cached answer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue

from corpora.model import Document, Evidence, Passage, Question
from eval.machine import Machine
from eval.manifest import Contestant, Manifest
from eval.metrics import lexical, retrieval
from eval.metrics.abstention import is_refusal
from eval.metrics.correctness import correctness
from eval.metrics.recall import token_recall
from eval.metrics.support import support
from eval.run import RunFolder
from eval.trial import Failure, Score, Trial
from pipelines.contract import Answer, Preparation, Timing, Usage

HOSTILE = "<script>alert('x')</script><!-- --></script><img src=x onerror=alert(1)>\u2028 & \"quoted\" $x^2$"
KINDS = {"zero-shot": "prompting", "rag-k4": "rag", "finetuned": "finetuned"}
ENGINE: dict[str, JsonValue] = {"kind": "embedded", "model": "smollm2-135m-instruct", "weights": "0a" * 32}
PREFIX: list[JsonValue] = [["system", "Answer in one sentence. " * 20], ["human", "What is it?"]]
_SKILL = {"prompting": 0.1, "rag": 0.75, "finetuned": 0.5}
_SECONDS = {"prompting": 0.4, "rag": 1.3, "finetuned": 0.42}
_PREPARED = {
    "rag": Preparation(indexing_seconds=4.2),
    "finetuned": Preparation(
        training_seconds=312,
        training_joules=90_000.0,
        training_examples=450,
        training_tokens=48_000,
        base_parameters=134_515_008,
    ),
}
_TAGS = ("single-fact", "numeric", "reversed", "two-document")


def corpus(size: int) -> tuple[list[Document], list[Question]]:
    """`size` questions, every sixth without an answer, over a document for ten of them."""
    documents, questions = [], []
    for start in range(0, size, 10):
        facts = [f"The beacon of harbour {n} shines {n + 3} times a minute in fog." for n in range(start, start + 10)]
        text = f"# Harbours from {start}\n\nA lighthouse keeper's notes.\n\n" + " ".join(facts) + "\n"
        document = Document(id=f"harbours-{start}", title=f"Harbours from {start}", text=text, source="harbours.md")
        documents.append(document)
        for number, fact in enumerate(facts[: size - start], start=start):
            answerable = number % 6 != 5
            at = text.index(fact)
            span = Evidence(document_id=document.id, start=at, end=at + len(fact), text=fact)
            questions.append(
                Question(
                    id=f"harbour-{number}",
                    user_input=f"How often does the beacon of harbour {number} {'shine' if answerable else 'break'}?",
                    reference=f"{number + 3} times a minute" if answerable else None,
                    reference_contexts=(span,) if answerable else (),
                    tags=(_TAGS[number % 4],) if answerable else ("unanswerable",),
                    in_examples=number % 3 == 0 if answerable else None,
                )
            )
    return documents, questions


def trial(name: str, kind: str, question: Question, documents: Sequence[Document], number: int) -> Trial:
    """What a pipeline of that kind might have said; the same for the same arguments."""
    chance = random.Random(f"{name}/{question.id}")
    asked_at = f"2026-11-21T10:{number // 60 % 60:02}:{number % 60:02}+00:00"
    if chance.random() < 0.015:
        failure = Failure(code="engine-timeout", message="The engine took longer than 300 s. Ask again.")
        made = Trial(pipeline=name, question_id=question.id, failure=failure, asked_at=asked_at)
        return made.model_copy(update={"scores": scores(question, made)})
    passages = _passages(question, documents, chance) if kind == "rag" else ()
    text = _text(question, kind, chance)
    generation = _SECONDS[kind] * chance.lognormvariate(0, 0.35)
    retrieved = 0.03 * chance.lognormvariate(0, 0.2) if passages else 0.0
    answer = Answer(
        response=text,
        retrieved_contexts=passages,
        usage=Usage(
            prompt_tokens=600 if passages else 45,
            cached_tokens=20,
            completion_tokens=max(1, len(text.split()) * 4 // 3),
        ),
        timing=Timing(
            ttft=generation * 0.4 + retrieved, e2el=generation + retrieved, retrieval=retrieved, generation=generation
        ),
        model="smollm2-135m-instruct",
        finish_reason="length" if chance.random() < 0.03 else "stop",
    )
    made = Trial(
        pipeline=name,
        question_id=question.id,
        answer=answer,
        cached=chance.random() < 0.02,
        asked_at=asked_at,
        machine_seconds=generation / 4,
        abstained=is_refusal(text),
    )
    return made.model_copy(update={"scores": scores(question, made)})


def _text(question: Question, kind: str, chance: random.Random) -> str:
    draw = chance.random()
    if question.reference is None:
        if draw > 0.8 and kind != "rag":
            return "The keeper leaves that open."
        return (
            "I don't know." if draw < (0.6 if kind == "rag" else 0.15) else "It breaks about twice a year, in spring."
        )
    if draw < _SKILL[kind]:
        return f"{question.reference_contexts[0].text.split(' shines ')[0]} shines {question.reference}."
    return (
        "I don't know." if draw > 0.95 else "The beacon shines every 90 seconds, in all weather, as far as I can tell."
    )


def _passages(question: Question, documents: Sequence[Document], chance: random.Random) -> tuple[Passage, ...]:
    spans = [(span.document_id, span.start) for span in question.reference_contexts if chance.random() < 0.9]
    spans += [(document.id, 0) for document in chance.sample(list(documents), min(3, len(documents)))]
    texts = {document.id: document.text for document in documents}
    found = []
    for rank, (document_id, start) in enumerate(spans):
        begin = max(0, start - 150)
        text = texts[document_id][begin : begin + 420]
        found.append(
            Passage(
                id=f"{document_id}:{begin}",
                document_id=document_id,
                start=begin,
                end=begin + len(text),
                text=text,
                score=0.8 - rank * 0.07,
            )
        )
    return tuple(found)


def scores(question: Question, made: Trial) -> dict[str, Score]:
    """Correctness, faithfulness and recall by the rules of `eval.scoring`, without ragas."""
    answer, gold = made.answer, question.reference_contexts
    skipped = Score(value=None, status="skipped")
    names = ("correctness", "token_recall", "token_f1", "rouge_l")
    faithful = ("support_gold", "k_precision_gold")
    if question.reference is None:
        return dict.fromkeys((*names, *faithful, "recall_at_4"), skipped)
    if answer is None:
        lost = Score(value=None, status="failed")
        zero = Score(value=0.0, status="failed")
        return {**dict.fromkeys(names, zero), **dict.fromkeys((*faithful, "recall_at_4"), lost)}
    shown = answer.retrieved_contexts
    recall = Score(value=retrieval.recall_at(4, gold, shown), status="scored") if shown else skipped
    if made.abstained:
        zero, none = Score(value=0.0, status="abstained"), Score(value=None, status="abstained")
        return {**dict.fromkeys(names, zero), **dict.fromkeys(faithful, none), "recall_at_4": recall}
    texts = (question.reference, answer.response)
    told = [span.text for span in gold]
    values = {
        "correctness": correctness(*texts),
        "token_recall": token_recall(*texts),
        "token_f1": lexical.token_f1(*texts),
        "rouge_l": lexical.rouge_l(*texts),
        "support_gold": support(told, answer.response),
        "k_precision_gold": lexical.k_precision(told, answer.response),
    }
    return {**{name: Score(value=value, status="scored") for name, value in values.items()}, "recall_at_4": recall}


def manifest(kinds: dict[str, str], questions: int, **cost: object) -> Manifest:
    """`cost` replaces the demo's assumed price of the machine; `machine_per_hour=None` leaves costs unknown."""
    prices = {
        "machine_per_hour": 0.1,
        "writing_per_example": 0,
        "currency": "USD",
        "source": "a rented machine of 2 cores",
        "assumption": True,
    }
    return Manifest(
        run_id="20261121-100000-abc123",
        started="2026-11-21T10:00:00+00:00",
        finished="2026-11-21T10:06:12+00:00",
        config={
            "corpus": "corpora/kubernetes",
            "base_model": "smollm2-135m-instruct",
            "decoding": {"max_new_tokens": 64, "temperature": 0.0, "seed": 0},
            "engine": "embedded",
            "pipelines": {name: {"kind": kind} for name, kind in kinds.items()},
            "evaluation": {"split": "test", "concurrency": 8, "seed": 0, "resamples": 200},
            "cost": prices | cost,
        },
        corpus_name="harbours",
        turns=12,
        corpus_hash="5f" * 32,
        questions=questions,
        engine=ENGINE,
        pipelines={
            name: Contestant(
                kind=kind,
                fingerprint={"kind": kind, "prefix": PREFIX, "hash": "1b" * 32, "engine": ENGINE},
                preparation=_PREPARED.get(kind, Preparation()),
            )
            for name, kind in kinds.items()
        },
        versions={"bakeoff": "0.1.0", "torch": "2.13.0", "ragas": "0.4.3"},
        machine=Machine(
            cpu="Example CPU", cores=2, memory_gib=23.5, gpus=(), system="Linux-6.1-x86_64", python="3.11.2"
        ),
    )


def write_run(
    runs: Path,
    size: int = 30,
    kinds: dict[str, str] | None = None,
    data: tuple[list[Document], list[Question]] | None = None,
    trials: Sequence[Trial] | None = None,
    **cost: object,
) -> RunFolder:
    """A finished run in a folder below `runs`, but for its `report.json`."""
    kinds = kinds or KINDS
    documents, questions = data or corpus(size)
    run = RunFolder.create(runs, manifest(kinds, len(questions), **cost), questions)
    if trials is None:
        trials = [
            trial(name, kind, question, documents, number)
            for name, kind in kinds.items()
            for number, question in enumerate(questions)
        ]
    lines = "".join(each.model_dump_json() + "\n" for each in trials)
    (run.path / "journal.jsonl").write_text(lines, encoding="utf-8")
    return run


def hostile_run(tmp_path: Path) -> tuple[RunFolder, list[Document]]:
    """A run in which all that a stranger may have written is an attack."""
    attack = HOSTILE
    documents, questions = corpus(12)
    text = f"{attack}\n\n{documents[0].text}"
    documents[0] = documents[0].model_copy(update={"text": text, "title": attack, "id": attack})
    span = Evidence(document_id=attack, start=0, end=len(attack), text=attack)
    texts = {"id": attack, "user_input": attack, "reference": attack, "reference_aliases": (attack,), "tags": (attack,)}
    questions = [Question(**texts, reference_contexts=(span,)), *(each for each in questions[10:])]
    kinds = {attack: "prompting", "rag-k4": "rag"}
    trials = []
    for name, kind in kinds.items():
        for number, each in enumerate(questions):
            asked = trial(name, kind, each, documents, number)
            if asked.answer and number < 3:
                answer = asked.answer.model_copy(update={"response": attack, "model": attack})
                asked = asked.model_copy(update={"answer": answer})
            elif number == 3:
                failure = Failure(code="unexpected", message=attack)
                asked = Trial(pipeline=name, question_id=each.id, failure=failure, asked_at=attack, scores=asked.scores)
            trials.append(asked)
    return write_run(tmp_path, data=(documents, questions), kinds=kinds, trials=trials, source=attack), documents
