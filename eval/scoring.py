"""The rules of scoring, once: what counts when there is an answer, a refusal, a failure, or nothing to compare with."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from corpora.errors import EngineError
from corpora.model import Question
from eval.metrics.abstention import declines
from eval.metrics.bare_answers import deciding
from eval.metrics.judge import FAILURE, JudgeUsage, counting_calls
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.metrics.subject import without_subject
from eval.metrics.times_of_day import with_times_as_in
from eval.trial import Score, Trial
from pipelines.contract import Answer

SCORING_LIMIT = 60.0
"""Seconds that a metric without a judge may take for one answer."""


SHOWN = frozenset({"retrieved_contexts", "passages"})
"""The inputs that a pipeline may have found none of."""


class Scorer(Protocol):
    """What a ragas metric can do."""

    async def ascore(self, **inputs: Any) -> Any:
        """An object whose `value` is the score."""


async def score_trial(
    question: Question, trial: Trial, scorers: Mapping[str, Scorer], limit: float, retrieves: bool = False
) -> Trial:
    """The trial with these scores beside those that it has; `retrieves` says whether its pipeline does.

    | | correctness | faithfulness | retrieval |
    |---|---|---|---|
    | an answer | scored | scored | scored |
    | a refusal | 0, abstained | None, abstained | scored: the passages were shown |
    | a failure | 0, failed | None, failed | None, failed |
    | no reference, no evidence, nothing retrieved ever | None, skipped | None, skipped | None, skipped |
    | retrieved, and nothing found | scored | 0 beside what was shown | 0, scored |

    So a refusal and a failure cost correctness, and cannot buy faithfulness; a right answer that reads like a refusal
    is an answer (`eval.metrics.abstention.declines`). Scores are of what an answer says to its reader
    (`Trial.unwrapped`); correctness, unless it is judged, is so without the numbers of its passages
    (`Trial.answering`), and faithfulness to the evidence without the name of what the question is about
    (`eval.metrics.subject`), with times of day as the evidence writes them. A metric that breaks, takes more than
    `limit` seconds or yields no number is `failed` with value None and its reason; the other metrics go on. With
    several right references the best value counts. A judge sees passages in a random order, which is the same for all
    pipelines that show the same ones: models believe what stands first.
    """
    said, told = trial.unwrapped().answer, trial.answering(question).answer
    refused = said is not None and declines(said.response, question.right_answers)
    read = {name: told if METRICS[name].is_of_words else said for name in scorers}
    if said is not None and FAITHFULNESS in read:
        evidence = [each.text for each in question.reference_contexts]
        claimed = with_times_as_in(evidence, without_subject(said.response, question.user_input, evidence))
        read[FAITHFULNESS] = said.model_copy(update={"response": claimed})
    with counting_calls() as calls:
        scores = {
            name: await _score(name, question, read[name], refused, scorer, limit, retrieves)
            for name, scorer in scorers.items()
        }
    # a judge that is left alone (`eval.metrics.giving_up`) was called no time, which is known
    judged = any(METRICS[name].judged for name in scorers)
    judge = sum(calls, trial.judge or JudgeUsage()) if judged else trial.judge
    return trial.model_copy(update={"abstained": refused, "scores": trial.scores | scores, "judge": judge})


async def _score(
    name: str,
    question: Question,
    answer: Answer | None,
    refused: bool,
    scorer: Scorer,
    limit: float,
    retrieves: bool,
) -> Score:
    metric = METRICS[name]
    inputs: dict[str, Any] = {key: value for key, value in _inputs(question, answer).items() if key in metric.inputs}
    missing = [key for key, value in inputs.items() if not value and key != "response"]
    if answer is None:
        # nothing is known of what a failed pipeline showed its model; only what the question lacks is skipped
        if set(missing) - SHOWN:
            return Score(value=None, status="skipped")
        return Score(value=metric.without_answer, status="failed")
    if missing and not (retrieves and set(missing) <= SHOWN):
        return Score(value=None, status="skipped")
    if refused and metric.family != "retrieval":
        return Score(value=metric.without_answer, status="abstained")
    if missing:  # nothing was found, in which no evidence is, and which bears nothing out
        return Score(value=0.0, status="scored")
    if metric.judged:
        inputs = _in_any_order(inputs, question)
    references = inputs.pop("reference", (None,))
    if name == CORRECTNESS:
        references = deciding(references, answer.response)
    return await _asked(scorer, inputs, references, limit)


async def _asked(scorer: Scorer, inputs: Mapping[str, Any], references: Sequence[str | None], limit: float) -> Score:
    FAILURE.set(None)
    try:
        async with asyncio.timeout(limit):
            values = [
                float((await scorer.ascore(**inputs, **({} if text is None else {"reference": text}))).value)
                for text in references
            ]
    except TimeoutError:
        last = FAILURE.get()
        return _failed(f"took more than {limit:g} s" + (f"; {_why(last)}" if last else ""))
    except Exception as error:  # a judge may answer anything, and must not cost the trial its other scores
        return _failed(_why(error))
    numbers = [value for value in values if math.isfinite(value)]
    if not numbers:
        last = FAILURE.get()
        return _failed(_why(last) if last else "the metric gave no number")
    return Score(value=max(numbers), status="scored")


def _failed(why: str) -> Score:
    return Score(value=None, status="failed", reason=why[:500])


def _why(error: Exception) -> str:
    """What went wrong with a metric, for people."""
    what, said = type(error).__name__, str(error)
    if isinstance(error, EngineError):  # a judge's
        what, said = error.problem.removesuffix("."), error.said
    return ": ".join(part for part in (what, " ".join(said.split())) if part)


def _in_any_order(inputs: Mapping[str, Any], question: Question) -> dict[str, Any]:
    shuffled = random.Random(question.id)
    return {
        key: shuffled.sample(value, len(value)) if key in ("reference_contexts", "retrieved_contexts") else value
        for key, value in inputs.items()
    }


def _inputs(question: Question, answer: Answer | None) -> dict[str, Any]:
    """All that a metric may ask for; `reference` holds every right answer."""
    passages = answer.retrieved_contexts if answer else ()
    return {
        "user_input": question.user_input,
        "response": answer.response if answer else "",
        "reference": question.right_answers,
        "reference_contexts": [evidence.text for evidence in question.reference_contexts],
        "retrieved_contexts": [passage.text for passage in passages],
        "evidence": question.reference_contexts,
        "passages": passages,
    }
