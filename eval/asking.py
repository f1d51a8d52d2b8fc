"""Puts every question to every pipeline, and writes down what comes back."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from corpora.errors import (
    BakeoffError,
    EngineProtocolError,
    EngineTimeoutError,
    EngineUnavailableError,
    IndexUnavailableError,
)
from corpora.model import Question
from eval.answers import PipelineAnswers
from eval.conditions import Warmup
from eval.options import EvaluationOptions
from eval.storage import Journal
from eval.trial import Failure, Trial
from pipelines.clock import MachineTime, answer
from pipelines.contract import Answer, Pipeline
from pipelines.engines.base import REPEAT

Item = TypeVar("Item")
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

UNREACHED = frozenset({EngineUnavailableError.code, IndexUnavailableError.code})

PATIENCE_SECONDS = 120.0
"""For so long an engine or an index that is gone is waited for: one that is started again is back by then."""

PAUSE_SECONDS = 1.0
"""Between two looks whether it is."""


async def for_each(items: Iterable[Item], concurrency: int, do: Callable[[Item], Awaitable[None]]) -> None:
    """Does something with every item, so many at a time; the first error stops the others and is raised."""
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


@dataclass
class Asker:
    """Asks one pipeline what the journal does not hold yet; `answers` are those that it gave before. With
    `failures_again` it asks what failed once more.
    """

    name: str
    pipeline: Pipeline
    options: EvaluationOptions
    journal: Journal
    answers: PipelineAnswers | None
    on_warmup: Callable[[Warmup], None] = lambda warmup: None
    failures_again: bool = False
    _done: int = field(default=0, init=False)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.options.seed} {self.name}")

    async def ask_all(self, questions: Sequence[Question], on_progress: Progress) -> None:
        """Every question. Raises what `ask_turn` raises."""
        await self.ask_turn(questions, len(questions), on_progress)

    async def ask_turn(self, questions: Sequence[Question], total: int, on_progress: Progress) -> None:
        """Each trial is in the journal as soon as it has ended; cancelled, the journal has all that ended before.
        `on_warmup` is told of the requests before the first trial.

        Args:
            questions: asked now, in the pipeline's own order.
            total: the number of all questions, for whoever watches.

        Raises:
            RunStorageError: a trial could not be written.
            EngineUnavailableError, IndexUnavailableError: nobody was reached for PATIENCE_SECONDS. What was asked then
                is in the journal as failed, and `_open` again; to go on would only fail every other question too.
            NotReadyError: the pipeline's index is no longer the one that it was opened with. What was asked then is not
                in the journal: it may have been answered from half of it.
        """
        asked = [(question, repeat) for repeat in range(self.options.repeat) for question in questions]
        self._random.shuffle(asked)
        left = self._reuse([each for each in asked if self._open(*each)])
        self._done += len(asked) - len(left)
        doing, wanted = f"asking {self.name}", total * self.options.repeat
        on_progress(doing, self._done, wanted)
        if not left:
            return
        self.on_warmup(await self._warm_up())
        machine = MachineTime()

        async def ask(item: tuple[Question, int]) -> None:
            question, repeat = item
            trial, gone = await self._ask_patiently(question, repeat, machine)
            self.journal.append(trial)
            if gone is not None:
                raise gone
            if self.answers is not None:
                self.answers.put(question, trial)
            self._done += 1
            on_progress(doing, self._done, wanted)

        await for_each(left, self.options.concurrency, ask)

    def _open(self, question: Question, repeat: int) -> bool:
        """Whether the question is still to be asked: an engine or an index that nobody reached was not asked."""
        trial = self.journal.trials.get((self.name, question.id, repeat))
        failure = trial.failure if trial else None
        return trial is None or (failure is not None and (self.failures_again or failure.code in UNREACHED))

    def _reuse(self, asked: list[tuple[Question, int]]) -> list[tuple[Question, int]]:
        """Takes over what was answered before, if that is wanted; the questions that are left."""
        if self.answers is None or not self.options.reuse_answers:
            return asked
        left = []
        for question, repeat in asked:
            trial = self.answers.get(question, repeat)
            if trial is None:
                left.append((question, repeat))
            else:
                self.journal.append(trial)
        return left

    async def _warm_up(self) -> Warmup:
        """Lets caches fill and code compile; whatever goes wrong here will go wrong again where it counts."""
        good = 0
        for number in range(self.options.warmup):
            with suppress(Exception):
                await self._answer(f"This is warm-up question {number + 1}: what is this about?")
                good += 1
        return Warmup(asked=self.options.warmup, failed=self.options.warmup - good)

    async def _ask_patiently(
        self, question: Question, repeat: int, machine: MachineTime
    ) -> tuple[Trial, BakeoffError | None]:
        """The trial, asked anew once the engine or index is back where that was gone; and why, where it stays away."""
        clock = asyncio.get_running_loop().time
        end = clock() + PATIENCE_SECONDS
        while True:
            trial, error = await self._ask(question, repeat, machine)
            if isinstance(error, EngineProtocolError):  # an answer that broke off: did the engine die?
                error = await self._away() or error
            try:
                await self.pipeline.check_unchanged()
            except IndexUnavailableError as gone:
                error = gone
            if not isinstance(error, EngineUnavailableError | IndexUnavailableError):
                return trial, None
            while clock() < end:
                await asyncio.sleep(PAUSE_SECONDS)
                if not await self._away():
                    break
            else:
                return trial.model_copy(update={"answer": None, "failure": Failure.of(error)}), error

    async def _away(self) -> BakeoffError | None:
        """Why nobody is reached; None where somebody is, whatever else is wrong with it."""
        try:
            await self.pipeline.check()
        except (EngineUnavailableError, IndexUnavailableError) as error:
            return error
        except Exception:
            return None
        return None

    async def _ask(self, question: Question, repeat: int, machine: MachineTime) -> tuple[Trial, Exception | None]:
        """The trial, and the error that it failed with."""
        asked_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        reply: Answer | None = None
        failed: Exception | None = None
        REPEAT.set(repeat)  # of this task and what it calls
        began, mark = time.perf_counter(), machine.begin()
        try:
            reply = await self._answer(question.user_input)
        except Exception as error:  # a failed question is a trial
            failed = error
        finally:
            seconds = machine.end(mark)
        trial = Trial(
            pipeline=self.name,
            question_id=question.id,
            repeat=repeat,
            answer=reply,
            failure=Failure.of(failed) if failed else None,
            asked_at=asked_at,
            machine_seconds=seconds,
            place_seconds=(time.perf_counter() - began) / self.options.concurrency,
        )
        return trial, failed

    async def _answer(self, text: str) -> Answer:
        try:
            async with asyncio.timeout(self.options.timeout):
                return await answer(self.pipeline, text)
        except TimeoutError as error:
            raise EngineTimeoutError(
                f"No answer within {self.options.timeout:g} seconds.",
                "Raise evaluation.timeout, lower evaluation.concurrency, or read the engine's log.",
            ) from error


async def ask_in_turns(
    askers: Sequence[Asker], questions: Sequence[Question], turns: Mapping[str, int], on_progress: Progress
) -> None:
    """Every question through every pipeline, one pipeline at a time, so that each has the machine to itself.

    In each turn all pipelines are asked the same questions, in their order or, every other turn, in the opposite one: a
    machine that becomes slower, or faster, steadily is so for all of them alike. Raises what `Asker.ask_turn` raises.

    Args:
        turns: of each question, by its id.
    """
    for turn in range(max(turns.values(), default=0) + 1):
        members = [question for question in questions if turns[question.id] == turn]
        for asker in askers if turn % 2 == 0 else reversed(askers):
            await asker.ask_turn(members, len(questions), on_progress)
