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

from eval.metrics.judge import JudgeOptions, count_call
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
        yield InstructorLLM(
            client=instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA),
            model=options.model,
            provider="openai",
            temperature=0.0,
            top_p=1.0,  # ragas' defaults, 0.1 and 1024 tokens, cut long lists of claims off
            max_tokens=options.max_tokens,
        )


def _repairing(create: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Makes a client's `create` bare the JSON in a reply, and do without structured outputs where a server has none."""

    async def ask(**request: Any) -> Any:
        try:
            completion = await create(**request)
        except BadRequestError:
            if "response_format" not in request:
                raise
            completion = await create(**{name: value for name, value in request.items() if name != "response_format"})
        for choice in completion.choices:
            choice.message.content = extract_json_from_codeblock(choice.message.content or "")
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
        usage = completion.usage
        count_call(None if usage is None else (usage.prompt_tokens, usage.completion_tokens))
        return completion

    return ask
