"""Packing is only a faster way to the same loss."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from training_fakes import SYSTEM, examples
from transformers import AutoModelForCausalLM, AutoTokenizer

from pipelines.training.packing import IGNORED, pack, shared_opening


def row(prompt: list[int], completion: list[int]) -> dict[str, list[int]]:
    return {"input_ids": prompt + completion, "labels": [IGNORED] * len(prompt) + completion}


def test_the_opening_is_what_all_share_and_none_learns() -> None:
    assert shared_opening([row([1, 2, 3], [4]), row([1, 2, 9, 9], [4])]) == 2
    assert shared_opening([row([5], [4]), row([1], [4])]) == 0


def test_a_token_to_learn_never_goes_into_the_opening() -> None:
    same = [row([1, 2], [7, 8]), row([1, 2], [7, 9])]
    assert shared_opening(same) == 2
    packed = pack(same)
    assert packed["labels"].tolist() == [[7, 8, 7, 9]]
    assert packed["logits_to_keep"].tolist() == [1, 2, 1, 4]  # both first words are read off the opening's end


def test_a_row_sees_the_opening_and_its_own_past_only() -> None:
    packed = pack([row([1, 2], [3]), row([1, 4], [5])])
    assert packed["input_ids"].tolist() == [[1, 2, 3, 4, 5]]
    assert packed["position_ids"].tolist() == [[0, 1, 2, 1, 2]]
    assert packed["attention_mask"][0, 0].int().tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 0, 0, 1, 0],
        [1, 0, 0, 1, 1],
    ]


@pytest.mark.parametrize("size", [1, 3, 8])
def test_packed_and_single_rows_have_the_same_loss_and_gradients(tiny_model: Path, size: int) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    rows = []
    for example in examples()[:size]:
        asked = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": example.prompt}]
        told = [{"role": "assistant", "content": example.completion}]
        start = tokenizer(tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=False))["input_ids"]
        whole = tokenizer(tokenizer.apply_chat_template(asked + told, tokenize=False))["input_ids"]
        rows.append(row(start, whole[len(start) :]))

    packed = pack(rows)
    labels = packed.pop("labels")[0]
    together, gradients = loss_of(tiny_model, [(packed, labels)])

    singles = []
    for one in rows:
        ids, targets = torch.tensor([one["input_ids"]]), torch.tensor(one["labels"])
        learnt = (targets != IGNORED).nonzero().flatten()
        singles.append(({"input_ids": ids, "logits_to_keep": learnt - 1}, targets[learnt]))
    alone, expected = loss_of(tiny_model, singles)

    assert together == pytest.approx(alone, rel=1e-5)
    assert torch.allclose(gradients, expected, atol=1e-5)
    assert packed["input_ids"].shape[1] < sum(len(one["input_ids"]) for one in rows) or size == 1


def loss_of(folder: Path, batches: list[tuple[dict[str, torch.Tensor], torch.Tensor]]) -> tuple[float, torch.Tensor]:
    """Summed loss over the batches, and its gradient in a weight of the first layer."""
    model = AutoModelForCausalLM.from_pretrained(folder)
    total = torch.zeros(())
    for inputs, targets in batches:
        total = total + torch.nn.functional.cross_entropy(model(**inputs).logits[0], targets, reduction="sum")
    total.backward()
    return float(total.detach()), model.model.layers[0].mlp.down_proj.weight.grad
