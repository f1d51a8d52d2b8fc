"""An embedder without a model."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from typing import Any

from pipelines.embedding import Embedder

DIMENSIONS = 1024


class WordEmbedder(Embedder):
    """Words are tokens, and a text's vector is the sum of its words' directions."""

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = [1e-6] * DIMENSIONS
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.sha256(word.encode()).digest()
            vector[int.from_bytes(digest[2:4]) % DIMENSIONS] += 1.0 if digest[1] % 2 else -1.0
        length = math.sqrt(sum(value * value for value in vector))
        return [value / length for value in vector]

    @property
    def max_tokens(self) -> int:
        return 256

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def fingerprint(self) -> dict[str, Any]:
        return {"model": "words"}
