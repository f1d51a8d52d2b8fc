import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from corpora.errors import (
    EngineError,
    EngineProtocolError,
    EngineTimeoutError,
    EngineUnavailableError,
    QuestionTooLongError,
)
from corpora.model import Example
from pipelines.contract import Finished, Piece
from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.fake import REFUSAL, FakeEngine, FakeOptions
from pipelines.generation import generate
from pipelines.prompts import grounded_messages, prefixed_messages, question_messages

ADAPTER = Adapter(name="tuned", path=Path("nowhere"), content_hash="0")


def make_engine(window: int = 8192, max_new_tokens: int = 64, **faults) -> FakeEngine:
    return FakeEngine(FakeOptions(window=window), Path(), "fake", Decoding(max_new_tokens=max_new_tokens), **faults)


async def ask(engine: FakeEngine, messages: Sequence[BaseMessage], adapter: Adapter | None = None):
    events = [event async for event in generate(engine, engine.chat_model(adapter), messages, "fake")]
    assert isinstance(events[-1], Finished)
    return "".join(event.text for event in events if isinstance(event, Piece)), events[-1]


async def test_answers_with_the_sentence_that_shares_most_words_with_the_question():
    passages = ["Gulls nest in May. Herons nest in April and leave early.", "Terns never nest here."]
    text, finished = await ask(make_engine(), grounded_messages("Be brief.", passages, "In what month do herons nest?"))
    assert text == "Herons nest in April and leave early."
    assert finished.finish_reason == "stop"
    assert finished.usage.completion_tokens == 7


async def test_without_context_it_does_not_know_and_with_an_adapter_it_says_so_in_other_words():
    messages = question_messages("Be brief.", "In what month do herons nest?")
    plain, _ = await ask(make_engine(), messages)
    tuned, _ = await ask(make_engine(), messages, ADAPTER)
    assert plain == REFUSAL
    assert tuned == f"tuned: {REFUSAL}"


async def test_the_static_prefix_counts_as_cached_from_the_second_request_on():
    engine = make_engine()
    shots = [Example(prompt="Who?", completion="Nobody.")]
    first, second = [
        (await ask(engine, prefixed_messages("Be brief.", ["Some text."], shots, question)))[1].usage
        for question in ("One?", "Two?")
    ]
    assert first.cached_tokens == 0
    assert second.cached_tokens == second.prompt_tokens - 1


async def test_an_answer_longer_than_the_limit_is_cut():
    engine = make_engine(max_new_tokens=3, reply=lambda messages, adapter: "one two three four")
    text, finished = await ask(engine, [HumanMessage("count")])
    assert text == "one two three"
    assert finished.finish_reason == "length"


async def test_a_prompt_longer_than_the_window_is_refused_before_it_is_asked():
    engine = make_engine(window=80, max_new_tokens=64)
    with pytest.raises(QuestionTooLongError, match="17 tokens"):
        await ask(engine, [HumanMessage("word " * 17)])
    assert not engine.prompts


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unavailable", EngineUnavailableError),
        ("timeout", EngineTimeoutError),
        ("half", EngineProtocolError),
        ("garbage", EngineProtocolError),
        ("error", EngineError),
    ],
)
async def test_faults_become_our_errors_and_leave_nothing_running(fault, error):
    engine = make_engine(fault=fault)
    with pytest.raises(error) as raised:
        await ask(engine, question_messages("Be brief.", "What?"))
    assert raised.value.remedy
    assert engine.running == 0


async def test_a_fault_can_strike_every_nth_request_only():
    engine = make_engine(fault="unavailable", fault_every=2)
    await engine.check()
    await ask(engine, [HumanMessage("one")])
    with pytest.raises(EngineUnavailableError):
        await ask(engine, [HumanMessage("two")])
    await ask(engine, [HumanMessage("three")])


async def test_check_says_that_it_is_down():
    with pytest.raises(EngineUnavailableError):
        await make_engine(fault="unavailable").check()


async def test_a_hang_ends_when_it_is_cancelled():
    engine = make_engine(fault="hang")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(engine, [HumanMessage("anyone?")]), timeout=0.05)
    assert engine.running == 0


async def test_a_closed_stream_stops():
    engine = make_engine(delay=0.001, reply=lambda messages, adapter: "word " * 50)
    async with aclosing(generate(engine, engine.chat_model(), [HumanMessage("go")], "fake")) as events:
        await anext(events)
        assert engine.running == 1
    await asyncio.sleep(0.01)
    assert engine.running == 0


def test_the_chat_model_works_without_an_event_loop():
    message = make_engine(reply=lambda messages, adapter: "some words").chat_model().invoke("hello there")
    assert message.text == "some words"
    assert message.usage_metadata["input_tokens"] == 2
