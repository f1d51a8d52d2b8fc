"""One whole sample of every file that Bakeoff reads, and how it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from safetensors.numpy import save_file

from corpora.change_set import read_changes
from corpora.changes import apply
from corpora.document_rows import read_document_rows
from corpora.importing import import_data
from corpora.model import Corpus, Document, Evidence, Question, Record
from corpora.reading import dump_rows, read_corpus
from eval.answers import AnswerCache
from eval.labels.readers import read_labelled
from eval.load.result import LoadResult
from eval.manifest import Contestant, new_manifest
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.run import RunFolder
from eval.storage import read_model
from eval.trial import Failure, Trial
from pipelines.model_files import require_harmless
from pipelines.models import window_of
from pipelines.training.adapter import load_adapter
from pipelines.training.card import AdapterCard, write_card
from pipelines.training.options import TrainingOptions
from pipelines.training.parity import PARITY, read_parity
from service.jobs import JobStore, new_job
from service.keys import KeyRing
from service.project import open_project

DOCUMENT = "# Ferry\n\nThe ferry leaves at nine. The captain is called Hedda.\n"
QUESTION: dict[str, Any] = {
    "id": "ferry",
    "user_input": "The ferry leaves at what time?",
    "reference": "nine",
    "reference_contexts": [{"document_id": "ferry", "text": "The ferry leaves at nine.", "start": 9}],
    "split": "dev",
    "tags": ["time"],
    "metadata": {"asked": 1},
}
CONFIG: dict[str, Any] = {
    "corpus": ".",
    "decoding": {"max_new_tokens": 8},
    "engine": "api",
    "engines": {"api": {"kind": "openai", "base_url": "http://127.0.0.1/v1", "model": "m", "adapters": {"a": "b"}}},
    "pipelines": {
        "plain": {"kind": "prompting", "shots": 1},
        "rag": {"kind": "rag", "top_k": 2},
        "tuned": {"kind": "finetuned", "training": {"epochs": 1}, "retrieval": {"search": "bm25"}},
    },
    "run": ["plain", "rag"],
    "evaluation": {"split": "dev", "judge": {"base_url": "http://127.0.0.1/v1", "model": "m"}},
    "cost": {"entry": "machine"},
    "needs": {"seconds": 2},
    "service": {"quota": "60/minute"},
}
PRICES = {"machine": {"machine_per_hour": 0.4, "source": "a page", "date": "2026-01-01"}}
CHANGES = {
    "description": "Later.",
    "documents": {"edited": ["ferry"]},
    "questions": {"changed": "changed.jsonl", "added": "added.jsonl"},
    "examples": {"changed": "examples.jsonl"},
}
ADDED = QUESTION | {
    "id": "captain",
    "user_input": "Who is the captain?",
    "reference": "Hedda",
    "reference_contexts": [{"document_id": "ferry", "text": "The captain is called Hedda."}],
}
SQUAD = {
    "data": [
        {
            "title": "Ferry",
            "paragraphs": [
                {
                    "context": "The ferry leaves at nine.",
                    "qas": [
                        {"id": "1", "question": "When?", "answers": [{"text": "nine", "answer_start": 20}]},
                        {"id": "2", "question": "Why?", "answers": []},
                    ],
                }
            ],
        }
    ]
}
EXAMPLE = {"prompt": "Tell me when the ferry leaves.", "completion": "At nine.", "fact": "ferry.time"}
KEYS = {"keys": [{"name": "ada", "role": "ask", "sha256": "0" * 64, "created": "2026-01-01T00:00:00+00:00"}]}
ADAPTER = {
    "peft_type": "LORA",
    "r": 8,
    "lora_alpha": 16,
    "bias": "none",
    "rank_pattern": {},
    "target_modules": ["layer"],
}
MODULE = "base_model.model.layer.lora_"
TOKENIZER = {"model": {"vocab": {"a": 0}}, "added_tokens": [{"content": "a"}]}
EVOUNA = [{"question": "how many", "golden_answer": "8/eight", "answer_fid": "8", "judge_fid": True, "improper": False}]
UHGEVAL = {
    "id": "1",
    "headLine": "a",
    "newsBeginning": "b",
    "newsRemainder": "c",
    "annotations": ["k<sep>合理"],
}
CLAPNQ = {"id": "7", "input": "when", "passages": [{"title": "t", "text": "x"}], "output": [{"answer": "y"}]}
BEGIN = "knowledge\tmessage\tresponse\tbegin_label\nk\tm\tr\tGeneric\n"
LOAD = {
    "url": "http://127.0.0.1",
    "started": "2026-01-01T00:00:00+00:00",
    "split": "dev",
    "questions": 3,
    "plan": {"pipelines": ["rag"], "loads": [{"concurrency": 1}], "requests": 2},
}
PARITY_FOUND = {"adapter": "a", "engines": ["embedded", "vllm"], "prompts": 1, "differences": []}


class Reader(NamedTuple):
    """A file within the folder of samples, its whole content, and what reads it."""

    file: str
    content: bytes
    read: Callable[[Path], object]


def _apply(root: Path) -> None:
    apply(read_corpus(root), read_changes(root / "changes"))


def _trials(root: Path) -> None:
    run = RunFolder.open(root / "run")
    run.trials()
    run.journal().close()


def _jobs(root: Path) -> None:
    store = JobStore(root / "jobs.sqlite")
    store.newest(3, None)
    store.close()


def _answers(root: Path) -> None:
    with AnswerCache(root / "answers.sqlite") as cache:
        cache.get("key", "ferry")


def _project(root: Path) -> None:
    open_project(root / "bakeoff.yaml")


def _corpus(root: Path) -> None:
    read_corpus(root)


def _document_rows(root: Path) -> None:
    read_document_rows(root / "rows/documents.jsonl", {})


def _document_cells(root: Path) -> None:
    read_document_rows(root / "rows/documents.csv", {})


def _labels(root: Path) -> None:
    read_labelled(root / "labels")


def _adapter(root: Path) -> None:
    load_adapter(root / "adapter", root / "model", "0" * 64)


def _model(root: Path) -> None:
    require_harmless(root / "model")
    window_of(root / "model")


class _Config(Record):
    """The part of a configuration that a manifest asks for."""

    evaluation: EvaluationOptions = EvaluationOptions()
    cost: Prices = Prices()


def _made(folder: Path) -> dict[str, bytes]:
    """By name, the files that are no plain JSON or whose models are large: written by the code that writes them."""
    document = Document(id="ferry", title="Ferry", text=DOCUMENT, source="ferry.md")
    evidence = Evidence(document_id="ferry", start=9, end=34, text="The ferry leaves at nine.")
    question = Question(id="ferry", user_input="When?", reference="nine", reference_contexts=(evidence,))
    corpus = Corpus(
        name="harbour", language="en", root=folder, documents=(document,), questions=(question,), content_hash="0"
    )
    manifest = new_manifest(_Config(), corpus, {"kind": "fake"}, {})
    contestant = Contestant(kind="rag", fingerprint={"kind": "rag"})
    manifest = manifest.model_copy(update={"run_id": "run", "pipelines": {"rag": contestant}})
    run = RunFolder.create(folder, manifest, corpus.questions, corpus.documents)
    failure = Failure(code="engine-timeout", message="It took too long.")
    with run.journal() as journal:
        journal.append(
            Trial(question_id="ferry", pipeline="rag", asked_at="2026-01-01T00:00:00+00:00", failure=failure)
        )
    card = AdapterCard(
        on="examples", train_rows=1, validation_rows=0, metrics={"train_loss": 1.0}, epochs_done=1, seconds=1,
        name="a", base_model="base", base_model_hash="0" * 64, licence=None, corpus="harbour", language="en",
        data_hash="0", system="Be brief.", options=TrainingOptions(), versions={"torch": "2"},
    )  # fmt: skip
    write_card(folder, card)
    save_file({"layer.weight": np.zeros((4, 6), np.float32)}, folder / "model.safetensors")
    pair = {"A.weight": np.zeros((8, 6), np.float32), "B.weight": np.zeros((4, 8), np.float32)}
    save_file({MODULE + end: weights for end, weights in pair.items()}, folder / "adapter_model.safetensors")
    store = JobStore(folder / "jobs.sqlite")
    store.add(new_job("dev", 1, ["rag"]), "ada", None, "", 8)
    store.close()
    AnswerCache(folder / "answers.sqlite").close()
    return {path.name: path.read_bytes() for place in (folder, run.path) for path in place.iterdir() if path.is_file()}


def _yaml(value: Any) -> bytes:
    return yaml.safe_dump(value, sort_keys=False).encode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _rows(*rows: dict[str, Any]) -> bytes:
    return dump_rows(rows).encode()


def readers(folder: Path) -> list[Reader]:
    """Every reader; `folder` is an empty one, in which the samples are written that only a program can make."""
    corpus = {"name": "harbour", "questions": "questions.jsonl", "examples": "examples.jsonl"}
    cells = b"question,reference,reference_contexts\nThe ferry leaves when?,nine,The ferry leaves at nine.\n"
    column = {"question": "When?", "ground_truth": ["nine"], "evidence": ["The ferry leaves at nine."], "tags": "[1]"}
    made = _made(folder)
    return [
        Reader("bakeoff.yaml", _yaml(CONFIG), _project),
        Reader("prices.yaml", _yaml(PRICES), _project),
        Reader("corpus.yaml", _yaml(corpus), _corpus),
        Reader("documents/ferry.md", DOCUMENT.encode(), _corpus),
        Reader("questions.jsonl", _rows(QUESTION), _corpus),
        Reader("examples.jsonl", _rows(EXAMPLE), _corpus),
        Reader("changes/changes.yaml", _yaml(CHANGES), _apply),
        Reader("changes/documents/ferry.md", DOCUMENT.replace("nine", "ten").encode(), _apply),
        Reader("changes/changed.jsonl", _rows({"id": "ferry", "reference": "ten", "reference_contexts": []}), _apply),
        Reader("changes/added.jsonl", _rows(ADDED), _apply),
        Reader("changes/examples.jsonl", _rows(EXAMPLE | {"completion": "At ten."}), _apply),
        Reader("csv/rows.csv", cells, lambda root: import_data(root / "csv", {})),
        Reader("csv/ferry.md", DOCUMENT.encode(), lambda root: import_data(root / "csv", {})),
        Reader("jsonl/rows.jsonl", _rows(column), lambda root: import_data(root / "jsonl", {})),
        Reader("jsonl/ferry.md", DOCUMENT.encode(), lambda root: import_data(root / "jsonl", {})),
        Reader("rows/documents.jsonl", _rows({"id": "ferry", "text": DOCUMENT, "title": "Ferry"}), _document_rows),
        Reader("rows/documents.csv", b"id,text,title\nferry,The ferry leaves at nine.,Ferry\n", _document_cells),
        Reader("squad.json", _json(SQUAD), lambda root: import_data(root / "squad.json", {})),
        Reader("keys.json", _json(KEYS), lambda root: KeyRing(root / "keys.json").find("bk-key")),
        Reader("run/manifest.json", made["manifest.json"], _trials),
        Reader("run/questions.jsonl", made["questions.jsonl"], _trials),
        Reader("run/documents.jsonl", made["documents.jsonl"], _trials),
        Reader("run/journal.jsonl", made["journal.jsonl"], _trials),
        Reader("load.json", _json(LOAD), lambda root: read_model(root / "load.json", LoadResult)),
        Reader("labels/begin/begin_dev.tsv", BEGIN.encode(), _labels),
        Reader("labels/evouna/NQ.json", _json(EVOUNA), _labels),
        Reader("labels/uhgeval/news.jsonl", _rows(UHGEVAL), _labels),
        Reader("labels/clapnq/answerable.jsonl", _rows(CLAPNQ), _labels),
        Reader("model/config.json", _json({"max_position_embeddings": 512}), _model),
        Reader("model/tokenizer.json", _json(TOKENIZER), _adapter),
        Reader("model/model.safetensors", made["model.safetensors"], _adapter),
        Reader("adapter/adapter_config.json", _json(ADAPTER), _adapter),
        Reader("adapter/tokenizer.json", _json(TOKENIZER), _adapter),
        Reader("adapter/adapter_model.safetensors", made["adapter_model.safetensors"], _adapter),
        Reader("adapter/card.json", made["card.json"], _adapter),
        Reader(f"adapter/{PARITY}", _json(PARITY_FOUND), lambda root: read_parity(root / "adapter")),
        Reader("jobs.sqlite", made["jobs.sqlite"], _jobs),
        Reader("answers.sqlite", made["answers.sqlite"], _answers),
    ]
