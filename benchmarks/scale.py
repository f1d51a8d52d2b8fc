"""What grows with the passages: embedding, Chroma's disk and memory, opening an index, BM25, and a search in each.

    .venv/bin/python benchmarks/scale.py [--passages 1000 10000 50000] [--write docs/scale.md]

Passages are made up (45 words with Zipf's frequencies, a document each, vectors of 384 numbers around 1,000 centres)
and go through the house's own code, but for the embedding, which is measured apart, on the demo corpus. Each size has
processes of its own, so that memory can be told apart. Times are of the processor ("CPU"), all threads together,
except where they say "waited": those grow with whatever else the machine does.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from processes import ROOT, free_port, running
from shown import Figures, arguments

from corpora.model import Corpus, Document
from corpora.reading import read_corpus
from corpora.splitting import Splitting, embedded_text, split_document
from pipelines.bm25 import BM25
from pipelines.embedding import Embedder
from pipelines.home import Home
from pipelines.index import PassageIndex
from pipelines.indexing import build_index
from pipelines.models import prepare_model
from pipelines.vectors import VectorOptions, Vectors

WORDS, DIMENSIONS, CENTRES = 45, 384, 1000
SPLITTING = Splitting(passage_tokens=60, overlap_tokens=0)
EMBEDDED = 192
QUESTIONS = 100
GOAL, RATE = 1_000_000, 1000
DEPTH = 50  # what a hybrid search asks of each half


class RandomEmbedder(Embedder):
    """Vectors around one of many centres, the same for the same text; a word is a token."""

    def __init__(self) -> None:
        super().__init__(Path(), "random")
        self._centres = np.random.default_rng(0).standard_normal((CENTRES, DIMENSIONS), dtype=np.float32)

    @property
    def max_tokens(self) -> int:
        return 256

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def fingerprint(self) -> dict[str, Any]:
        return {"model": self.name}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        dice = np.random.default_rng(abs(hash(text)))
        vector = self._centres[dice.integers(CENTRES)] + dice.standard_normal(DIMENSIONS, dtype=np.float32)
        unit: list[float] = (vector / np.linalg.norm(vector)).tolist()
        return unit


def made_up_texts(count: int, seed: int) -> Iterator[str]:
    dice = np.random.default_rng(seed)
    for _ in range(count):
        yield " ".join(f"w{rank}" for rank in np.minimum(dice.zipf(1.2, WORDS), 100_000))


def made_up_corpus(passages: int) -> Corpus:
    documents = tuple(
        Document(id=f"d{number}", title="Title", text=text, source=f"d{number}.md")
        for number, text in enumerate(made_up_texts(passages, seed=1))
    )
    return Corpus(name="made-up", root=Path(), documents=documents, content_hash="0")


def embedding_speed() -> dict[str, float]:
    """Passages of the demo corpus in a second of one core, with the tokens in each; and seconds to split into one."""
    import torch

    torch.set_num_threads(1)
    corpus = read_corpus(ROOT / "corpora" / "kubernetes")
    embedder = Embedder(prepare_model("all-minilm-l6-v2", Home(Path(".bakeoff").absolute())).path, "all-minilm-l6-v2")
    embedder.embed_documents(["warm-up"])
    texts: list[str] = []
    began = time.process_time()
    for document in corpus.documents:
        passages = split_document(document, Splitting(), embedder.count_tokens)
        texts += [embedded_text(document, passage) for passage in passages]
        if len(texts) >= EMBEDDED:
            break
    split = (time.process_time() - began) / len(texts)
    texts = texts[:EMBEDDED]
    tokens = sum(map(embedder.count_tokens, texts)) / len(texts)
    seconds = cpu_of(lambda: list(embedder.embed_batches(texts)))
    asked = cpu_of(lambda: [embedder.embed_query(one.user_input) for one in corpus.questions[:QUESTIONS]])
    return {
        "passages_per_core_second": len(texts) / seconds,
        "tokens": tokens,
        "split_ms": split * 1000,
        "question_ms": asked / QUESTIONS * 1000,
    }


def write_index(folder: Path, passages: int) -> dict[str, float]:
    """CPU milliseconds and bytes on disk for each passage stored."""
    corpus = made_up_corpus(passages)
    seconds = cpu_of(lambda: build_index(Vectors(folder), corpus, RandomEmbedder(), SPLITTING))
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return {"store_ms": seconds / passages * 1000, "disk": size / passages}


def read_index(folder: Path, passages: int, url: str | None = None, server: int | None = None) -> dict[str, float]:
    """What opening costs a process, and a dense search, with Chroma in this process or in `server` behind `url`."""
    corpus = made_up_corpus(passages)
    questions = list(made_up_texts(QUESTIONS, seed=2))
    before, opened = memory(), []
    vectors = Vectors(folder, VectorOptions(url=url, timeout=120, startup_timeout=300) if url else None)
    open_seconds = cpu_of(lambda: opened.append(PassageIndex.open(vectors, corpus, RandomEmbedder(), SPLITTING)))
    after_opening = memory()
    opened[0].search(questions[0], DEPTH)  # loads the vectors
    waits: list[float] = []
    served = processor_seconds(server) if server else 0.0
    seconds = cpu_of(lambda: waits.extend(waited(lambda one=one: opened[0].search(one, DEPTH)) for one in questions))
    return {
        "open_seconds": open_seconds,
        "open_memory": (after_opening - before) / passages,
        "search_ms": seconds / QUESTIONS * 1000,
        "search_waited": statistics.median(waits) * 1000,
        "server_memory": memory(server) / passages if server else 0.0,
        "server_ms": (processor_seconds(server) - served) / QUESTIONS * 1000 if server else 0.0,
    }


def word_index(passages: int) -> dict[str, float]:
    """What BM25 costs a process to open, and a search in it."""
    texts = list(made_up_texts(passages, seed=1))
    before, built = memory(), []
    build_seconds = cpu_of(lambda: built.append(BM25(texts)))
    size = memory() - before
    built[0].search("warm up", 1)
    questions = [" ".join(text.split()[:10]) for text in made_up_texts(QUESTIONS, seed=2)]
    seconds = cpu_of(lambda: [built[0].search(one, DEPTH) for one in questions])
    return {
        "build_seconds": build_seconds,
        "memory": size / passages,
        "peak": peak() - before,
        "search_ms": seconds / QUESTIONS * 1000,
    }


def with_server(folder: Path, passages: int) -> dict[str, float]:
    """`read_index` through Chroma's server on loopback."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = Path(sys.executable).with_name("chroma")
    command = [program, "run", "--path", folder / "chroma", "--host", "127.0.0.1", "--port", str(port)]
    with running(command, f"{url}/api/v2/heartbeat") as server:
        return read_index(folder, passages, url, server.pid)


def cpu_of(work: Callable[[], object]) -> float:
    """Seconds of the processor that some work takes in this process, over all its threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def waited(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory(process: int | str = "self") -> int:
    """Bytes that are resident."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def apart(function: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """The function's result, from a process of its own."""
    os.environ["PYTHONHASHSEED"] = "0"  # the same vectors in each
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def table(sizes: list[int], speed: dict[str, float], found: dict[int, dict[str, dict[str, float]]]) -> str:
    def row(name: str, value: Callable[[dict[str, dict[str, float]]], float], form: str) -> str:
        return f"| {name} | " + " | ".join(format(value(found[size]), form) for size in sizes) + " |"

    return "\n".join(
        [
            f"One core embeds {speed['passages_per_core_second']:.0f} passages of {speed['tokens']:.0f} tokens in a "
            f"second of its time, and splits one off in {speed['split_ms']:.1f} ms.",
            "",
            "| passages | " + " | ".join(f"{size:,}" for size in sizes) + " |",
            "|---|" + "--:|" * len(sizes),
            row("storing one in Chroma, CPU ms", lambda one: one["write"]["store_ms"], ".2f"),
            row("one on disk, bytes", lambda one: one["write"]["disk"], ",.0f"),
            row("one's vector and graph in memory, bytes", lambda one: one["server"]["server_memory"], ",.0f"),
            row("opening the index, CPU s in each process", lambda one: one["read"]["open_seconds"], ".2f"),
            row("one opened, bytes in each process", lambda one: one["read"]["open_memory"], ",.0f"),
            row("making BM25, CPU s in each process", lambda one: one["words"]["build_seconds"], ".2f"),
            row("one in BM25, bytes in each process", lambda one: one["words"]["memory"], ",.0f"),
            row("BM25's peak while it is made, MiB", lambda one: one["words"]["peak"] / 2**20, ",.0f"),
            row("dense search in this process, CPU ms", lambda one: one["read"]["search_ms"], ".1f"),
            row("dense search in this process, waited ms", lambda one: one["read"]["search_waited"], ".1f"),
            row("dense search with the server, its own CPU ms", lambda one: one["server"]["server_ms"], ".1f"),
            row("dense search with the server, waited ms", lambda one: one["server"]["search_waited"], ".1f"),
            row("BM25 search, CPU ms", lambda one: one["words"]["search_ms"], ".1f"),
        ]
    )


def arithmetic(size: int, speed: dict[str, float], found: dict[str, dict[str, float]]) -> str:
    """What `GOAL` passages and `RATE` questions a second come to, multiplied from the figures of one size.

    A BM25 search adds up scores for every passage, so its time is multiplied as well; a dense one's grows far more
    slowly, and is taken as it is.
    """
    words, read, server, times = found["words"], found["read"], found["server"], GOAL / size
    opening, searches = read["open_seconds"] + words["build_seconds"], words["search_ms"] * times
    lines = {
        "embedding the passages, core hours": GOAL / speed["passages_per_core_second"] / 3600,
        "splitting the documents, core hours": GOAL * speed["split_ms"] / 3.6e6,
        "storing the vectors, core hours of one writer": GOAL * found["write"]["store_ms"] / 3.6e6,
        "Chroma's disk, GiB": GOAL * found["write"]["disk"] / 2**30,
        "Chroma's memory, GiB": GOAL * server["server_memory"] / 2**30,
        "opening the index and making BM25, CPU minutes in each process": opening * times / 60,
        "passages in memory, GiB in each process": GOAL * read["open_memory"] / 2**30,
        "BM25 in memory, GiB in each process": GOAL * words["memory"] / 2**30,
        f"embedding {RATE:,} questions a second, cores": RATE * speed["question_ms"] / 1000,
        f"{RATE:,} dense searches a second, cores of Chroma's server": RATE * server["server_ms"] / 1000,
        f"{RATE:,} BM25 searches a second, cores": RATE * searches / 1000,
        "one BM25 search, CPU ms": searches,
    }
    head = f"| {GOAL:,} passages, {RATE:,} questions a second, multiplied from {size:,} | |"
    return "\n".join([head, "|---|--:|", *(f"| {name} | {value:,.1f} |" for name, value in lines.items())])


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[1000, 10_000, 50_000])
    options = parser.parse_args()
    figures = Figures(options.write, "benchmarks/scale.py")
    speed, found = apart(embedding_speed), {}
    for size in options.passages:
        with tempfile.TemporaryDirectory() as folder:
            found[size] = {"write": apart(write_index, Path(folder), size)}
            found[size]["read"] = apart(read_index, Path(folder), size)
            found[size]["server"] = apart(with_server, Path(folder), size)
            found[size]["words"] = apart(word_index, size)
        print(size, found[size], file=sys.stderr, flush=True)
    largest = max(options.passages)
    figures.show(f"{table(options.passages, speed, found)}\n\n{arithmetic(largest, speed, found[largest])}")


if __name__ == "__main__":
    main()
