"""The one way from any address of the API to a pipeline: looked up, bounded, counted, priced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing

from corpora.errors import (
    BakeoffError,
    BusyError,
    EmptyQuestionError,
    EngineTimeoutError,
    QuestionError,
    QuestionTooLongError,
)
from corpora.model import Document
from eval.prices import Prices
from pipelines.assembly import open_one
from pipelines.clock import MachineTime, stream_answer
from pipelines.contract import Answer, Piece, Pipeline, Retrieved
from service.admission import Admission, each_in_time
from service.likeness import hashed
from service.metrics import Metrics
from service.problems import problem_of
from service.schemas import Outcome, PipelineStatus, Reply
from service.settings import ServiceSettings
from service.tracing import answering, note


class Backend:
    """Pipelines by name, in the order of the configuration; in place of one that could not be opened, its error."""

    def __init__(
        self,
        pipelines: Mapping[str, Pipeline | BakeoffError],
        prices: Prices,
        settings: ServiceSettings,
        documents: Iterable[Document],
    ) -> None:
        self.serve(pipelines, documents)
        self.prices = prices
        self.settings = settings
        self.metrics = Metrics()
        self.admission = Admission(settings, self.metrics.waiting.set)
        self._machine = MachineTime()
        self._hashing = asyncio.Lock()

    def serve(self, pipelines: Mapping[str, Pipeline | BakeoffError], documents: Iterable[Document]) -> None:
        """Takes these for every question from now on; one that is being answered ends as it began."""
        self.pipelines = dict(pipelines)
        self.documents = {document.id: document for document in documents}

    def check_question(self, question: str) -> None:
        """Raises a QuestionError before anything is spent on a question."""
        limit = self.settings.max_question_chars
        if not question.strip():
            raise EmptyQuestionError("The question is empty.", "Send some text as the question.")
        if len(question) > limit:
            raise QuestionTooLongError(
                f"The question has {len(question)} characters; {limit} are allowed.", "Ask a shorter question."
            )
        try:
            question.encode()
        except UnicodeEncodeError:
            raise QuestionError(
                "The question holds half a character (a lone surrogate).", "Send valid Unicode."
            ) from None

    async def stream(self, name: str, question: str) -> AsyncGenerator[Retrieved | Piece | Reply, None]:
        """The events of one answer as they come, the whole Reply last. Closing it stops the work behind it.

        Raises:
            BusyError: too many questions are being answered.
            BakeoffError: whatever `open_one`, `check_question` and the pipeline raise.
        """
        label = name if name in self.pipelines else "(unknown)"  # a label of the client's choice could be anything
        with self.metrics.counting(label), answering(label) as span:
            self.check_question(question)
            pipeline = open_one(self.pipelines, name)
            limit = self.settings.answer_seconds
            deadline = asyncio.get_running_loop().time() + limit
            async with self.admission.admitted(deadline, pipeline.model, pipeline.retrieves) as place:
                mark = self._machine.begin()
                try:
                    async with aclosing(stream_answer(pipeline, question)) as events:
                        async for event in each_in_time(events, deadline, limit):
                            if isinstance(event, Answer):
                                answer = event
                                break
                            if isinstance(event, Retrieved):
                                await place.found()
                            yield event
                finally:
                    share = self._machine.end(mark)
            note(span, answer)
            self.metrics.spent(place.waited + answer.timing.e2el)
            reply = self._reply(name, answer, share)
        yield reply

    async def reply(self, name: str, question: str) -> Reply:
        """The whole reply. Raises what `stream` raises."""
        async with aclosing(self.stream(name, question)) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise AssertionError("stream ends with a Reply or raises")

    async def compare(self, question: str) -> list[Outcome]:
        """The question through every pipeline at once.

        Raises:
            QuestionError: what `check_question` raises.
            BusyError: every pipeline refused it because too many questions are being answered.
        """
        self.check_question(question)
        names = tuple(self.pipelines)  # others may be served by the time that these have answered
        found = await asyncio.gather(*(self.reply(name, question) for name in names), return_exceptions=True)
        refused = [each for each in found if isinstance(each, BusyError)]
        if refused and len(refused) == len(found):
            raise refused[0]
        return [_outcome(name, each) for name, each in zip(names, found, strict=True)]

    async def statuses(self) -> list[PipelineStatus]:
        """Whether each pipeline would answer a question put now."""
        return await asyncio.gather(*(self._status(name) for name in self.pipelines))

    async def fingerprints(self) -> dict[str, dict[str, str]]:
        """What the answers of each open pipeline depend on, as `hashed`; a model's files may be read for it."""
        found = {name: each for name, each in self.pipelines.items() if isinstance(each, Pipeline)}
        async with self._hashing:  # so that many who ask at once do not have a model's files read many times
            return await asyncio.to_thread(lambda: {name: hashed(each.fingerprint()) for name, each in found.items()})

    def _reply(self, name: str, answer: Answer, seconds: float) -> Reply:
        self.metrics.answered(name, answer)
        cost = self.prices.of_answer(answer.usage, seconds)
        currency = None if cost is None else self.prices.currency
        return Reply(**dict(answer), pipeline=name, cost=cost, currency=currency)

    async def _status(self, name: str) -> PipelineStatus:
        found = self.pipelines[name]
        kind = found.kind if isinstance(found, Pipeline) else None
        try:
            pipeline = open_one(self.pipelines, name)
            await self.admission.check(pipeline.model, pipeline.retrieves)
            async with asyncio.timeout(self.settings.check_seconds):
                await pipeline.check()
        except TimeoutError:
            late = EngineTimeoutError(
                f"The check of {name} took more than {self.settings.check_seconds:g} seconds.",
                "See whether the engine, or the server of the index, is overloaded or hangs.",
            )
            return PipelineStatus(name=name, kind=kind, ready=False, error=problem_of(late))
        except Exception as error:
            return PipelineStatus(name=name, kind=kind, ready=False, error=problem_of(error))
        return PipelineStatus(name=name, kind=kind, ready=True)


def _outcome(name: str, found: Reply | BaseException) -> Outcome:
    if isinstance(found, Reply):
        return Outcome(pipeline=name, answer=found)
    if isinstance(found, Exception):
        return Outcome(pipeline=name, error=problem_of(found))
    raise found
