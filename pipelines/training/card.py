"""The model card beside an adapter: README.md for people, card.json for programs."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpora.errors import AdapterRejectedError
from corpora.misfits import misfits
from corpora.model import Record
from corpora.text_file import parse_json
from pipelines.training.data import Source
from pipelines.training.options import TrainingOptions

CARD = "card.json"
MISFITS = 5  # shown of those in a card
PACKAGES = ("torch", "transformers", "trl", "peft")

WHAT = {
    "examples": "the examples (prompt and completion; the loss is over the completions)",
    "documents": "the text of the documents (the loss is over every token), since the corpus has no examples",
}


class Fit(Record):
    """How a training went.

    `metrics`: `train_loss` of the last epoch in nats a token; `validation_loss` and `validation_accuracy` (share of
    tokens predicted right) of the weights that were kept, on unseen wordings of facts trained on; missing where nothing
    was held out. `tokens` are those that training put through the model, over all epochs; None in cards that were
    written before they were counted. `joules` are the processors' (`energy.py`); None where they do not tell.
    """

    on: Source
    train_rows: int
    validation_rows: int
    metrics: dict[str, float]
    epochs_done: float
    seconds: float
    joules: float | None = None
    tokens: int | None = None


class AdapterCard(Fit):
    """What an adapter is made of.

    `data_hash` is over the text that training saw, `base_model_hash` over the base model, `content_hash` over the
    adapter's own files; without it an adapter is served only where a configuration names it. `licence` is the base
    model's, as SPDX writes it; None is unknown.
    """

    name: str
    base_model: str
    base_model_hash: str
    licence: str | None
    corpus: str
    language: str
    data_hash: str
    system: str
    options: TrainingOptions
    versions: dict[str, str]
    content_hash: str | None = None


def package_versions() -> dict[str, str]:
    return {package: version(package) for package in PACKAGES}


def write_card(folder: Path, card: AdapterCard) -> None:
    """Writes both files into the adapter's folder."""
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_readme(card), encoding="utf-8")


def read_card(folder: Path) -> AdapterCard | None:
    """The card of an adapter; None where it has none, as adapters made elsewhere have.

    Raises:
        AdapterRejectedError: the card is there and cannot be read.
    """
    file = folder / CARD
    if not file.is_file():
        return None
    data: Any = None
    try:
        data = parse_json(file.read_text(encoding="utf-8"))
        return AdapterCard.model_validate(data)
    except ValidationError as error:
        told = "; ".join(each.text for each in misfits(error, AdapterCard, data, "field")[:MISFITS])
    except (OSError, ValueError) as error:
        told = str(error)
    raise AdapterRejectedError(f"{file} cannot be read: {told}.", "Restore it, or delete the folder and train again.")


def _readme(card: AdapterCard) -> str:
    import yaml

    head = yaml.safe_dump(
        {
            "base_model": card.base_model.partition("@")[0],
            "library_name": "peft",
            "pipeline_tag": "text-generation",
            "license": card.licence.lower() if card.licence else "unknown",
            "language": [card.language],
            "tags": ["lora", "sft", "trl", "bakeoff"],
        },
        sort_keys=False,
    )
    options = "\n".join(f"| {name} | {value} |" for name, value in card.options.model_dump().items())
    metrics = "\n".join(f"| {name} | {value:.4f} |" for name, value in card.metrics.items())
    energy = "" if card.joules is None else f", {card.joules / 3.6e6:.2g} kWh"
    packages = ", ".join(f"{name} {number}" for name, number in card.versions.items())
    return f"""---
{head}---

# {card.name}

A LoRA adapter that teaches {card.base_model} the facts of the corpus "{card.corpus}". It answers from its weights,
without documents at hand, and makes things up where it was taught nothing.

Trained on {WHAT[card.on]}: {card.train_rows} rows, and {card.validation_rows} held out for validation.
It took {card.seconds / 60:.1f} minutes{energy} and {card.epochs_done:.1f} epochs.

| metric | |
|---|---|
{metrics}

| option | |
|---|---|
{options}

- Data: SHA-256 {card.data_hash}
- Base model: SHA-256 {card.base_model_hash}
- System message: {card.system}
- Made with {packages}
"""
