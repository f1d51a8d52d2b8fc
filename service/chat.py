"""Between OpenAI's chat completions and a question: what is asked, what is refused, what comes back."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from fastapi.sse import format_sse_event
from pydantic_core import to_json

from corpora.model import Document, Passage
from pipelines.contract import FinishReason, Piece, Retrieved
from service.backend import Backend
from service.chat_schemas import (
    Annotation,
    AssistantMessage,
    ChatChunk,
    ChatCompletion,
    ChatRequest,
    ChatUsage,
    Choice,
    ChunkChoice,
    Delta,
    UrlCitation,
)
from service.openai_problems import UnsupportedParameterError
from service.problems import printable
from service.schemas import Reply

# These leave an answer an answer. A pipeline decodes as it was measured, so they have no effect, and the response's
# header says so.
IGNORED = {
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "user",
    "metadata",
    "store",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "service_tier",
    "parallel_tool_calls",
    "reasoning_effort",
    "verbosity",
}

# These change what an answer is. Only what a pipeline does anyway is accepted.
NEUTRAL: Mapping[str, Sequence[Any]] = {
    "n": [1],
    "logprobs": [False],
    "modalities": [["text"]],
    "response_format": [{"type": "text"}],
    "tools": [[]],
    "tool_choice": ["none", "auto"],
    "functions": [[]],
    "function_call": ["none", "auto"],
    "stop": [[]],
}


def question_of(request: ChatRequest) -> tuple[str, list[str]]:
    """The question, and the names of what has no effect on its answer.

    Raises:
        UnsupportedParameterError: something asked for would silently not happen.
    """
    ignored = []
    for name, value in (request.model_extra or {}).items():
        if value is None or value in NEUTRAL.get(name, []):
            continue
        if name not in IGNORED:
            problem = f"{name[:100]!r} cannot have this value here. Leave it out."
            raise UnsupportedParameterError(printable(name), problem)
        ignored.append(name)
    *earlier, last = request.messages
    if any(message.role in ("system", "developer") for message in request.messages):
        raise UnsupportedParameterError(
            "messages",
            "System messages are not supported: a pipeline answers with the system prompt that it was measured with. "
            "Leave the message out, and set `system` in bakeoff.yaml.",
        )
    if last.role != "user":
        raise UnsupportedParameterError("messages", "The last message is the question; its role must be 'user'.")
    if earlier:
        ignored.append("messages")
    return _text(last.content), sorted(ignored)


def _text(content: str | list[dict[str, Any]] | None) -> str:
    if isinstance(content, str):
        return content
    texts = [part.get("text") for part in content or [] if part.get("type") == "text"]
    if len(texts) != len(content or []) or not all(isinstance(text, str) for text in texts):
        raise UnsupportedParameterError("messages", "Only text can be asked: send parts of type 'text'.")
    return "\n".join(str(text) for text in texts)


def citations(passages: Sequence[Passage], documents: Mapping[str, Document], length: int) -> list[Annotation]:
    """The passages as sources of a text of so many characters: a small model does not say which backs which word.

    The address is this service's own, and points to the passage as RFC 5147 has it for plain text. A document's source
    is whatever who brought it called the file, `javascript:` say, and no address to be followed.
    """
    cited = []
    for passage in passages:
        document = documents.get(passage.document_id)
        title = document.title if document else passage.document_id
        url = f"/documents/{quote(passage.document_id)}#char={passage.start},{passage.end}"
        citation = UrlCitation(start_index=0, end_index=length, title=title, url=url)
        cited.append(Annotation(type="url_citation", url_citation=citation))
    return cited


def completion(reply: Reply, documents: Mapping[str, Document]) -> ChatCompletion:
    """A reply as one completion."""
    sources = citations(reply.retrieved_contexts, documents, len(reply.response))
    message = AssistantMessage(content=reply.response, annotations=sources)
    return ChatCompletion(
        id=_completion_id(),
        created=int(time.time()),
        model=reply.pipeline,
        choices=[Choice(message=message, finish_reason=reply.finish_reason)],
        usage=ChatUsage.of(reply.usage),
    )


async def chunks(backend: Backend, request: ChatRequest, question: str) -> AsyncGenerator[bytes, None]:
    """A completion as server-sent events: the role, the pieces, the sources, the end, the usage if it was asked for.

    Raises what `Backend.stream` raises.
    """
    include_usage = request.stream_options is not None and bool(request.stream_options.include_usage)
    common = ChatChunk(
        id=_completion_id(),
        object="chat.completion.chunk",
        created=int(time.time()),
        model=request.model,
        choices=[],
    )
    if include_usage:
        common["usage"] = None  # on every chunk but the last

    def event(delta: Delta, finish_reason: FinishReason | None = None) -> bytes:
        choice = ChunkChoice(index=0, delta=delta, finish_reason=finish_reason)
        return _data({**common, "choices": [choice]})

    length = 0
    begun = False
    async with aclosing(backend.stream(request.model, question)) as events:
        async for item in events:
            if isinstance(item, Retrieved):
                continue  # a chunk now would look like the first token to every client that takes the time to it
            if not begun:
                yield event(Delta(role="assistant", content=""))
                begun = True
            if isinstance(item, Piece):
                length += len(item.text)
                yield event(Delta(content=item.text))
            elif isinstance(item, Reply):
                sources = citations(item.retrieved_contexts, backend.documents, length)
                if sources:
                    yield event(Delta(annotations=sources))
                yield event(Delta(), item.finish_reason)
                if include_usage:
                    yield _data({**common, "usage": ChatUsage.of(item.usage)})
    yield format_sse_event(data_str="[DONE]")


def _data(chunk: ChatChunk) -> bytes:
    return format_sse_event(data_str=to_json(chunk).decode())


def _completion_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
