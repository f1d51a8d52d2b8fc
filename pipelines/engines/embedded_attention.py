"""Attention over a prefix that requests share and a tail that each has for itself.

Keys and values of the prefix lie in memory once and are read once a step for all rows that share it, however many
those are; transformers' own caches hold a copy a row, and copy it at every step. With 1,500 tokens of prefix and 16
rows that is the difference between a tenth of a second a step and several.

It is the first level of cascade attention (Ye et al. 2024, "Cascade Inference"), with one softmax over the scores of
both parts in place of two that are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from corpora.errors import EngineUnavailableError

NAME = "shared_prefix"


@dataclass(frozen=True)
class Prefix:
    """Keys and values of a computed prefix, one tensor of [kv_heads, tokens, head_dim] a layer."""

    tokens: int
    keys: tuple[torch.Tensor, ...]
    values: tuple[torch.Tensor, ...]


@dataclass
class Tails:
    """Keys and values of each row's own tokens: [capacity rows, kv_heads, capacity tokens, head_dim] a layer.

    Rows beyond `rows` and tokens beyond a row's length hold zeros or leftovers, which are always masked.
    """

    capacity: int
    rows: int = 0
    layers: dict[int, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict)

    def write(
        self, layer: int, keys: torch.Tensor, values: torch.Tensor, positions: torch.Tensor, tokens: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Puts new keys and values [rows, kv_heads, new, head_dim] at positions [rows, new] of each row's tail.

        Returns: all keys and values of these rows, up to `tokens` a row.
        """
        stored = self._reserve(layer, keys, tokens)
        rows = torch.arange(keys.shape[0], device=keys.device)[:, None]
        for store, new in zip(stored, (keys, values), strict=True):
            store[rows, :, positions] = new.transpose(1, 2)
        return stored[0][: len(rows), :, :tokens], stored[1][: len(rows), :, :tokens]

    def join(self, other: Tails, tokens: int) -> None:
        """Copies the rows of another, up to `tokens` a row, behind those that are here."""
        for layer, tensors in other.layers.items():
            stored = self._reserve(layer, tensors[0], tokens)
            for store, new in zip(stored, tensors, strict=True):
                store[self.rows : self.rows + other.rows, :, :tokens] = new[: other.rows, :, :tokens]
        self.rows += other.rows

    def drop(self, row: int, tokens_of_last: int) -> None:
        """Removes a row; the last row takes its place."""
        self.rows -= 1
        if self.rows == 0:
            self.layers.clear()  # a long request must not keep its memory for ever
        elif row != self.rows:
            for tensors in self.layers.values():
                for store in tensors:
                    store[row, :, :tokens_of_last] = store[self.rows, :, :tokens_of_last]

    def as_prefix(self, tokens: int) -> Prefix:
        """The first row as a prefix for others."""
        pairs = [self.layers[layer] for layer in sorted(self.layers)]
        keys, values = ([pair[part][0, :, :tokens].contiguous() for pair in pairs] for part in (0, 1))
        return Prefix(tokens, tuple(keys), tuple(values))

    def _reserve(self, layer: int, like: torch.Tensor, tokens: int) -> tuple[torch.Tensor, torch.Tensor]:
        old = self.layers.get(layer)
        if old is not None and old[0].shape[2] >= tokens:
            return old
        # Zeros, not left empty: a masked weight of 0 times a NaN would be NaN. The system hands out zeroed pages only
        # when they are touched, so that room for long rows costs nothing until there are some.
        room = max(256, 1 << (tokens - 1).bit_length())
        shape = (self.capacity, like.shape[1], room, like.shape[3])
        new = (like.new_zeros(shape), like.new_zeros(shape))
        if old is not None:
            for store, kept in zip(new, old, strict=True):
                store[: self.rows, :, : kept.shape[2]] = kept[: self.rows]
        self.layers[layer] = new
        return new


@dataclass(frozen=True)
class Step:
    """What attention must know of one forward pass.

    Attributes:
        positions: [rows, new], where each new token stands in its row's tail.
        mask: [rows, 1, 1, new, tokens], 0 where a new token may look, -inf elsewhere.
        shared: which rows stand behind which prefix.
    """

    tails: Tails
    positions: torch.Tensor
    mask: torch.Tensor
    shared: tuple[tuple[torch.Tensor | slice, Prefix], ...]

    @classmethod
    def plan(cls, tails: Tails, positions: torch.Tensor, prefixes: Sequence[Prefix | None], dtype: torch.dtype) -> Step:
        tokens = int(positions.max()) + 1
        hidden = torch.arange(tokens, device=positions.device) > positions[:, None, None, :, None]
        mask = torch.zeros(hidden.shape, dtype=dtype, device=positions.device).masked_fill_(hidden, -torch.inf)
        return cls(tails, positions, mask, tuple(_by_prefix(prefixes, positions.device)))

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float
    ) -> torch.Tensor:
        """Attention of new tokens; query [rows, heads, new, head_dim], the result [rows, new, heads, head_dim]."""
        keys, values = self.tails.write(layer, key, value, self.positions, self.mask.shape[-1])
        rows, heads, new, dim = query.shape
        kv_heads = key.shape[1]
        # the heads that share a key head lie side by side, and are to it as so many more queries
        query = (query * scaling).reshape(rows, kv_heads, -1, dim)
        own = query @ keys.transpose(-1, -2)
        own = (own.view(rows, kv_heads, -1, new, own.shape[-1]) + self.mask).view(own.shape)
        longest = max((prefix.tokens for _, prefix in self.shared), default=0)
        scores = torch.cat([self._shared_scores(layer, query, longest), own], dim=-1) if longest else own
        weights = scores.softmax(dim=-1, dtype=torch.float32).to(value.dtype)
        output = weights[..., longest:] @ values
        for index, prefix in self.shared:
            part = weights[index, :, :, : prefix.tokens]
            seen = _fold(part) @ prefix.values[layer]
            output[index] += seen.view(kv_heads, -1, *output.shape[2:]).transpose(0, 1)
        return output.view(rows, heads, new, dim).transpose(1, 2).contiguous()

    def _shared_scores(self, layer: int, query: torch.Tensor, longest: int) -> torch.Tensor:
        scores = query.new_full((*query.shape[:3], longest), -torch.inf)
        for index, prefix in self.shared:
            seen = _fold(query[index]) @ prefix.keys[layer].transpose(-1, -2)
            scores[index, :, :, : prefix.tokens] = seen.view(
                query.shape[1], -1, query.shape[2], prefix.tokens
            ).transpose(0, 1)
        return scores


def _fold(rows: torch.Tensor) -> torch.Tensor:
    """[rows, kv_heads, queries, x] to [kv_heads, rows * queries, x]: all rows at once against one prefix."""
    return rows.transpose(0, 1).reshape(rows.shape[1], -1, rows.shape[3])


def _by_prefix(prefixes: Sequence[Prefix | None], device: torch.device) -> list[tuple[torch.Tensor | slice, Prefix]]:
    rows_of: dict[int, list[int]] = {}
    for row, prefix in enumerate(prefixes):
        rows_of.setdefault(id(prefix), []).append(row)
    groups: list[tuple[torch.Tensor | slice, Prefix]] = []
    for rows in rows_of.values():
        prefix = prefixes[rows[0]]
        if prefix is not None:
            everyone = len(rows) == len(prefixes)
            groups.append((slice(None) if everyone else torch.tensor(rows, device=device), prefix))
    return groups


def _attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    step: Step,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    for feature in ("sliding_window", "softcap", "s_aux"):
        if kwargs.get(feature) is not None:
            raise EngineUnavailableError(
                f"The embedded engine has no {feature} attention, which this model needs.",
                "Serve it with vLLM: `engine: vllm`.",
            )
    return step.attend(module.layer_idx, query, key, value, scaling), None


def register() -> None:
    """Makes this attention known to transformers under `NAME`; for any model with its attention interface."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _attention)
