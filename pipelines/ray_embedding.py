"""Texts into vectors on a Ray cluster, for a corpus that outgrows one machine; the index is written by this process."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from corpora.errors import ConfigError, NotReadyError
from pipelines.embedding import BATCH, Embedder, EmbedTexts
from pipelines.home import Home
from pipelines.models import prepare_model

if TYPE_CHECKING:
    import numpy as np

BLOCK = 8 * BATCH  # texts that come back at once; every worker holds a few blocks
CONNECT_SECONDS = 5


@contextmanager
def embedding_on_ray(address: str, embedder: Embedder, home: Home) -> Iterator[EmbedTexts]:
    """Embeds on the cluster's processors as long as the context lasts, one copy of the model on each.

    Its machines need Bakeoff, and the model: in the same folder, in its wheel, or in their cache of the hub.

    Args:
        address: `HOST:PORT` of the cluster that this machine is part of, `auto` to look for it here, or
            `ray://HOST:PORT` of one elsewhere.

    Raises:
        ConfigError: Ray is not installed.
        NotReadyError: no cluster answers; inside the context: a worker has no such model, or the cluster went away.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when ray is imported
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # what Ray will do by itself soon, and warns of
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ConfigError(
            "--ray needs Ray, which is not installed.", "Run `pip install -c constraints.txt '.[ray]'`."
        ) from error
    remedy = "Start one with `ray start --head`, name its address, or leave out --ray."
    if ":" in address:
        _knock(address, remedy)
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # Ray raises a dozen kinds here, its own and Python's
        raise NotReadyError(f"No Ray cluster answers at {address}: {error}", remedy) from error
    try:
        yield lambda texts: _embed(texts, embedder, home)
    finally:
        ray.shutdown()


class RayWorker:
    """One copy of the embedder in the cluster. Batches are Ray Data's, columns by name.

    Raises NotReadyError where the model is not the one that the index is made with.
    """

    def __init__(self, name: str, home: Home, fingerprint: dict[str, Any]) -> None:
        self._embedder = Embedder(prepare_model(name, home).path, name)
        if self._embedder.fingerprint() != fingerprint:
            raise NotReadyError(
                f"{name} is another model on the worker {socket.gethostname()} than here.",
                "Put the same model's folder there.",
            )

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        import numpy as np

        vectors = self._embedder.embed_documents(batch["text"].tolist())
        return {"place": batch["place"], "vector": np.asarray(vectors, dtype=np.float32)}


def _embed(texts: Sequence[str], embedder: Embedder, home: Home) -> Iterator[tuple[list[int], list[list[float]]]]:
    """A generator: nothing is asked of the cluster beyond what it may hold while the caller stores the last block."""
    import pyarrow
    import ray

    if not texts:
        return
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    blocks = [
        pyarrow.table({"place": range(start, min(start + BLOCK, len(texts))), "text": texts[start : start + BLOCK]})
        for start in range(0, len(texts), BLOCK)
    ]
    processors = max(1, int(ray.cluster_resources().get("CPU", 1)))
    vectors = ray.data.from_arrow(blocks).map_batches(
        RayWorker,
        fn_constructor_args=(embedder.name, home, embedder.fingerprint()),
        batch_size=BATCH,
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=processors, initial_size=processors),
    )
    try:
        for batch in vectors.iter_batches(batch_size=None, batch_format="numpy"):
            yield batch["place"].tolist(), batch["vector"].tolist()
    except Exception as error:  # as above; what the caller does with a block is not within
        said = str(error).strip().rpartition("\n")[2]  # under a trace of the worker's
        raise NotReadyError(
            f"The Ray cluster could not embed: {said}",
            "Mend that and run the same command again; what is stored stays.",
        ) from error


def _knock(address: str, remedy: str) -> None:
    """Ray itself tries for a minute and more where nobody listens."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise NotReadyError(f"No Ray cluster answers at {address}: {error}", remedy) from error
