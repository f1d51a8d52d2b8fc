"""The running batch: requests join between two steps and leave as they end (continuous batching).

After Yu et al. 2022 (Orca): one step gives every running request one token, and nobody waits for the slowest.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from corpora.errors import AdapterRejectedError, BakeoffError
from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.embedded_attention import Prefix, Tails
from pipelines.engines.embedded_model import Model

CHUNK = 256  # prompt tokens a row in one forward pass; the scores of more would not fit a processor's cache
ADMIT_TOKENS = 512  # prompt tokens that join between two steps, so that running answers do not stall for long
RUNNING_TOKENS = 32_768  # of all rows; 46 KB each for the default model
PREFIX_TOKENS = 8_192  # kept for requests to come


@dataclass(frozen=True)
class Token:
    """The next token of the answer."""

    id: int


@dataclass(frozen=True)
class End:
    """The answer is whole. Counts are of tokens; the end token counts as generated, as in vLLM."""

    reason: Literal["stop", "length"]
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


Event = Token | End | BakeoffError


@dataclass(eq=False)
class Request:
    """A prompt, and where its events go. `deliver` is called in the worker's thread.

    `prompt` begins with `prefix`, and is longer.
    """

    prompt: tuple[int, ...]
    prefix: tuple[int, ...]
    adapter: Adapter | None
    decoding: Decoding
    deliver: Callable[[Event], None]
    cancelled: bool = False


@dataclass(eq=False)
class Row:
    """A running request. `last` is fed at the next step, and stands at `length` in the row's tail."""

    request: Request
    adapter: str
    prefix: Prefix | None
    cached_tokens: int
    last: int
    length: int
    generator: torch.Generator
    generated: int = 0


@dataclass
class Batch:
    """Belongs to one thread, as the model does. `steps` counts those taken so far."""

    model: Model
    size: int
    rows: list[Row] = field(default_factory=list)
    steps: int = 0

    def __post_init__(self) -> None:
        self._tails = Tails(self.size)
        self._prefixes: OrderedDict[tuple[str, tuple[int, ...]], Prefix] = OrderedDict()

    def fitting(self, waiting: Sequence[Request]) -> int:
        """How many requests from the head of the queue can join now; at least one where nothing runs."""
        running = sum(row.length + row.request.decoding.max_new_tokens - row.generated for row in self.rows)
        longest = count = 0
        for request in waiting[: self.size - len(self.rows)]:
            own = len(request.prompt) - len(request.prefix)
            longest = max(longest, own)
            running += own + request.decoding.max_new_tokens
            alone = not self.rows and not count
            if not alone and (running > RUNNING_TOKENS or (count and longest * (count + 1) > ADMIT_TOKENS)):
                break
            count += 1
        return count

    def admit(self, requests: Sequence[Request]) -> None:
        """Computes the prompts, all but their last tokens, and lets them join. One that is rejected is told so."""
        rows = []
        for request in requests:
            try:
                rows.append(self._row(request))
            except AdapterRejectedError as error:
                request.deliver(error)
        own = [row.request.prompt[len(row.request.prefix) : -1] for row in rows]
        tails = self._fill(own, [row.prefix for row in rows], [row.adapter for row in rows], requests)
        if tails is not None:
            self._tails.join(tails, max(map(len, own)))
            self.rows += rows

    def step(self) -> None:
        """Gives every running request its next token."""
        for row in [row for row in self.rows if row.request.cancelled]:
            self._remove(row)
        if not self.rows:
            return
        logits = self.model.forward(
            [[row.last] for row in self.rows],
            [row.length for row in self.rows],
            self._tails,
            [row.prefix for row in self.rows],
            [row.adapter for row in self.rows],
            logits=True,
        )
        assert logits is not None
        self.steps += 1
        for row, token in zip(self.rows, _choose(logits, self.rows), strict=True):
            row.last, row.length, row.generated = token, row.length + 1, row.generated + 1
        for row in list(self.rows):
            self._tell(row)

    def clear(self) -> list[Request]:
        """Forgets everything that runs, after a failure; returns whose it was."""
        requests = [row.request for row in self.rows]
        self.rows, self._tails = [], Tails(self.size)
        return requests

    def _tell(self, row: Row) -> None:
        ended = row.last in self.model.end_tokens
        if not ended:
            row.request.deliver(Token(row.last))
        if ended or row.generated == row.request.decoding.max_new_tokens:
            self._remove(row)
            row.request.deliver(
                End("stop" if ended else "length", len(row.request.prompt), row.cached_tokens, row.generated)
            )

    def _remove(self, row: Row) -> None:
        place = self.rows.index(row)
        self._tails.drop(place, self.rows[-1].length)
        self.rows[place] = self.rows[-1]
        self.rows.pop()

    def _row(self, request: Request) -> Row:
        adapter = self.model.adapter_name(request.adapter)
        prefix, cached = self._prefix(adapter, request)
        own = len(request.prompt) - len(request.prefix)
        generator = torch.Generator(self.model.device).manual_seed(request.decoding.seed)
        return Row(request, adapter, prefix, cached, request.prompt[-1], own - 1, generator)

    def _prefix(self, adapter: str, request: Request) -> tuple[Prefix | None, int]:
        """The request's prefix, and how many of its tokens had been computed before."""
        if not request.prefix:
            return None, 0
        key = (adapter, request.prefix)
        if key in self._prefixes:
            self._prefixes.move_to_end(key)
            return self._prefixes[key], len(request.prefix)
        tails = self._fill([request.prefix], [None], [adapter], [request])
        if tails is None:
            return None, 0
        prefix = self._prefixes[key] = tails.as_prefix(len(request.prefix))
        while len(self._prefixes) > 1 and sum(kept.tokens for kept in self._prefixes.values()) > PREFIX_TOKENS:
            self._prefixes.popitem(last=False)
        return prefix, 0

    def _fill(
        self,
        tokens: Sequence[Sequence[int]],
        prefixes: Sequence[Prefix | None],
        adapters: Sequence[str],
        wanted_by: Sequence[Request],
    ) -> Tails | None:
        """Keys and values of the rows' tokens, padded on the right; None once nobody wants them any more."""
        width = max(map(len, tokens), default=0)
        tails = Tails(len(tokens), rows=len(tokens))
        padded = [[*row, *[0] * (width - len(row))] for row in tokens]
        for start in range(0, width, CHUNK):
            if all(request.cancelled for request in wanted_by):
                return None
            chunk = [row[start : start + CHUNK] for row in padded]
            self.model.forward(chunk, [start] * len(tokens), tails, prefixes, adapters, logits=False)
        return tails if tokens else None


def _choose(logits: torch.Tensor, rows: Sequence[Row]) -> list[int]:
    tokens: list[Any] = logits.argmax(dim=-1).tolist()
    for number, row in enumerate(rows):
        temperature = row.request.decoding.temperature
        if temperature > 0:
            weights = (logits[number] / temperature).softmax(dim=-1)
            tokens[number] = torch.multinomial(weights, 1, generator=row.generator).item()
    return tokens
