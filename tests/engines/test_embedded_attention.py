"""The forward pass over shared prefixes and own tails against transformers' own, on a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from corpora.errors import AdapterRejectedError
from pipelines.engines.base import Adapter
from pipelines.engines.embedded_attention import Prefix, Tails
from pipelines.engines.embedded_model import BASE, Model

# PEFT 0.21 still reads a name that transformers 5.23 has renamed
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]

SHORT, LONG = [5, 9, 11, 2], list(range(20, 50))


@pytest.fixture(autouse=True)
def _inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny")
    config = LlamaConfig(
        vocab_size=64,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=6,
        num_key_value_heads=2,
        initializer_range=0.3,  # large, or attention would hardly matter
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def adapter_of(folder: Path, target: Path, seed: int) -> Adapter:
    from peft import LoraConfig, get_peft_model  # takes seconds, which only the worker that needs it should pay

    torch.manual_seed(seed)
    config = LoraConfig(r=8, target_modules="all-linear", init_lora_weights=False)
    get_peft_model(LlamaForCausalLM.from_pretrained(folder), config).save_pretrained(target)
    return Adapter(name=target.name, path=target, content_hash=str(seed) * 64)


def prefix_of(model: Model, tokens: list[int], adapter: str = BASE) -> Prefix:
    tails = Tails(1, rows=1)
    model.forward([tokens], [0], tails, [None], [adapter], logits=False)
    return tails.as_prefix(len(tokens))


def expected(folder: Path, tokens: list[int]) -> torch.Tensor:
    return LlamaForCausalLM.from_pretrained(folder).eval()(torch.tensor([tokens])).logits[0, -1]


def test_rows_with_other_prefixes_and_lengths_get_their_own_logits(folder: Path) -> None:
    model = Model(folder, "float32")
    short, long = prefix_of(model, SHORT), prefix_of(model, LONG)
    prefixes = [short, None, long, short]
    own = [[7, 8, 9], [33], [4, 4, 1], [60, 61]]
    tails = Tails(4, rows=4)
    padded = [[*row[:-1], *[0] * (3 - len(row))] for row in own]
    model.forward(padded, [0] * 4, tails, prefixes, [BASE] * 4, logits=False)
    logits = model.forward(
        [row[-1:] for row in own], [len(row) - 1 for row in own], tails, prefixes, [BASE] * 4, logits=True
    )
    assert logits is not None
    for row, before in enumerate([SHORT, [], LONG, SHORT]):
        torch.testing.assert_close(logits[row], expected(folder, [*before, *own[row]]), rtol=1e-4, atol=1e-4)


def test_a_prompt_in_chunks_is_the_same_prompt(folder: Path) -> None:
    model = Model(folder, "float32")
    tails = Tails(1, rows=1)
    for start in range(0, 28, 7):
        model.forward([LONG[start : start + 7]], [start], tails, [None], [BASE], logits=False)
    logits = model.forward([LONG[28:29]], [28], tails, [None], [BASE], logits=True)
    assert logits is not None
    torch.testing.assert_close(logits[0], expected(folder, LONG[:29]), rtol=1e-4, atol=1e-4)


def test_rows_that_join_and_leave_keep_the_others_whole(folder: Path) -> None:
    model = Model(folder, "float32")
    prefix = prefix_of(model, SHORT)
    running = Tails(3)
    for tokens in ([1, 2, 3], [4, 5], [6, 7, 8, 9]):
        joining = Tails(1, rows=1)
        model.forward([tokens], [0], joining, [prefix], [BASE], logits=False)
        running.join(joining, len(tokens))
    running.drop(0, 4)  # the third takes the first's place
    logits = model.forward([[10], [11]], [4, 2], running, [prefix] * 2, [BASE] * 2, logits=True)
    assert logits is not None
    torch.testing.assert_close(logits[0], expected(folder, [*SHORT, 6, 7, 8, 9, 10]), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(logits[1], expected(folder, [*SHORT, 4, 5, 11]), rtol=1e-4, atol=1e-4)


def test_a_tail_outgrows_its_room(folder: Path) -> None:
    model = Model(folder, "float32")
    tokens = [number % 64 for number in range(300)]
    tails = Tails(1, rows=1)
    model.forward([tokens[:200]], [0], tails, [None], [BASE], logits=False)
    model.forward([tokens[200:299]], [200], tails, [None], [BASE], logits=False)
    logits = model.forward([tokens[299:]], [299], tails, [None], [BASE], logits=True)
    assert logits is not None
    torch.testing.assert_close(logits[0], expected(folder, tokens), rtol=1e-4, atol=1e-4)


def test_adapters_share_a_step_with_the_base(folder: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    model = Model(folder, "float32")
    args = ([[7]], [0], [None], [BASE])
    before = model.forward(*args[:2], Tails(1, rows=1), *args[2:], logits=True)
    adapters = [adapter_of(folder, tmp_path / str(seed), seed) for seed in (1, 2)]
    names = [BASE, *(model.adapter_name(adapter) for adapter in adapters)]
    after = model.forward(*args[:2], Tails(1, rows=1), *args[2:], logits=True)
    assert before is not None
    assert after is not None
    assert torch.equal(before, after)  # to the bit

    mixed = model.forward([[7]] * 3, [0] * 3, Tails(3, rows=3), [None] * 3, names, logits=True)
    assert mixed is not None
    torch.testing.assert_close(mixed[0], before[0], rtol=1e-4, atol=1e-4)
    for row, adapter in enumerate(adapters, start=1):
        alone = PeftModel.from_pretrained(LlamaForCausalLM.from_pretrained(folder), str(adapter.path)).eval()
        torch.testing.assert_close(mixed[row], alone(torch.tensor([[7]])).logits[0, -1], rtol=1e-4, atol=1e-4)
        assert not torch.allclose(mixed[row], mixed[0], atol=0.1)


def test_an_adapter_that_does_not_fit_is_rejected_and_the_base_goes_on(folder: Path, tmp_path: Path) -> None:
    model = Model(folder, "float32")
    other = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2)
    LlamaForCausalLM(other).save_pretrained(tmp_path / "other")
    for seed in (1, 2):  # the first adapter of a model takes another way than later ones
        wrong = adapter_of(tmp_path / "other", tmp_path / f"wrong{seed}", seed)
        with pytest.raises(AdapterRejectedError, match="does not fit"):
            model.adapter_name(wrong)
        logits = model.forward([[7]], [0], Tails(1, rows=1), [None], [BASE], logits=True)
        assert logits is not None
        torch.testing.assert_close(logits[0], expected(folder, [7]), rtol=1e-4, atol=1e-4)
        good = adapter_of(folder, tmp_path / f"good{seed}", seed + 2)
        assert model.adapter_name(good) == good.content_hash
