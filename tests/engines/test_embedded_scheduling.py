"""Requests side by side in the embedded engine, with the real default model: who waits, who joins, who goes."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import Any

import pytest
from embedded_asking import THINGS, ask, texts, until
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.embedded import EmbeddedEngine
from pipelines.generation import generate

pytestmark = [
    pytest.mark.slow,
    # PEFT 0.21 still reads a name that transformers 5.23 has renamed
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]


async def test_a_closed_stream_stops_generating(engine: EmbeddedEngine) -> None:
    engine.decoding = Decoding(max_new_tokens=500, temperature=5.0)  # noise does not end by itself
    async with aclosing(generate(engine, engine.chat_model(), ask("song"), "m")) as events:
        for _ in range(3):
            await anext(events)
        assert engine.running == 1
    closed_at = engine.steps
    await until(lambda: engine.running == 0)
    assert engine.steps - closed_at <= 3


async def test_a_cancelled_task_stops_generating(engine: EmbeddedEngine) -> None:
    engine.decoding = Decoding(max_new_tokens=500, temperature=5.0)
    task = asyncio.create_task(engine.chat_model().ainvoke(ask("song")))
    await until(lambda: engine.running == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    cancelled_at = engine.steps
    await until(lambda: engine.running == 0)
    assert engine.steps - cancelled_at <= 3


async def test_a_request_joins_while_another_runs(engine: EmbeddedEngine) -> None:
    engine.decoding = Decoding(max_new_tokens=500, temperature=5.0)
    long = asyncio.create_task(engine.chat_model().ainvoke(ask("song")))
    await until(lambda: engine.running == 1)
    engine.decoding = Decoding(max_new_tokens=4)
    await engine.chat_model().ainvoke(ask("tea"))
    assert not long.done()
    long.cancel()
    await asyncio.gather(long, return_exceptions=True)


async def test_more_requests_than_places_wait_their_turn(engine: EmbeddedEngine) -> None:
    engine.decoding = Decoding(max_new_tokens=4)
    replies = await texts(engine.chat_model(), [ask(f"{thing} {number}") for thing in THINGS for number in range(2)])
    assert len(replies) == 32
    assert all(replies)


async def test_requests_that_would_fill_the_memory_wait(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.engines.embedded_batch.RUNNING_TOKENS", 30)
    engine.decoding = Decoding(max_new_tokens=5)
    asked = [asyncio.create_task(engine.chat_model().ainvoke(ask(thing))) for thing in THINGS[:3]]
    most = 0
    while not all(task.done() for task in asked):
        most = max(most, engine.running)
        await asyncio.sleep(0.005)
    assert most == 1  # each takes more than half of the room
    large = await engine.chat_model().ainvoke(ask("very " * 60 + "long word"))
    assert large.text  # and one that takes more than all of it runs alone


async def test_threads_with_loops_of_their_own_get_their_own_answers(engine: EmbeddedEngine) -> None:
    chat = engine.chat_model()
    expected = {thing: (await chat.ainvoke(ask(thing))).text for thing in THINGS[:6]}
    answers: dict[str, str] = {}

    def work(number: int) -> None:
        things = THINGS[number * 2 : number * 2 + 2]
        if number == 0:  # without a loop
            answers.update((thing, chat.invoke(ask(thing)).text) for thing in things)
        else:
            answers.update(zip(things, asyncio.run(texts(chat, [ask(thing) for thing in things])), strict=True))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert sum(answers[thing] == text for thing, text in expected.items()) >= 5  # a tie, as above


async def test_adapters_and_base_answer_side_by_side(engine: EmbeddedEngine, adapters: list[Adapter]) -> None:
    base = engine.chat_model()
    before = await texts(base, [ask("planet")])
    chats = [base, *(engine.chat_model(adapter) for adapter in adapters)]
    alone = [(await chat.ainvoke(ask("planet"))).text for chat in chats]
    mixed = await asyncio.gather(*[chat.ainvoke(ask("planet")) for chat in chats])
    assert [reply.text for reply in mixed] == alone
    assert len(set(alone)) == 3
    assert alone[:1] == before


async def test_a_prefix_is_computed_once_for_each_adapter(engine: EmbeddedEngine, adapters: list[Adapter]) -> None:
    prefix = [SystemMessage("Answer like a sailor."), HumanMessage("Ahoy?"), AIMessage("Ahoy!")]

    async def cached(chat: Any, question: str) -> int:
        reply = await chat.ainvoke([*prefix, HumanMessage(question)])
        assert reply.usage_metadata["input_tokens"] == engine.count_tokens([*prefix, HumanMessage(question)])
        return int(reply.usage_metadata["input_token_details"]["cache_read"])

    for chat in (engine.chat_model(), engine.chat_model(adapters[0])):
        counts = await asyncio.gather(*[cached(chat, f"What is a {thing}?") for thing in THINGS[:4]])
        assert sorted(counts)[0] == 0
        shared = max(counts)
        assert sorted(counts)[1:] == [shared] * 3
        own = engine.count_tokens([*prefix, HumanMessage("Why?")]) - shared
        assert 0 < own < 12  # the question, and the opening of the reply
        assert await cached(chat, "Why?") == shared


async def test_old_prefixes_give_way(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.engines.embedded_batch.PREFIX_TOKENS", 30)
    engine.decoding = Decoding(max_new_tokens=1)
    chat = engine.chat_model()

    async def cached(tone: str) -> bool:
        reply = await chat.ainvoke([SystemMessage(f"Answer like a {tone} would, please."), HumanMessage("Why?")])
        assert reply.usage_metadata is not None
        return reply.usage_metadata["input_token_details"]["cache_read"] > 0

    assert [await cached(tone) for tone in ("cook", "cook", "king", "thief", "thief", "cook")] == [
        False, True, False, False, True, False,
    ]  # fmt: skip
