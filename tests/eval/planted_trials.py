"""Trials of pipelines of which the truth is known, and the summary of a bake-off with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from eval_fakes import Config, FakePipeline, manifest, question, reply

from corpora.model import Question
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS
from eval.needs import Needs
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.staleness import Asked, PipelineStaleness, Shares, Staleness
from eval.statistics import wilson
from eval.summary import Summary, summarise
from eval.trial import Failure, Score, Trial
from pipelines.contract import Preparation

MACHINE = Prices(machine_per_hour=3.6, writing_per_example=0)
"""A thousandth of a dollar for a second."""

TOKENS = Prices(prompt_per_million=10, completion_per_million=0, writing_per_example=0)
"""A thousandth of a dollar for the 100 tokens of a prompt."""

ELSEWHERE = {"kind": "openai", "base_url": "https://example.org/v1", "model": "some"}
CHANGED = 40


@dataclass(frozen=True)
class Truth:
    """What one pipeline really is.

    Attributes:
        right: the share of questions that it answers rightly.
        partial: the correctness of its wrong answers.
        cost: of an answer, in thousandths of a dollar.
        seconds: that an answer takes; `late` of them take ten times as long.
        setup: thousandths of a dollar for training, at each version of the knowledge; None: nobody knows.
        failing, refusing: shares of all questions.
        inventing: the share of the unanswerable that it answers.
        unknown: the share of these answers that may be refusals in words that no rule knows.
        faithful: the share of its answers that the evidence bears out; None where there is no evidence.
        fresh: the share of changed answers that it gets right; None where it was not refreshed.
        noise: how much cost and time vary about their mean, as a share.
    """

    right: float = 0.7
    partial: float = 0.0
    cost: float = 1.0
    seconds: float = 1.0
    late: float = 0.0
    setup: float | None = 0.0
    examples: bool = False
    failing: float = 0.0
    refusing: float = 0.0
    inventing: float = 1.0
    unknown: float = 0.0
    faithful: float | None = None
    fresh: float | None = None
    cached: bool = False
    noise: float = 0.1


class Needy(Config):
    """The configuration with what the team needs."""

    needs: Needs = Needs()


class Planted(FakePipeline):
    """A pipeline that is only what a manifest says of it."""

    def __init__(self, name: str, truth: Truth) -> None:
        super().__init__(name, str)
        self.trained_on = "examples" if truth.examples else "documents"
        self.preparation = Preparation(training_seconds=truth.setup, training_examples=100 if truth.examples else 0)

    def fingerprint(self) -> dict[str, Any]:
        return super().fingerprint() | {"trained_on": self.trained_on}


def bake_off(
    pipelines: Mapping[str, Truth],
    needs: Mapping[str, Any] | None = None,
    n: int = 150,
    prices: Prices = MACHINE,
    engine: Mapping[str, Any] | None = None,
    answerable: bool = True,
    staleness: Staleness | None = None,
    repeat: int = 1,
    unanswerable: int = 0,
    documents: int = 1,
    language: str = "en",
) -> Summary:
    """Of n questions on so many documents; shares are kept to the question, so that equal truths are equal. Asked
    repeatedly, each is answered as it was the first time.
    """
    config = Needy(
        evaluation=EvaluationOptions(resamples=1000, repeat=repeat),
        cost=prices,
        needs=Needs.model_validate(dict(needs or {})),
    )
    questions = [_on(question(number, answerable=answerable), f"document {number % documents}") for number in range(n)]
    questions += [question(number, answerable=False) for number in range(n, n + unanswerable)]
    head = manifest(questions, {name: Planted(name, truth) for name, truth in pipelines.items()}, config)
    head = head.model_copy(update={"corpus_language": language})
    if engine is not None:
        head = head.model_copy(update={"engine": dict(engine)})
    trials = [
        each.model_copy(update={"repeat": time})
        for place, (name, truth) in enumerate(pipelines.items())
        for each in _trials(name, truth, n, answerable, np.random.default_rng(place))
        for time in range(repeat)
    ]
    for place, (name, truth) in enumerate(pipelines.items()):
        invented = _some(truth.inventing, unanswerable, np.random.default_rng(place))
        unknown = iter(_some(truth.unknown, sum(invented), np.random.default_rng(place)))
        trials += [
            _unanswerable(name, n + number, each, each and next(unknown)) for number, each in enumerate(invented)
        ]
    return summarise(head, questions, trials, staleness or planted_staleness(pipelines))


def _on(asked: Question, document: str) -> Question:
    evidence = tuple(each.model_copy(update={"document_id": document}) for each in asked.reference_contexts)
    return asked.model_copy(update={"reference_contexts": evidence})


def _trials(name: str, truth: Truth, n: int, answerable: bool, rng: np.random.Generator) -> list[Trial]:
    failing, refusing = _some(truth.failing, n, rng), _some(truth.refusing, n, rng)
    right, late = _some(truth.right, n, rng), _some(truth.late, n, rng)
    faithful = _some(truth.faithful or 0.0, n, np.random.default_rng(n))
    varied = 1 + truth.noise * rng.standard_normal(n).clip(-3, 3)
    varied /= varied.mean()
    found = []
    for number in range(n):
        seconds = float(truth.seconds * varied[number] * (10 if late[number] else 1))
        failed = bool(failing[number])
        refused = not failed and bool(refusing[number])
        answer = reply("I do not know." if refused else "as planted", e2el=seconds)
        tokens = round(100 * truth.cost * varied[number])
        answer = answer.model_copy(update={"usage": answer.usage.model_copy(update={"prompt_tokens": tokens})})
        value = 0.0 if failed or refused else 1.0 if right[number] else truth.partial
        status = "failed" if failed else "abstained" if refused else "scored"
        score = Score(value=value, status=status) if answerable else Score(value=None, status="skipped")
        scores = {CORRECTNESS: score}
        if truth.faithful is not None and not failed and not refused:
            scores[FAITHFULNESS] = Score(value=float(faithful[number]), status="scored")
        found.append(
            Trial(
                pipeline=name,
                question_id=f"q{number}",
                asked_at="2026-01-01T00:00:00.000+00:00",
                answer=None if failed else answer,
                failure=Failure(code="engine-error", message="down") if failed else None,
                abstained=refused,
                cached=truth.cached,
                machine_seconds=float(truth.cost * varied[number]),
                scores=scores,
            )
        )
    return found


def _unanswerable(name: str, number: int, invented: bool, unknown: bool) -> Trial:
    """What came of a question without an answer, which may be a refusal that is `unknown`; it took no time worth
    mentioning.
    """
    return Trial(
        pipeline=name,
        question_id=f"q{number}",
        asked_at="2026-01-01T00:00:00.000+00:00",
        answer=reply("Our rules are silent." if unknown else "as planted" if invented else "I do not know."),
        abstained=not invented,
        scores={CORRECTNESS: Score(value=None, status="skipped")},
    )


def _some(share: float, n: int, rng: np.random.Generator) -> list[bool]:
    """As many of n as the share says, at random."""
    chosen = np.arange(n) < round(share * n)
    return [bool(each) for each in rng.permutation(chosen)]


def planted_staleness(pipelines: Mapping[str, Truth]) -> Staleness | None:
    if all(truth.fresh is None for truth in pipelines.values()):
        return None
    keys = [f"changed{number}" for number in range(CHANGED)]
    nothing = Shares(new=wilson(0, 0, 0.95), old=wilson(0, 0, 0.95), neither=wilson(0, 0, 0.95))

    def asked(share: float, seed: int) -> Asked:
        new = _some(share, CHANGED, np.random.default_rng(seed))
        outcomes = {key: "new" if each else "old" for key, each in zip(keys, new, strict=True)}
        return Asked.model_validate(
            {"changed": nothing, "withdrawn": nothing, "added": nothing, "failed": 0, "outcomes": outcomes}
        )

    return Staleness(
        run_id="",
        description="planted",
        corpus_hash="",
        changed_hash="",
        metric=CORRECTNESS,
        threshold=0.5,
        level=0.95,
        seed=0,
        kinds=dict.fromkeys(keys, "changed"),
        sample=(),
        pipelines=tuple(
            PipelineStaleness(
                name=name,
                before=asked(0.0, 0),
                after=None if truth.fresh is None else asked(truth.fresh, place),
                unchanged=None,
                refresh=None,
                not_refreshed="not refreshed" if truth.fresh is None else None,
            )
            for place, (name, truth) in enumerate(pipelines.items())
        ),
    )
