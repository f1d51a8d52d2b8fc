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
from pipelines.loading import incomplete, lacking_weights, require_finite
from pipelines.models import content_hash

if TYPE_CHECKING:
    import numpy as np
    from sentence_transformers import SentenceTransformer

BATCH = 32
TRIED = "harbour " * 64
"""Long enough for what is no number to show: computed several at a time, few tokens lose it in attention."""

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
            vectors = self._model.encode_document(
                texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return self._numbers(vectors)

    def embed_batches(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], list[list[float]]]]:
        """The places of a few texts with their vectors, until there are no more. Questions come in between."""
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            yield range(start, start + len(batch)), self.embed_documents(batch)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, of length 1."""
        with self._lock, _one_thread():
            vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        numbers: list[float] = self._numbers(vector)
        return numbers

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

    def _numbers(self, vectors: np.ndarray) -> Any:
        """As lists. Whatever stores or compares a vector that is no number tells of something else."""
        import numpy as np

        if not np.isfinite(vectors).all():
            raise ModelRejectedError(
                f"The embedder in {self.path} makes vectors of some texts that are no finite numbers.",
                "Take another embedder, or set `dtype` in its config.json to float32, which holds larger numbers.",
            )
        return vectors.tolist()

    @cached_property
    def _model(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(self.path), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
            with _one_thread():
                model.encode("a", show_progress_bar=False)  # modules that do not fit each other fail here
                _require_whole(self.path, model)
        except ModelRejectedError:
            raise
        except Exception as error:  # whatever it, transformers, safetensors and torch make of files that do not fit
            raise ModelRejectedError(
                f"The embedder in {self.path} cannot be opened: {type(error).__name__}: {error}",
                "Restore its files, or take a model that the installed sentence-transformers knows by itself.",
            ) from error
        return model


def _require_whole(path: Path, model: SentenceTransformer) -> None:
    """Raises ModelRejectedError where weights are missing that have a part in the vectors, or are no finite numbers.

    Many embedders are saved without weights that their architecture has and that they never use, such as BERT's pooler.
    Which those are is seen by trying: what is missing is made to be no number, and the vector of a word is then none
    either, unless it does not depend on it. sentence-transformers' own modules refuse by themselves to be incomplete.
    """
    import numpy as np
    import torch
    from transformers import PreTrainedModel

    require_finite(path, model.named_parameters())
    lacking: list[str] = []
    for module in model.modules():
        inner = getattr(module, "model", None)
        if isinstance(module, PreTrainedModel) or not isinstance(inner, PreTrainedModel):
            continue
        weights = inner.state_dict()
        for name in lacking_weights(Path(inner.name_or_path or path), inner):
            if name in weights and weights[name].is_floating_point():
                weights[name].fill_(torch.nan)
            lacking.append(name)
    if lacking and not np.isfinite(model.encode(["a", TRIED], show_progress_bar=False)).all():
        raise incomplete(path, lacking)


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
