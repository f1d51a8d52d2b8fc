"""The contract that makes the ways to answer interchangeable.

A pipeline is given the question's text and nothing else, and yields what it does as it does it: the passages it
retrieved (if it retrieves), the answer piece by piece, and at the end what it took. Nobody else takes the time:
`pipelines.clock` turns these events into an `Answer`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field

from corpora.model import Passage, Record

if TYPE_CHECKING:
    from pipelines.retrieval import RetrievalOptions
    from pipelines.training.options import TrainingOptions
    from pipelines.workbench import Workbench

FinishReason = Literal["stop", "length"]


class Usage(Record):
    """Billed tokens over all calls of one answer. `prompt_tokens` includes the `cached_tokens`.

    That is seen to where a server's counts are read (`pipelines.generation`), not here: runs of earlier versions, in
    which it may not hold, are to be opened all the same. Such an answer has no known price (`Prices.of_tokens`).
    """

    prompt_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class Timing(Record):
    """Seconds, all taken by one clock.

    `ttft` is from the question to the first piece of the answer, `e2el` to its end; both contain `retrieval`.
    `generation` is what is left of `e2el` after retrieval.
    """

    ttft: float
    e2el: float
    retrieval: float
    generation: float


class Answer(Record):
    """What a pipeline replied. `retrieved_contexts` are the passages that the model was shown, best first."""

    response: str
    retrieved_contexts: tuple[Passage, ...] = ()
    usage: Usage
    timing: Timing
    model: str
    finish_reason: FinishReason


class Retrieved(Record):
    """The passages that will be shown to the model; an event that comes before the first piece, at most once."""

    passages: tuple[Passage, ...]


class Piece(Record):
    """The next piece of the answer's text."""

    text: str


class Finished(Record):
    """The end of the answer, and what it took; the last event, exactly once."""

    usage: Usage
    model: str
    finish_reason: FinishReason


Event = Retrieved | Piece | Finished


class Preparation(Record):
    """What went into a pipeline before its first answer: seconds of the machine, and examples that people wrote; 0
    where there is nothing to prepare, None where nobody measured or told it.

    `indexing_seconds` are what the passages took that the index holds now, and nothing of those that it held before.
    Opening models is in neither number of seconds: a process does it once, however much it prepares.
    `training_examples` are those that it was trained on, or that its prompt shows, each counted once.
    `training_joules` are what the processors took while training, None where they do not tell.
    `training_tokens` are those that training put through the model, and `base_parameters` the parameters of the model
    that was trained on; None where nothing was trained, or nobody counted.
    """

    training_seconds: float | None = 0.0
    training_joules: float | None = None
    indexing_seconds: float | None = 0.0
    training_examples: int | None = 0
    training_tokens: int | None = None
    base_parameters: int | None = None


class Options(Record):
    """Base of the options that each kind of pipeline declares beside its implementation, `kind` among them."""

    @property
    def searches(self) -> RetrievalOptions | None:
        """By what it searches the corpus, which needs an index; None where it does not."""
        return None

    @property
    def trains(self) -> TrainingOptions | None:
        """By what its adapter is trained; None where none is."""
        return None


class Pipeline(ABC):
    """One way to answer.

    A new one is one file with a subclass and its `Options`, one line in `pipelines.registry`, and these options in the
    union of `pipelines.config`, by which a configuration is read.

    Attributes:
        model: the engine's name of what answers, the base model or an adapter.
        retrieves: whether passages are searched for.
    """

    kind: ClassVar[str]
    name: str
    model: str = ""
    retrieves: bool = False
    preparation: Preparation = Preparation()

    @classmethod
    @abstractmethod
    async def open(cls, name: str, options: Any, bench: Workbench) -> Self:
        """Makes the pipeline ready to answer.

        Raises:
            NotReadyError: an index, an adapter or a model is missing; the message says which command makes it.
        """

    @abstractmethod
    def stream(self, question: str) -> AsyncGenerator[Event, None]:
        """Answers, event by event. Closing the iterator stops the work behind it.

        Raises:
            QuestionTooLongError: prompt and answer do not fit the model's window.
            EngineError: the engine failed, before or within the answer.
        """

    @abstractmethod
    def fingerprint(self) -> dict[str, Any]:
        """All that an answer depends on besides the question, as JSON: options, prompt, hashes of index and adapter.

        What it retrieves by stands under `retrieval`, by which a run knows that it does.
        """

    async def check(self) -> None:  # noqa: B027  (most pipelines cannot become unready once open)
        """Raises NotReadyError or EngineError where a question put now could not be answered."""

    async def check_unchanged(self) -> None:  # noqa: B027  (most answer from what nobody can change under them)
        """Raises NotReadyError where it no longer answers from what it was opened with. A bake-off asks after every
        answer, of which none may come from anything else.
        """
