"""Every error that Bakeoff raises on purpose.

    BakeoffError
    ├── ConfigError               bakeoff.yaml is broken
    ├── CorpusError               documents, questions or examples are broken
    │   ├── LeakageError          a training example gives a question away
    │   ├── DocumentError         a file that cannot be taken as a document
    │   │   ├── DocumentTooLargeError
    │   │   ├── DocumentTypeError        of no kind that is read, or not of the kind that its name says
    │   │   └── UnreadableDocumentError  broken, encrypted, without text
    │   └── CorpusStorageError    its folder cannot be written, or the disk is full
    ├── QuestionError             the question itself cannot be answered
    │   ├── EmptyQuestionError
    │   └── QuestionTooLongError
    ├── UnknownPipelineError
    ├── UnknownRunError           no such bake-off
    │   └── RunFileMissingError   it has no such file, or not yet
    ├── UnknownDocumentError
    ├── ConflictError             what is wanted contradicts what is there
    │   ├── DocumentInUseError    questions have their evidence in it, or no other is left
    │   ├── CorpusInUseError      a bake-off measures it just now
    │   ├── CorpusFullError       it holds as many documents as it may
    │   ├── IdempotencyConflictError
    │   └── RunStateError         what has ended cannot be cancelled, what is finished cannot be resumed
    ├── NotReadyError             something must be prepared first
    │   ├── ModelMissingError
    │   ├── IndexMissingError
    │   ├── IndexUnavailableError     the server that holds it does not answer
    │   └── AdapterMissingError
    ├── ModelRejectedError        a model that is not opened: unpinned, pickled, or with code of its own
    ├── AdapterRejectedError      an adapter that cannot be served
    ├── EngineError               the engine failed
    │   ├── EngineUnavailableError
    │   │   └── ModelUnavailableError    it runs, but does not serve this model, or takes no more just now
    │   ├── EngineTimeoutError
    │   ├── EngineRefusedError    it runs, but not for this question
    │   └── EngineProtocolError   half a stream, or something that is not an answer
    ├── BusyError                 not now, but later
    │   ├── OverloadedError
    │   ├── QuotaExceededError
    │   └── StoppingError         the service is being stopped
    ├── AccessError               the caller may not
    │   ├── MissingKeyError
    │   ├── ForbiddenError
    │   ├── UnknownHostError      the service is not called by that name
    │   └── ForeignPageError      a page of another site asked
    └── RunError                  a bake-off cannot go on
        ├── RunLockedError
        └── RunStorageError       the disk is full, or a run's files cannot be read

Errors of other libraries are turned into these at one boundary each; whatever else escapes is a bug.
"""

from __future__ import annotations

from typing import ClassVar


class BakeoffError(Exception):
    """Something went wrong that the reader of the message can mend.

    Args:
        problem: what is wrong, in one sentence.
        remedy: what to do next, in one sentence; every error has one.
    """

    code: ClassVar[str] = "error"
    retry_after: int | None = None
    """Seconds after which it may be otherwise; None where waiting alone does not help."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)  # what it is made of again where it passes from one process to another
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        between = "" if self.problem.endswith("\n") else " "
        return f"{self.problem}{between}{self.remedy}".strip()


class ConfigError(BakeoffError):
    code = "config"


class CorpusError(BakeoffError):
    code = "corpus"


class LeakageError(CorpusError):
    code = "leakage"


class DocumentError(CorpusError):
    code = "document"


class DocumentTooLargeError(DocumentError):
    code = "document-too-large"


class DocumentTypeError(DocumentError):
    code = "document-type"


class UnreadableDocumentError(DocumentError):
    code = "document-unreadable"


class CorpusStorageError(CorpusError):
    code = "corpus-storage"


class QuestionError(BakeoffError):
    code = "question"


class EmptyQuestionError(QuestionError):
    code = "empty-question"


class QuestionTooLongError(QuestionError):
    code = "question-too-long"


class UnknownPipelineError(BakeoffError):
    code = "unknown-pipeline"


class UnknownRunError(BakeoffError):
    code = "unknown-run"


class RunFileMissingError(UnknownRunError):
    code = "run-file-missing"


class UnknownDocumentError(BakeoffError):
    code = "unknown-document"


class ConflictError(BakeoffError):
    code = "conflict"


class DocumentInUseError(ConflictError):
    code = "document-in-use"


class CorpusInUseError(ConflictError):
    code = "corpus-in-use"


class CorpusFullError(ConflictError):
    code = "corpus-full"


class IdempotencyConflictError(ConflictError):
    code = "idempotency-conflict"


class RunStateError(ConflictError):
    code = "run-state"


class NotReadyError(BakeoffError):
    code = "not-ready"


class ModelMissingError(NotReadyError):
    code = "model-missing"


class IndexMissingError(NotReadyError):
    code = "index-missing"


class IndexUnavailableError(NotReadyError):
    code = "index-unavailable"
    retry_after = 5


class AdapterMissingError(NotReadyError):
    code = "adapter-missing"


class ModelRejectedError(BakeoffError):
    code = "model-rejected"


class AdapterRejectedError(BakeoffError):
    code = "adapter-rejected"


class EngineError(BakeoffError):
    """An engine's, with what is for whoever runs it, and not for those who ask.

    Args:
        said: what the engine itself said, which may quote the question.
        where: the engine's address, or the file of its log.
        ended: how the engine says that its answer ended, as one word. Unlike `said` it is fit for every log.
    """

    code = "engine-error"

    def __init__(self, problem: str, remedy: str, said: str = "", where: str = "", ended: str = "") -> None:
        super().__init__(problem, remedy)
        self.said = said
        self.where = where
        self.ended = ended

    @property
    def aside(self) -> str:
        """What the command line and a run's failures tell beside the problem."""
        return ": ".join(part for part in (self.where, self.said) if part)

    def __str__(self) -> str:
        return " ".join(part for part in (self.problem, self.aside and f"({self.aside})", self.remedy) if part)


class EngineUnavailableError(EngineError):
    code = "engine-unavailable"
    retry_after = 5


class ModelUnavailableError(EngineUnavailableError):
    """To a caller the same; the engine itself is not to be taken for dead."""


class EngineTimeoutError(EngineError):
    code = "engine-timeout"


class EngineRefusedError(EngineError):
    code = "engine-refused"


class EngineProtocolError(EngineError):
    code = "engine-protocol"


class BusyError(BakeoffError):
    """Not now: `retry_after` seconds later it may be otherwise."""

    code = "busy"

    def __init__(self, problem: str, remedy: str, retry_after: int = 5) -> None:
        super().__init__(problem, remedy)
        self.retry_after = retry_after


class OverloadedError(BusyError):
    code = "overloaded"


class QuotaExceededError(BusyError):
    code = "quota-exceeded"


class StoppingError(BusyError):
    code = "stopping"


class AccessError(BakeoffError):
    code = "access"


class MissingKeyError(AccessError):
    code = "missing-key"


class ForbiddenError(AccessError):
    code = "forbidden"


class UnknownHostError(AccessError):
    code = "unknown-host"


class ForeignPageError(AccessError):
    code = "foreign-page"


class RunError(BakeoffError):
    code = "run"


class RunLockedError(RunError):
    code = "run-locked"


class RunStorageError(RunError):
    code = "run-storage"
