"""Adapters on disk: where the one for a corpus lies, and whether it is as it was trained."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path

from corpora.errors import AdapterMissingError, AdapterRejectedError
from corpora.model import Corpus
from pipelines.engines.base import Adapter
from pipelines.home import Home
from pipelines.training.adapter_settings import CONFIG
from pipelines.training.card import CARD, read_card
from pipelines.training.data import data_hash
from pipelines.training.options import TrainingOptions
from pipelines.training.servable import WEIGHTS, validate_adapter


def adapter_folder(corpus: Corpus, base_hash: str, system: str, options: TrainingOptions, home: Home) -> Path:
    """Where the adapter of exactly this training lies, or will: keyed by all that training depends on."""
    key = json.dumps([base_hash, data_hash(corpus), system, options.model_dump(mode="json")], ensure_ascii=False)
    name = re.sub(r"[^a-z0-9]+", "-", corpus.name.lower()).strip("-") or "corpus"
    return home.adapters / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def find_adapter(
    corpus: Corpus, base_model: Path, base_hash: str, system: str, options: TrainingOptions, home: Home
) -> Adapter:
    """The adapter that was trained for this corpus, base model, system tone and options.

    Raises:
        AdapterMissingError: it has not been trained yet.
        AdapterRejectedError: its files were changed or damaged since, or its card is gone or does not tell.
    """
    folder = adapter_folder(corpus, base_hash, system, options, home)
    if not folder.is_dir():
        raise AdapterMissingError(f"No adapter has been trained for corpus {corpus.name} yet.", "Run `bakeoff train`.")
    return load_trained_adapter(folder, base_model, base_hash)


def find_older_adapter(
    corpus: Corpus, base_model: Path, base_hash: str, system: str, options: TrainingOptions, home: Home
) -> Adapter | None:
    """The newest adapter that was trained as `find_adapter` has it, but on other documents of this corpus.

    None where there is none, and where the corpus is taught by examples: those changed only by its owner's hand.
    """
    if corpus.examples:
        return None
    wanted = {"base_model_hash": base_hash, "corpus": corpus.name, "system": system, "options": options}
    cards = sorted(home.adapters.glob(f"*/{CARD}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in cards:
        with suppress(AdapterRejectedError):
            card = read_card(file.parent)
            if card and card.on == "documents" and all(getattr(card, name) == each for name, each in wanted.items()):
                return load_trained_adapter(file.parent, base_model, base_hash)
    return None


def load_adapter(path: Path, base_model: Path, base_hash: str) -> Adapter:
    """The adapter of that folder, ready to be served on that base model.

    Raises:
        AdapterMissingError: there is no such folder.
        AdapterRejectedError: it cannot be served, or its card names another base model.
    """
    there = False
    with suppress(OSError):  # of a name that no folder can have
        there = path.is_dir()
    if not there:
        raise AdapterMissingError(
            f"There is no adapter at {path}.",
            "Correct `adapter`, a path from the configuration's folder, or leave it out to train one.",
        )
    validate_adapter(path, base_model)
    card = read_card(path)
    if card is not None and card.base_model_hash != base_hash:
        raise AdapterRejectedError(
            f"Adapter {path.name} was trained on {card.base_model} ({card.base_model_hash[:16]}), not on this base "
            f"model ({base_hash[:16]}).",
            "Train one for this model with `bakeoff train`, or go back to the model that it was made for.",
        )
    digest = content_hash(path)
    if card is not None and card.content_hash not in (None, digest):
        raise AdapterRejectedError(
            f"Adapter {path.name} is not as it was trained: its files have changed since.",
            "Restore them, or run `bakeoff train`, which trains it again.",
        )
    return Adapter(name=path.name, path=path, content_hash=digest)


def load_trained_adapter(path: Path, base_model: Path, base_hash: str) -> Adapter:
    """`load_adapter` of one that was trained here, which has a card.

    Raises:
        AdapterMissingError, AdapterRejectedError: as `load_adapter`, or it has none or one without the adapter's hash,
            so that nothing tells whether its files are as they were trained, or what training took.
    """
    adapter = load_adapter(path, base_model, base_hash)
    card = read_card(path)
    if card is None or card.content_hash is None:
        lost = f"its {CARD}" if card is None else f"the content_hash in its {CARD}"
        raise AdapterRejectedError(
            f"Adapter {path.name} has lost {lost}, so that nothing tells whether it is as it was trained.",
            "Restore the file, or run `bakeoff train`, which trains it again.",
        )
    return adapter


def content_hash(path: Path) -> str:
    """SHA-256 over an adapter's weights and settings."""
    digest = hashlib.sha256()
    for name in (CONFIG, WEIGHTS):
        digest.update((path / name).read_bytes())
    return digest.hexdigest()
