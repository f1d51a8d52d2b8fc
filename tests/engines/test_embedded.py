"""The embedded engine with the real default model."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import torch
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from corpora.errors import (
    AdapterRejectedError,
    EngineError,
    EngineUnavailableError,
    ModelMissingError,
    QuestionTooLongError,
)
from pipelines.contract import Finished, Piece
from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.engines.embedded_model import Model
from pipelines.generation import generate
from pipelines.prompts import DEFAULT_SYSTEM, question_messages

pytestmark = [
    pytest.mark.slow,
    # PEFT 0.21 still reads a name that transformers 5.23 has renamed
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]

THINGS = [
    "dog",
    "cat",
    "container",
    "GPU",
    "cloud",
    "metal",
    "song",
    "city",
    "river",
    "tea",
    "tree",
    "car",
    "planet",
    "kernel",
    "queue",
    "cache",
]
FEW_SHOT = [
    SystemMessage(DEFAULT_SYSTEM),
    HumanMessage("What does a scheduler do?"),
    AIMessage("It decides which node runs a pod."),
    HumanMessage("What does a queue do?"),
]


def ask(thing: str) -> list[BaseMessage]:
    return question_messages(DEFAULT_SYSTEM, f"What is a {thing}?")


async def texts(chat: Any, prompts: Sequence[list[BaseMessage]]) -> list[str]:
    return [reply.text for reply in await asyncio.gather(*[chat.ainvoke(prompt) for prompt in prompts])]


async def until(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)


def reference(folder: Path, prompt: list[BaseMessage], tokens: int, adapter: Adapter | None = None) -> str:
    """transformers' own greedy answer."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, str(adapter.path))
    roles = {"system": "system", "human": "user", "ai": "assistant"}
    turns = [{"role": roles[message.type], "content": message.text} for message in prompt]
    inputs = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    output = model.eval().generate(**inputs, max_new_tokens=tokens, do_sample=False)
    return str(tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))


async def test_answers_are_those_of_transformers(
    engine: EmbeddedEngine, smollm2: Path, adapters: list[Adapter]
) -> None:
    assert await texts(engine.chat_model(), [FEW_SHOT]) == [reference(smollm2, FEW_SHOT, 16)]
    assert await texts(engine.chat_model(adapters[0]), [ask("dog")]) == [
        reference(smollm2, ask("dog"), 16, adapters[0])
    ]


async def test_batched_answers_are_those_given_one_by_one(engine: EmbeddedEngine) -> None:
    chat, prompts = engine.chat_model(), [ask(thing) for thing in THINGS]
    before = engine.steps
    together = await texts(chat, prompts)
    assert engine.steps - before < 4 * engine.decoding.max_new_tokens  # one by one takes up to 16 times as many
    together = together[:8]
    alone = [(await chat.ainvoke(prompt)).text for prompt in prompts[:8]]
    # A matrix product of 16 rows rounds otherwise than one of a single row, so two tokens that tie may change places.
    assert sum(a == b for a, b in zip(together, alone, strict=True)) >= 7
    assert len(set(alone)) > len(alone) / 2


async def test_a_stream_comes_in_pieces_that_join_to_the_answer(engine: EmbeddedEngine) -> None:
    chat = engine.chat_model()
    whole = await chat.ainvoke(ask("river"))
    events = [event async for event in generate(engine, chat, ask("river"), "m")]
    pieces = [event.text for event in events if isinstance(event, Piece)]
    end = events[-1]
    assert isinstance(end, Finished)
    assert len(pieces) > 5
    assert "".join(pieces) == whole.text
    assert whole.usage_metadata is not None
    assert end.usage.prompt_tokens == engine.count_tokens(ask("river")) == whole.usage_metadata["input_tokens"]
    assert len(pieces) <= end.usage.completion_tokens <= engine.decoding.max_new_tokens


async def test_the_end_says_why(engine: EmbeddedEngine) -> None:
    for tokens, reason in ((3, "length"), (200, "stop")):
        engine.decoding = Decoding(max_new_tokens=tokens)
        reply = await engine.chat_model().ainvoke(question_messages(DEFAULT_SYSTEM, "What is the capital of France?"))
        assert reply.response_metadata["finish_reason"] == reason
        assert reply.usage_metadata is not None
        generated = reply.usage_metadata["output_tokens"]
        assert generated == 3 if reason == "length" else generated == engine.count_tokens(reply.text) + 1  # end token


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


async def test_a_question_longer_than_the_window_is_refused(engine: EmbeddedEngine) -> None:
    long = question_messages(DEFAULT_SYSTEM, "word " * 9000)
    with pytest.raises(QuestionTooLongError, match="8176"):
        await engine.chat_model().ainvoke(long)
    with pytest.raises(QuestionTooLongError):
        [event async for event in generate(engine, engine.chat_model(), long, "m")]


async def test_sampling_repeats_with_its_seed(engine: EmbeddedEngine) -> None:
    async def sample(seed: int) -> str:
        engine.decoding = Decoding(max_new_tokens=12, temperature=1.0, seed=seed)
        return (await engine.chat_model().ainvoke(ask("queue"))).text

    first = await sample(1)
    assert await sample(1) == first
    assert len({first, *[await sample(seed) for seed in (2, 3, 4)]}) > 2


@pytest.mark.parametrize("at", ["prompt", "step"])
async def test_a_failure_reaches_whoever_asked_and_the_engine_goes_on(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    expected = await texts(engine.chat_model(), [ask("cache")])
    with monkeypatch.context() as patch:

        def forward(*args: Any, logits: bool) -> torch.Tensor | None:
            if logits == (at == "step"):
                raise RuntimeError("the numbers ran out")
            return original(*args, logits=logits)

        original = Model.forward
        patch.setattr(Model, "forward", forward)
        failed = await asyncio.gather(
            *[engine.chat_model().ainvoke(ask(thing)) for thing in THINGS[:3]], return_exceptions=True
        )
    assert [type(error) for error in failed] == [EngineError] * 3
    assert "the numbers ran out" in str(failed[0])
    assert engine.running == 0
    assert await texts(engine.chat_model(), [ask("cache")]) == expected


async def test_what_it_does_not_take_is_refused(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match="stop"):
        await engine.chat_model().ainvoke(ask("dog"), stop=["."])
    with pytest.raises(EngineError, match="temperature"):
        await engine.chat_model().ainvoke(ask("dog"), temperature=1)
    with pytest.raises(EngineError, match="chat template"):
        await engine.chat_model().ainvoke([*ask("dog"), ToolMessage("42", tool_call_id="1"), HumanMessage("Well?")])


async def test_an_adapter_of_another_model_is_rejected(
    engine: EmbeddedEngine, adapters: list[Adapter], tmp_path: Path
) -> None:
    shutil.copytree(adapters[0].path, tmp_path / "copy")
    settings = tmp_path / "copy" / "adapter_config.json"
    changed = json.loads(settings.read_text()) | {"base_model_name_or_path": "somebody/another-135m"}
    settings.write_text(json.dumps(changed))
    with pytest.raises(AdapterRejectedError, match="another-135m"):
        engine.chat_model(adapters[0].model_copy(update={"path": tmp_path / "copy"}))


async def test_closing_fails_what_has_not_ended(smollm2: Path) -> None:
    engine = EmbeddedEngine(EmbeddedOptions(threads=1, batch_size=1), smollm2, "m", Decoding(max_new_tokens=2000))
    with pytest.raises(EngineUnavailableError, match="not open"):
        await engine.check()
    async with engine:
        await engine.check()
        asked = [asyncio.create_task(engine.chat_model().ainvoke(ask(thing))) for thing in THINGS[:2]]
        await until(lambda: engine.steps > 0)
    replies = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(reply) for reply in replies] == [EngineUnavailableError] * 2
    with pytest.raises(EngineUnavailableError):
        await engine.chat_model().ainvoke(ask("dog"))


async def test_a_folder_without_a_whole_model_does_not_open(smollm2: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        EmbeddedEngine(EmbeddedOptions(), tmp_path, "m", Decoding())
    shutil.copytree(smollm2, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    engine = EmbeddedEngine(EmbeddedOptions(), tmp_path / "model", "m", Decoding())
    with pytest.raises(EngineUnavailableError, match="could not be loaded"):
        await engine.__aenter__()
