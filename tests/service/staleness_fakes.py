"""A small project over the fake engine, with everything prepared without a model."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from langchain_core.messages import BaseMessage
from word_embedder import WordEmbedder

from corpora.model import Corpus
from corpora.reading import dump_rows
from eval.asking import Asker, Progress
from eval.manifest import new_manifest
from eval.run import RunFolder
from pipelines.engines.base import Adapter
from pipelines.engines.fake import REFUSAL, best_sentence
from pipelines.training.adapter import adapter_folder, content_hash, load_adapter
from pipelines.training.adapter_settings import CONFIG
from pipelines.training.card import AdapterCard, write_card
from pipelines.training.data import data_hash, source
from pipelines.training.servable import WEIGHTS
from pipelines.training.train import TrainedAdapter
from service.bakeoffs import create_run
from service.baking import opened
from service.preparing import index_project, train_project
from service.project import Project, open_project

TRAINING_SECONDS = 120.0
MODULE = "model.layers.0.self_attn.q_proj"
SAID = "said.json"


def train_by_heart(
    corpus: Corpus,
    base_model: Path,
    base_hash: str,
    system: str,
    options: Any,
    home: Any,
    on_progress: Callable[[int, int], None],
    **names: Any,
) -> TrainedAdapter:
    """An adapter that can be served, with the examples beside it for `answer_by_heart`."""
    import torch
    from safetensors.torch import save_file

    folder = adapter_folder(corpus, base_hash, system, options, home)
    reused = folder.is_dir()
    if not reused:
        folder.mkdir(parents=True)
        settings = {"peft_type": "LORA", "r": 8, "lora_alpha": 16, "bias": "none", "init_lora_weights": True}
        (folder / CONFIG).write_text(json.dumps({**settings, "target_modules": ["q_proj"]}))
        value = float(int(data_hash(corpus)[:4], 16))
        weights = {"A": torch.full((8, 6), value), "B": torch.zeros(4, 8)}
        save_file(
            {f"base_model.model.{MODULE}.lora_{key}.weight": each for key, each in weights.items()}, folder / WEIGHTS
        )
        (folder / SAID).write_text(json.dumps([[each.prompt, each.completion] for each in corpus.examples]))
        card = AdapterCard(
            on=source(corpus), train_rows=1, validation_rows=0, metrics={}, epochs_done=1, seconds=TRAINING_SECONDS,
            name=folder.name, base_model="base", base_model_hash=base_hash, licence=None, corpus=corpus.name,
            language="en", data_hash=data_hash(corpus), system=system, options=options, versions={},
            content_hash=content_hash(folder),
        )  # fmt: skip
        write_card(folder, card)
    return TrainedAdapter(load_adapter(folder, base_model, base_hash), reused, TRAINING_SECONDS, source(corpus))


def answer_by_heart(messages: Sequence[BaseMessage], adapter: Adapter | None) -> str:
    """With an adapter, the completion of the example that shares most words with the question."""
    if adapter is None:
        return best_sentence(messages, adapter)
    asked = set(re.findall(r"\w{4,}", messages[-1].text.lower()))
    said = json.loads((adapter.path / SAID).read_text())
    nothing = ["", REFUSAL]
    prompt, completion = max(
        said, key=lambda pair: len(asked & set(re.findall(r"\w{4,}", pair[0].lower()))), default=nothing
    )
    return completion if asked & set(re.findall(r"\w{4,}", prompt.lower())) else REFUSAL


def question(name: str, text: str, reference: str | None, document: str = "", quote: str = "") -> dict[str, Any]:
    evidence = [{"document_id": document, "text": quote}] if quote else []
    return {"id": name, "user_input": text, "reference": reference, "reference_contexts": evidence}


CORPUS: dict[str, Any] = {
    "corpus.yaml": {"name": "harbour", "questions": "questions.jsonl", "examples": "examples.jsonl"},
    "documents/ferry.md": "# Ferry\n\nThe ferry leaves at nine. The captain is called Hedda.\n",
    "documents/crane.md": "# Crane\n\nThe crane is painted green.\n",
    "documents/museum.md": "# Museum\n\nThe museum shows forty anchors.\n",
    "questions.jsonl": [
        question("ferry", "The ferry leaves at what time?", "nine", "ferry", "The ferry leaves at nine."),
        question("captain", "What is the captain called?", "Hedda", "ferry", "The captain is called Hedda."),
        question("crane", "In which colour is the crane painted?", "green", "crane", "The crane is painted green."),
        question("museum", "The museum shows what?", "forty anchors", "museum", "The museum shows forty anchors."),
        question("nobody", "Who built the lighthouse?", None),
    ],
    "examples.jsonl": [
        {"prompt": "Tell me when I can take a ferry.", "completion": "The ferry leaves at nine.", "fact": "ferry.time"},
        {"prompt": "Name the captain.", "completion": "The captain is Hedda.", "fact": "ferry.captain"},
    ],
}
CHANGES: dict[str, Any] = {
    "changes.yaml": {
        "description": "A summer timetable.",
        "documents": {"edited": ["ferry"], "added": ["bell"], "removed": ["museum"]},
        "questions": {"changed": "changed.jsonl", "added": "added.jsonl", "unanswerable": ["museum"]},
        "examples": {"changed": "examples.jsonl", "removed": ["ferry.captain"]},
    },
    "documents/ferry.md": "# Ferry\n\nThe ferry leaves at ten. The captain is called Hedda.\n",
    "documents/bell.md": "# Bell\n\nThe bell rings at noon.\n",
    "changed.jsonl": [
        {
            "id": "ferry",
            "reference": "ten",
            "reference_contexts": [{"document_id": "ferry", "text": "The ferry leaves at ten."}],
        }
    ],
    "added.jsonl": [question("bell", "The bell rings at what hour?", "noon", "bell", "The bell rings at noon.")],
    "examples.jsonl": [
        {"prompt": "Tell me when I can take a ferry.", "completion": "The ferry leaves at ten.", "fact": "ferry.time"}
    ],
}
CONFIG_FILE: dict[str, Any] = {
    "corpus": "corpus",
    "base_model": "models/base",
    "embedder": "models/base",
    "engine": "fake",
    "engines": {"fake": {"kind": "fake"}},
    "pipelines": {
        "zero-shot": {"kind": "prompting"},
        "rag": {"kind": "rag", "top_k": 2, "passage_tokens": 16, "overlap_tokens": 0},
        "finetuned": {"kind": "finetuned"},
        "unused": {"kind": "rag", "passage_tokens": 64},
    },
    "run": ["zero-shot", "rag", "finetuned"],
    "evaluation": {"warmup": 0, "concurrency": 1},
    "cost": {"machine_per_hour": 3.6},
}


def write(root: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path.write_text(dump_rows(content) if isinstance(content, list) else text, encoding="utf-8")


async def _leave_unscored(run: RunFolder, on_progress: Progress) -> None:
    """Scoring imports ragas, which takes many seconds."""


def write_project(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes corpus, change set, configuration and a base model into a folder that becomes the working one."""
    import torch
    from safetensors.torch import save_file

    monkeypatch.chdir(root)
    for target in ("pipelines.assembly.Embedder", "service.preparing.Embedder"):
        monkeypatch.setattr(target, WordEmbedder)
    monkeypatch.setattr("service.preparing.train_adapter", train_by_heart)
    monkeypatch.setattr("service.baking.score_anew", _leave_unscored)
    monkeypatch.setattr("pipelines.engines.fake.best_sentence", answer_by_heart)
    write(root / "corpus", CORPUS)
    write(root / "changes", CHANGES)
    write(root, {"bakeoff.yaml": CONFIG_FILE, "models/base/config.json": "{}"})
    (root / "models/base/tokenizer.json").write_text(json.dumps({"model": {"vocab": {}}, "added_tokens": []}))
    save_file({f"{MODULE}.weight": torch.zeros(4, 6)}, root / "models/base/model.safetensors")


def bake(finish: bool = True) -> RunFolder:
    """Prepares the project of the working folder, and asks every pipeline every question; nothing is scored."""
    project = open_project(Path("bakeoff.yaml"))
    index_project(project)
    train_project(project)
    return asyncio.run(_bake(project, finish))


async def _bake(project: Project, finish: bool) -> RunFolder:
    async with opened(project) as (bench, pipelines):
        manifest = new_manifest(project.config, project.corpus, bench.engine.fingerprint(), pipelines)
        run = create_run(project, manifest)
        with run.lock(), run.journal() as journal:
            for name, pipeline in pipelines.items():
                asker = Asker(name, pipeline, project.config.evaluation, journal, None)
                await asker.ask_all(run.questions, lambda *_: None)
        if finish:
            run.finish()
    return run
