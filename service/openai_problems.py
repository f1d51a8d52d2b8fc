"""Every error of the API in OpenAI's shape, as it is told under `/v1`."""

from __future__ import annotations

from pydantic import BaseModel, Field

from service.problems import problem_of

# What OpenAI's own server calls these; programs look for the codes.
OPENAI_CODES = {"unknown-pipeline": "model_not_found", "question-too-long": "context_length_exceeded"}
OPENAI_PARAMS = {"unknown-pipeline": "model", "question-too-long": "messages", "empty-question": "messages"}


class OpenAIErrorDetail(BaseModel):
    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(examples=["model"])
    code: str | None = Field(examples=["model_not_found"])


class OpenAIError(BaseModel):
    """An error as OpenAI's API words it."""

    error: OpenAIErrorDetail


class UnsupportedParameterError(Exception):
    """A request under `/v1` asks for what no pipeline can do; `param` is the parameter's name."""

    def __init__(self, param: str, problem: str) -> None:
        super().__init__(problem)
        self.param = param


def openai_error_of(error: Exception) -> tuple[int, OpenAIError]:
    """Status and body of an error under `/v1`. What is wrong with a question is 400 there, as at OpenAI's."""
    if isinstance(error, UnsupportedParameterError):
        detail = OpenAIErrorDetail(
            message=str(error), type="invalid_request_error", param=error.param, code="unsupported_parameter"
        )
        return 400, OpenAIError(error=detail)
    problem = problem_of(error)
    asked_wrongly = problem.status == 422 or problem.code == "question-too-long"
    param = OPENAI_PARAMS.get(problem.code)
    if problem.errors:
        param = problem.errors[0].pointer[2:].replace("/", ".") or None  # "#" alone is the whole body
    detail = OpenAIErrorDetail(
        message=f"{problem.detail} {problem.remedy}",
        type="invalid_request_error" if problem.status < 500 else "server_error",
        param=param,
        code=OPENAI_CODES.get(problem.code, problem.code),
    )
    return 400 if asked_wrongly else problem.status, OpenAIError(error=detail)
