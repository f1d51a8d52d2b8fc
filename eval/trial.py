"""One question through one pipeline."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from corpora.errors import BakeoffError
from corpora.model import Question, Record
from eval.metrics.as_said import unwrapped
from eval.metrics.judge import JudgeUsage
from eval.metrics.label_numbers import without_label_numbers
from eval.metrics.passage_numbers import without_passage_numbers
from eval.prices import Prices
from pipelines.contract import Answer

ScoreStatus = Literal["scored", "abstained", "failed", "skipped"]


class Failure(Record):
    """Why there is no answer: the code and message of the error."""

    code: str
    message: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        if isinstance(error, BakeoffError):
            return cls(code=error.code, message=str(error))
        return cls(code="unexpected", message=f"{type(error).__name__}: {error}")


class Score(Record):
    """One metric of one trial.

    `scored` has a value. A `failed` trial, and an answerable question on which the pipeline `abstained`, have the value
    that the metric gives to no answer (0 for correctness), or None where the metric says nothing about no answer.
    `skipped` is a metric that does not apply, with value None: an unanswerable question has no correctness. `reason`
    says why a metric of an answer failed.
    """

    value: float | None
    status: ScoreStatus
    reason: str | None = None


class Trial(Record):
    """An answer or a failure, with its scores.

    A question may be asked repeatedly: `repeat` counts from 0. `cached` answers were given in an earlier run and keep
    the timing they had then. `asked_at` is in UTC, ISO 8601.
    `machine_seconds` is its share of the machine's time: each second is divided among the questions in flight, so that
    the shares of a pipeline's trials add up to the time that it took. The last ones of a turn carry what others would
    share while there are any: `place_seconds` are its seconds over how many are asked at once, its share with every
    place full, unless it would take longer then. `judge` is what scoring it took of the judge,
    None where none was asked, and in a run of an earlier version.
    """

    pipeline: str
    question_id: str
    repeat: int = Field(default=0, ge=0)
    answer: Answer | None = None
    failure: Failure | None = None
    cached: bool = False
    asked_at: str
    machine_seconds: float | None = None
    place_seconds: float | None = None
    abstained: bool = False
    scores: dict[str, Score] = Field(default_factory=dict)
    judge: JudgeUsage | None = None

    @model_validator(mode="after")
    def _answer_or_failure(self) -> Trial:
        if (self.answer is None) == (self.failure is None):
            raise ValueError("a trial has either an answer or a failure")
        return self

    @property
    def key(self) -> tuple[str, str, int]:
        """What there is one trial for: the pipeline, the question, and the how-manieth time."""
        return self.pipeline, self.question_id, self.repeat

    def unwrapped(self) -> Trial:
        """With an answer of no more than what it says to its reader, by which it is judged: without reasoning, or the
        JSON around it (`eval.metrics.as_said`).
        """
        return self._saying(unwrapped(self.answer.response)) if self.answer else self

    def answering(self, question: Question) -> Trial:
        """With an answer of what it says to its reader without the numbers of passages that it names as its source, and
        without those that only repeat of whom or what was asked, by which its correctness is judged
        (`eval.metrics.passage_numbers`, `eval.metrics.label_numbers`).
        """
        if self.answer is None:
            return self
        asked, rights = question.user_input, question.right_answers
        said = without_passage_numbers(unwrapped(self.answer.response), (asked, *rights))
        return self._saying(without_label_numbers(said, asked, rights))

    def _saying(self, said: str) -> Trial:
        if self.answer is None or said == self.answer.response:
            return self
        return self.model_copy(update={"answer": self.answer.model_copy(update={"response": said})})

    @property
    def cut_off(self) -> bool:
        """Whether the answer ran into its limit of tokens."""
        return self.answer is not None and self.answer.finish_reason == "length"

    @property
    def cut_off_before_it_said_anything(self) -> bool:
        """Whether there is nothing of it but reasoning, which says nothing of what would have been answered."""
        said = self.unwrapped().answer
        return self.cut_off and said is not None and not said.response

    def cost(self, prices: Prices) -> float | None:
        """What it cost; a cached one what it cost when it was asked."""
        return prices.of_answer(self.answer.usage if self.answer else None, self.machine_seconds)

    def place_cost(self, prices: Prices) -> float | None:
        """The same of the machine's hour with every place full; what it cost where that is not known."""
        return prices.of_answer(self.answer.usage if self.answer else None, self.seconds_when_full)

    @property
    def seconds_when_full(self) -> float | None:
        """Its share of the machine's time with every place full; as it was, where that is not known."""
        return self.machine_seconds if self.place_seconds is None else self.place_seconds
