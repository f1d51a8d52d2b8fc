"""The judge as ragas' metrics ask it. Imports ragas: use it from `eval.metrics.ragas_metrics` only."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import instructor
from instructor.utils import extract_json_from_codeblock
from openai import APIStatusError, AsyncOpenAI, BadRequestError, DefaultAsyncHttpxClient
from ragas.llms.base import InstructorLLM

from corpora.errors import EngineError, EngineProtocolError
from eval.metrics.judge import FAILURE, JudgeOptions, count_call
from pipelines.engines.openai_errors import translate, words
from pipelines.proxies import check_proxies


@asynccontextmanager
async def open_judge(options: JudgeOptions) -> AsyncIterator[InstructorLLM]:
    """A judge whose JSON is constrained and repaired.

    ragas' own `llm_factory` asks for any JSON, and takes none that stands in prose or fences. Here the server is given
    the shape that is wanted (structured outputs, to which vLLM and OpenAI keep), and JSON is taken out of what stands
    around it; where it is still broken, instructor shows the judge what was wrong.

    Raises ConfigError where the key is missing, or the environment's proxies cannot be used.
    """
    key = options.api_key()
    logging.getLogger("instructor").setLevel(logging.CRITICAL)  # each failed verdict keeps its reason
    http = DefaultAsyncHttpxClient(
        timeout=options.timeout,
        trust_env=check_proxies(options.base_url, httpx2.Client),
        verify=httpx2.create_ssl_context(),
    )
    async with AsyncOpenAI(
        base_url=options.base_url, api_key=key, http_client=http, timeout=options.timeout, max_retries=2
    ) as client:
        completions: Any = client.chat.completions
        completions.create = _repairing(_counted(completions.create))
        llm: Any = InstructorLLM(
            client=instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA),
            model=options.model,
            provider="openai",
            temperature=0.0,
            top_p=1.0,  # ragas' defaults, 0.1 and 1024 tokens, cut long lists of claims off
            max_tokens=options.max_tokens,
        )
        llm.agenerate = _explained(llm.agenerate, options.timeout)
        yield llm


def _explained(agenerate: Callable[..., Awaitable[Any]], timeout: float) -> Callable[..., Awaitable[Any]]:
    """Makes an LLM's `agenerate` raise EngineError whatever goes wrong, and note it: AnswerAccuracy swallows errors."""

    async def ask(prompt: str, response_model: type[Any]) -> Any:
        try:
            verdict = await agenerate(prompt, response_model)
        except Exception as error:
            failure = _in_our_words(error, timeout)
            FAILURE.set(failure)
            raise failure from error
        FAILURE.set(None)
        return verdict

    return ask


def _in_our_words(error: Exception, timeout: float) -> EngineError:
    """Of a judge that was asked again and again, the last time."""
    last = error.__cause__ if isinstance(error.__cause__, Exception) else error  # instructor wraps all but a cut-off
    no_json = getattr(error, "failed_attempts", None)  # a later attempt may have come to nothing at all
    if no_json and no_json[-1].exception is last:
        return EngineProtocolError(
            "the judge's answer is not the JSON that was asked for.", "Take another judge.", str(last)
        )
    return translate(last, "the judge", "", timeout)


def _repairing(create: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Makes a client's `create` bare the JSON in a reply, and do without structured outputs where a server has none."""

    async def ask(**request: Any) -> Any:
        try:
            completion = await create(**request)
        except BadRequestError:
            if "response_format" not in request:
                raise
            completion = await create(**{name: value for name, value in request.items() if name != "response_format"})
        if not getattr(completion, "choices", None):  # a page, or an error, that came as a success
            raise ValueError(words(getattr(completion, "error", completion)))
        for choice in completion.choices:
            said = choice.message.content or choice.message.refusal or ""
            choice.message.content = extract_json_from_codeblock(said)
        return completion

    return ask


def _counted(create: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Makes a client's `create` note what each call took; one that the server refused took nothing."""

    async def ask(**request: Any) -> Any:
        try:
            completion = await create(**request)
        except APIStatusError:
            raise
        except BaseException:  # given up after the judge may have begun: its tokens are paid for all the same
            count_call(None)
            raise
        usage = getattr(completion, "usage", None)
        count_call(None if usage is None else (usage.prompt_tokens, usage.completion_tokens))
        return completion

    return ask
