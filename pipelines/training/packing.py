"""A batch of examples as one row, with the prompt's opening computed once.

All prompts open alike (template, system tone), and that opening is more than a third of a short example. So the
examples of a batch stand behind one another in a single row, after one copy of their common opening, and an attention
mask lets each see the opening and itself, nothing else. Positions go on from the opening, as they would alone. The
loss is the one of the same examples in rows of their own (a test holds it to that), with no padding and about half the
tokens; logits are computed only where there is something to learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

IGNORED = -100


def shared_opening(rows: Sequence[dict[str, list[int]]]) -> int:
    """Tokens at the start that are the same in all rows and that none of them learns; at least one is left to each."""
    longest = min(len(row["input_ids"]) for row in rows) - 1
    first = rows[0]["input_ids"]
    for position in range(longest):
        if any(row["input_ids"][position] != first[position] or row["labels"][position] != IGNORED for row in rows):
            return position
    return longest


def pack(rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
    """The rows (`input_ids`, `labels`) as the model's inputs, for a batch of one.

    Returns:
        `input_ids` and `position_ids` of shape (1, length); `attention_mask` of shape (1, 1, length, length), True
        where a token may look; `logits_to_keep`, the (n,) places whose next token is learnt; `labels`, those tokens,
        of shape (1, n).
    """
    import torch

    opening = shared_opening(rows)
    tokens = list(rows[0]["input_ids"][:opening])
    positions = list(range(opening))
    owner = [-1] * opening
    places: list[int] = []
    targets: list[int] = []
    for number, row in enumerate(rows):
        ids, labels = row["input_ids"], row["labels"]
        offset = len(tokens) - opening
        for position in range(opening, len(ids)):
            if labels[position] != IGNORED and position > 0:
                before = position - 1
                places.append(before if before < opening else before + offset)
                targets.append(labels[position])
        tokens += ids[opening:]
        positions += range(opening, len(ids))
        owner += [number] * (len(ids) - opening)
    owners = torch.tensor(owner)
    sees = (owners[:, None] == owners[None, :]) | (owners[None, :] == -1)
    return {
        "input_ids": torch.tensor([tokens]),
        "position_ids": torch.tensor([positions]),
        "attention_mask": torch.tril(sees)[None, None],
        "logits_to_keep": torch.tensor(places),
        "labels": torch.tensor([targets]),
    }
