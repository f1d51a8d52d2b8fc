"""Packed linear layers give what the plain ones give."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pipelines.engines.embedded_linear import PackedLinear, pack_linears


@pytest.mark.parametrize("rows", [1, 2, 16, 50])
@pytest.mark.parametrize("bias", [True, False])
def test_the_product_is_the_same(rows: int, bias: bool) -> None:
    plain = nn.Linear(48, 80, bias=bias)
    given = torch.randn(2, rows, 48)
    with torch.inference_mode():
        torch.testing.assert_close(PackedLinear(plain)(given), plain(given), rtol=1e-4, atol=1e-5)


def test_every_linear_layer_is_replaced_and_no_other() -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 4, bias=False)))
    pack_linears(model)
    assert [type(module) for module in model.modules() if not isinstance(module, nn.Sequential)] == [
        PackedLinear,
        nn.LayerNorm,
        PackedLinear,
    ]


def test_other_precisions_stay_as_they_are() -> None:
    model = nn.Sequential(nn.Linear(8, 8)).to(torch.bfloat16)
    pack_linears(model)
    assert type(model[0]) is nn.Linear


def test_the_plain_weights_are_freed_but_shared_ones_stay() -> None:
    embedding, head = nn.Embedding(16, 8), nn.Linear(8, 16, bias=False)
    head.weight = embedding.weight
    model = nn.ModuleDict({"embedding": embedding, "head": head, "inner": nn.Linear(8, 8)})
    pack_linears(model)
    assert [name for name, _ in model.named_parameters()] == ["embedding.weight"]
