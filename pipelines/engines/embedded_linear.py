"""Linear layers with their weights laid out once for oneDNN, for the few rows of a decode step on a CPU.

PyTorch hands float32 products to MKL, which leaves all but one thread idle for so few rows; oneDNN with packed weights
uses them all. It is what `torch.compile` with frozen weights emits, without its minutes of warm-up or a compiler.
"""

from __future__ import annotations

import torch
from torch import nn

ROWS = 16  # what the layout is chosen for; other numbers of rows work, and nearly as fast


class PackedLinear(nn.Linear):
    """Takes the place of a linear layer, for inference only. `weight` is opaque: as oneDNN wants it."""

    weight: torch.Tensor

    def __init__(self, linear: nn.Linear) -> None:
        nn.Module.__init__(self)  # nn.Linear's own would allocate the weights again
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.register_buffer("weight", torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), ROWS))
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach())

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        product: torch.Tensor = torch.ops.mkldnn._linear_pointwise(input, self.weight, self.bias, "none", [], "")
        return product


def pack_linears(model: nn.Module) -> None:
    """Replaces the linear layers of a float32 model on a CPU; the plain weights are freed, unless shared."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if type(child) is nn.Linear and child.weight.dtype == torch.float32 and child.weight.device.type == "cpu":
                setattr(module, name, PackedLinear(child))
