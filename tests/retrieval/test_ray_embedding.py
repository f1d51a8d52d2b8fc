"""Embedding on a Ray cluster: two workers on this machine, and what happens without any."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings
from retrieval_fakes import HARBOUR, FakeEmbedder, make_corpus

from corpora.errors import ConfigError, NotReadyError
from corpora.splitting import Splitting
from pipelines import ray_embedding
from pipelines.embedding import Embedder
from pipelines.home import Home
from pipelines.indexing import Indexed, build_index
from pipelines.models import prepare_model
from pipelines.ray_embedding import embedding_on_ray
from pipelines.vectors import Vectors

# Ray takes the machine's address in the network otherwise; read when it is imported.
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*")  # it warns of its own defaults

SMALL = Splitting(passage_tokens=8, overlap_tokens=0)
TWO_WORKERS = ["--num-cpus=2", "--object-store-memory=80000000", "--include-dashboard=false", "--disable-usage-stats"]

# on a busy machine a part of Ray that is slow to answer is taken for dead otherwise
PATIENT = os.environ | {"RAY_raylet_start_wait_time_s": "300", "RAY_health_check_failure_threshold": "60"}


@pytest.fixture(scope="module")
def cluster():
    """The address of a Ray with two processors, gone afterwards."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="ray"))  # pytest's own paths are too long for the sockets in it
    command = [str(Path(sys.executable).with_name("ray")), "start", "--head", "--block", f"--temp-dir={folder}"]
    command += [f"--port={port}", "--node-ip-address=127.0.0.1", *TWO_WORKERS]
    log = folder / "start.log"
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, env=PATIENT) as head:
        try:
            wait_for(lambda: "Ray runtime started" in log.read_text() or head.poll() is not None)
            assert head.poll() is None, log.read_text()
            yield f"127.0.0.1:{port}"
        finally:
            head.send_signal(signal.SIGTERM)  # it ends all that it started
            head.wait(120)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def embedder(home):
    return Embedder(prepare_model("all-minilm-l6-v2", home).path, "all-minilm-l6-v2")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(happens, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "Ray did not start"
        time.sleep(0.2)


def vectors_in(folder: Path) -> dict[str, np.ndarray]:
    client = chromadb.PersistentClient(str(folder / "chroma"), Settings(anonymized_telemetry=False))
    rows = client.list_collections()[0].get(include=["embeddings"])
    return dict(zip(rows["ids"], rows["embeddings"], strict=True))


@pytest.mark.slow
def test_an_index_made_on_ray_is_the_one_made_here(cluster, home, embedder, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_embedding, "BLOCK", 8)
    corpus = make_corpus({f"{name}-{number}": text for name, text in HARBOUR.items() for number in range(6)})
    here = build_index(Vectors(tmp_path / "here"), corpus, embedder, SMALL)
    steps: list[tuple[int, int]] = []
    with embedding_on_ray(cluster, embedder, home) as embed:
        there = build_index(Vectors(tmp_path / "ray"), corpus, embedder, SMALL, lambda *step: steps.append(step), embed)
        again = build_index(Vectors(tmp_path / "ray"), corpus, embedder, SMALL, embed=embed)
    assert there.model_copy(update={"seconds": here.seconds}) == here
    assert again == Indexed(added=0, kept=here.added, removed=0)
    assert len(steps) > 1
    assert steps[-1] == (here.added, here.added)
    expected, found = vectors_in(tmp_path / "here"), vectors_in(tmp_path / "ray")
    assert len(found) == len(expected)
    for passage_id, vector in expected.items():
        assert found[passage_id] == pytest.approx(vector, abs=1e-5)


@pytest.mark.slow
def test_another_model_on_a_worker_is_refused(cluster, home, embedder, monkeypatch):
    monkeypatch.setattr(embedder, "fingerprint", lambda: {"model": "all-minilm-l6-v2", "sha256": "another"})
    with (
        embedding_on_ray(cluster, embedder, home) as embed,
        pytest.raises(NotReadyError, match=r"another model on the worker.*same model's folder.*stays"),
    ):
        list(embed(["one", "two"]))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nobody_answers_is_told_at_once(home, scheme):
    pytest.importorskip("ray")
    began = time.monotonic()
    with (
        pytest.raises(NotReadyError, match=r"No Ray cluster answers at .*ray start --head"),
        embedding_on_ray(f"{scheme}127.0.0.1:{free_port()}", FakeEmbedder(), home),
    ):
        pass
    assert time.monotonic() - began < 30


def test_without_ray_it_says_what_to_install(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(ConfigError, match=r"not installed.*pip install.*\[ray\]"),
        embedding_on_ray("auto", FakeEmbedder(), home),
    ):
        pass


def test_vectors_that_come_in_another_order_find_their_passages(tmp_path):
    def backwards(texts):
        places = range(len(texts))[::-1]
        yield places, FakeEmbedder().embed_documents([texts[place] for place in places])

    corpus = make_corpus(HARBOUR)
    build_index(Vectors(tmp_path / "one"), corpus, FakeEmbedder(), SMALL)
    build_index(Vectors(tmp_path / "other"), corpus, FakeEmbedder(), SMALL, embed=backwards)
    expected, found = vectors_in(tmp_path / "one"), vectors_in(tmp_path / "other")
    assert all(np.array_equal(found[passage_id], expected[passage_id]) for passage_id in expected)
