"""The embedded engine with the real default model."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from embedded_asking import THINGS, ask, texts, until
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from tiny_models import save_model

from corpora.errors import (
    AdapterRejectedError,
    EngineError,
    EngineUnavailableError,
    ModelMissingError,
    ModelRejectedError,
    QuestionTooLongError,
)
from pipelines.contract import Finished, Piece
from pipelines.engines.base import REPEAT, Adapter, Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.engines.embedded_model import Model
from pipelines.generation import generate
from pipelines.prompts import DEFAULT_SYSTEM, question_messages

pytestmark = [
    pytest.mark.slow,
    # PEFT 0.21 still reads a name that transformers 5.23 has renamed
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]

FEW_SHOT = [
    SystemMessage(DEFAULT_SYSTEM),
    HumanMessage("What does a scheduler do?"),
    AIMessage("It decides which node runs a pod."),
    HumanMessage("What does a queue do?"),
]


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


async def test_a_fingerprint_is_of_the_weights_that_answer(tmp_path: Path) -> None:
    save_model(tmp_path)
    async with EmbeddedEngine(EmbeddedOptions(threads=1), tmp_path, "tiny", Decoding()) as engine:
        (tmp_path / "generation_config.json").write_text("{}")
        again = EmbeddedEngine(EmbeddedOptions(threads=1), tmp_path, "tiny", Decoding())
        assert engine.fingerprint() != again.fingerprint()


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


async def test_a_question_longer_than_the_window_is_refused(engine: EmbeddedEngine) -> None:
    long = question_messages(DEFAULT_SYSTEM, "word " * 9000)
    with pytest.raises(QuestionTooLongError, match="8176"):
        await engine.chat_model().ainvoke(long)
    with pytest.raises(QuestionTooLongError):
        [event async for event in generate(engine, engine.chat_model(), long, "m")]


async def test_a_prompt_becomes_tokens_once(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    template = engine._opened()[1]
    made: list[object] = []
    prompt = template.prompt
    monkeypatch.setattr(template, "prompt", lambda messages: made.append(messages) or prompt(messages))
    [event async for event in generate(engine, engine.chat_model(), ask("dog"), "m")]
    assert len(made) == 1


async def test_sampling_repeats_with_its_seed(engine: EmbeddedEngine) -> None:
    async def sample(seed: int) -> str:
        engine.decoding = Decoding(max_new_tokens=12, temperature=1.0, seed=seed)
        return (await engine.chat_model().ainvoke(ask("queue"))).text

    first = await sample(1)
    assert await sample(1) == first
    assert len({first, *[await sample(seed) for seed in (2, 3, 4)]}) > 2


async def test_a_question_asked_again_is_drawn_again(engine: EmbeddedEngine) -> None:
    engine.decoding = Decoding(max_new_tokens=12, temperature=1.0, seed=1)
    drawn = set()
    for repeat in (0, 1, 2):
        REPEAT.set(repeat)
        drawn.add((await engine.chat_model().ainvoke(ask("dog"))).text)
    assert len(drawn) > 1


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


async def test_weights_that_are_missing_are_not_made_up(smollm2: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(smollm2, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": config["num_hidden_layers"] + 1}))
    with pytest.raises(ModelRejectedError, match=r"lacks weights that its config\.json asks for: model"):
        async with EmbeddedEngine(EmbeddedOptions(), folder, "m", Decoding()):
            pass


async def test_a_folder_without_a_whole_model_does_not_open(smollm2: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        EmbeddedEngine(EmbeddedOptions(), tmp_path, "m", Decoding())
    shutil.copytree(smollm2, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    engine = EmbeddedEngine(EmbeddedOptions(), tmp_path / "model", "m", Decoding())
    with pytest.raises(EngineUnavailableError, match="could not be loaded") as raised:
        await engine.__aenter__()
    assert str(tmp_path) in str(raised.value)
    assert str(tmp_path) not in raised.value.problem + raised.value.remedy


def test_what_a_library_said_is_not_told_to_who_asks(smollm2: Path) -> None:
    engine = EmbeddedEngine(EmbeddedOptions(), smollm2, "m", Decoding())
    ours = engine.translate(RuntimeError("index 7 of 'Who is Ada?' in /home/me/model.py"))
    assert (ours.problem, ours.said) == ("m failed (RuntimeError).", "index 7 of 'Who is Ada?' in /home/me/model.py")
    assert "Ada" not in ours.remedy
    assert "Ada" in str(ours)
