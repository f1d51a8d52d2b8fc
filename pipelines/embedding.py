"""Texts into vectors, by a sentence-transformers model in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

from corpora.errors import ModelRejectedError
from pipelines.models import content_hash

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32

# Every text's place with its vector, some at a time and in any order.
EmbedTexts = Callable[[Sequence[str]], Iterator[tuple[Sequence[int], list[list[float]]]]]


class Embedder(Embeddings):
    """A sentence-transformers model, loaded at the first use; any LangChain vector store takes it.

    It may be used from several threads: one at a time, since a fast tokenizer cannot be borrowed twice.

    Args:
        path: the model's folder.
        name: what the model is called.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self._lock = threading.RLock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of length 1 for each text. Questions wait until all are done: for many, `embed_batches`."""
        with self._lock:
            vectors: list[list[float]] = self._model.encode_document(
                texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            ).tolist()
        return vectors

    def embed_batches(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], list[list[float]]]]:
        """The places of a few texts with their vectors, until there are no more. Questions come in between."""
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            yield range(start, start + len(batch)), self.embed_documents(batch)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, of length 1."""
        with self._lock, _one_thread():
            vector: list[float] = self._model.encode_query(
                text, normalize_embeddings=True, show_progress_bar=False
            ).tolist()
        return vector

    @property
    def max_tokens(self) -> int:
        """Tokens of text that the model reads; what is beyond them has no part in the vector."""
        with self._lock:
            return self._model.max_seq_length - self._model.tokenizer.num_special_tokens_to_add()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, without the marks that the model puts around it."""
        with self._lock:
            tokens = self._model.tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)
        return len(tokens["input_ids"])

    def fingerprint(self) -> dict[str, Any]:
        """All that a vector depends on besides its text."""
        return {"model": self.name, "sha256": content_hash(self.path)}

    @cached_property
    def _model(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(self.path), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
            with _one_thread():
                model.encode("a", show_progress_bar=False)  # modules that do not fit each other fail here
        except Exception as error:  # whatever it, transformers, safetensors and torch make of files that do not fit
            raise ModelRejectedError(
                f"The embedder in {self.path} cannot be opened: {type(error).__name__}: {error}",
                "Restore its files, or take a model that the installed sentence-transformers knows by itself.",
            ) from error
        return model


@contextmanager
def _one_thread() -> Iterator[None]:
    """For a question's few words. OpenMP keeps a pool for every thread that computes with several, and where pools
    outnumber the processors all of them slow down, the embedded engine's first of all.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
