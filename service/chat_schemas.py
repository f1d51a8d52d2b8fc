"""OpenAI's chat completions, as much of them as a pipeline can answer with.

Source: OpenAI's API reference, and the types of its Python client, with which the tests read what comes out of here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from pipelines.contract import FinishReason, Usage

MOST_MESSAGES = 1_000
"""Of one conversation. A pipeline is shown the last one alone."""

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]


class ChatMessage(BaseModel):
    """One turn. Fields that do not matter here, such as `name`, are let through."""

    model_config = ConfigDict(extra="allow")

    role: Role
    content: str | Annotated[list[dict[str, Any]], Field(fail_fast=True)] | None = Field(
        default=None, description="Text, or parts of type `text`.", examples=["What is Dragon in Kubernetes?"]
    )


class StreamOptions(BaseModel):
    model_config = ConfigDict(strict=True)

    include_usage: bool | None = Field(default=False, description="A last chunk with the usage and no choices.")


class ChatRequest(BaseModel):
    """`model` is a pipeline's name, the last message is the question. All else is in the address' description."""

    model_config = ConfigDict(extra="allow")

    model: str = Field(description="A pipeline's name, from `GET /v1/models`.", examples=["rag"])
    messages: list[ChatMessage] = Field(min_length=1, max_length=MOST_MESSAGES, fail_fast=True)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """A source of the characters `start_index` to `end_index` of the message."""

    start_index: int
    end_index: int
    title: str
    url: str = Field(description="Where the passage stands, at this service.", examples=["/documents/dragon#char=0,83"])


class Annotation(BaseModel):
    type: Literal["url_citation"]
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation] = Field(description="The passages shown to the model, as sources of the whole text.")


class Choice(BaseModel):
    index: Literal[0] = 0
    message: AssistantMessage
    logprobs: None = None
    finish_reason: FinishReason


class PromptTokensDetails(BaseModel):
    cached_tokens: int


class ChatUsage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails

    @classmethod
    def of(cls, usage: Usage) -> ChatUsage:
        return cls(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            total_tokens=usage.prompt_tokens + usage.completion_tokens,
            prompt_tokens_details=PromptTokensDetails(cached_tokens=usage.cached_tokens),
        )


class ChatCompletion(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Unix time in seconds.")
    model: str = Field(description="The pipeline's name.")
    choices: list[Choice]
    usage: ChatUsage


# Chunks are dicts: there is one for each piece of an answer, and a model takes four times as long to make and send.
class Delta(TypedDict, total=False):
    role: Literal["assistant"]
    content: str
    annotations: list[Annotation]


class ChunkChoice(TypedDict):
    index: int
    delta: Delta
    finish_reason: FinishReason | None


class ChatChunk(TypedDict):
    """One event of a streamed completion."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: NotRequired[ChatUsage | None]


class ModelCard(BaseModel):
    id: str = Field(description="The pipeline's name.", examples=["rag"])
    object: Literal["model"] = "model"
    created: int = Field(description="When the service was started, Unix time in seconds.")
    owned_by: str = "bakeoff"


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelCard]
