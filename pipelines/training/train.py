"""LoRA fine-tuning with TRL and PEFT: from a corpus to an adapter on disk."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.errors import (
    AdapterMissingError,
    AdapterRejectedError,
    BakeoffError,
    CorpusStorageError,
    ModelMissingError,
    ModelRejectedError,
)
from corpora.model import Corpus
from corpora.storing import is_full, make_folder
from pipelines.engines.base import Adapter
from pipelines.home import Home
from pipelines.loading import load_language_model
from pipelines.model_files import LOADABLE
from pipelines.model_storage import model_storage_errors
from pipelines.training.adapter import adapter_folder, content_hash, load_trained_adapter
from pipelines.training.card import AdapterCard, Fit, package_versions, read_card, write_card
from pipelines.training.data import Source, data_hash, source, training_data
from pipelines.training.energy import EnergyMeter
from pipelines.training.options import TrainingOptions

if TYPE_CHECKING:
    from trl import SFTTrainer

logger = logging.getLogger("bakeoff.training")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TrainedAdapter:
    """An adapter and what it took: `seconds` of training, also where that was earlier (`reused`)."""

    adapter: Adapter
    reused: bool
    seconds: float
    on: Source


def train_adapter(
    corpus: Corpus,
    base_model: Path,
    base_hash: str,
    system: str,
    options: TrainingOptions,
    home: Home,
    on_progress: Progress = lambda done, total: None,
    *,
    model_name: str | None = None,
    licence: str | None = None,
) -> TrainedAdapter:
    """Trains the adapter for a corpus, or finds the one that was trained from the same things before. Blocks.

    Args:
        base_model: folder of the base model.
        base_hash: content hash of the base model.
        on_progress: told (steps done, steps in all) after every step.
        model_name: what the adapter's card calls the base model; the folder's name unless given.
        licence: the base model's, as SPDX writes it; None is unknown.

    Raises:
        CorpusError: there is nothing to train on, or an example is too long.
        ModelMissingError: the base model cannot be loaded.
        ModelRejectedError: it lacks weights, or a tokenizer or a chat template that training can use.
        AdapterRejectedError: what came out cannot be served, as when training diverged.
        CorpusStorageError: the folder for adapters cannot be made or written, or the disk is full.
    """
    folder = adapter_folder(corpus, base_hash, system, options, home)
    reused = _is_whole(folder, base_model, base_hash)
    if not reused:
        name = model_name or base_model.name
        make_folder(home.adapters)
        if is_full(home.adapters):  # else it would fail once all steps are done
            raise CorpusStorageError(
                f"The disk is full: no adapter could be written to {home.adapters}.",
                "Free some space, then run `bakeoff train` again.",
            )
        with (
            tempfile.TemporaryDirectory(prefix=".training-", dir=home.adapters) as scratch,
            model_storage_errors(home.adapters),  # which looks at the room that is left, and so before the folder goes
        ):
            made = Path(scratch) / folder.name
            fit = _train(made, corpus, base_model, name, system, options, on_progress)
            card = AdapterCard(
                **fit.model_dump(),
                name=folder.name,
                base_model=name,
                base_model_hash=base_hash,
                licence=licence,
                corpus=corpus.name,
                language=corpus.language,
                data_hash=data_hash(corpus),
                system=system,
                options=options,
                versions=package_versions(),
                content_hash=content_hash(made),
            )
            write_card(made, card)
            load_trained_adapter(made, base_model, base_hash)
            if folder.is_dir():
                shutil.rmtree(folder)
            else:
                folder.unlink(missing_ok=True)
            made.rename(folder)
    adapter = load_trained_adapter(folder, base_model, base_hash)
    written = read_card(folder)
    return TrainedAdapter(adapter, reused, written.seconds if written else 0.0, source(corpus))


def _is_whole(folder: Path, base_model: Path, base_hash: str) -> bool:
    """Whether an adapter is there; one whose files were damaged is trained again."""
    try:
        load_trained_adapter(folder, base_model, base_hash)
    except AdapterMissingError:
        return False
    except AdapterRejectedError as error:
        logger.warning("%s It is trained again.", error.problem)
        return False
    return True


def _train(
    folder: Path,
    corpus: Corpus,
    base_model: Path,
    model_name: str,
    system: str,
    options: TrainingOptions,
    on_progress: Progress,
) -> Fit:
    """Trains, and writes the adapter's weights and settings into `folder`."""
    from pipelines.training.trainer import make_trainer

    with _quiet():
        model, tokenizer = _loaded(base_model, model_name)
        data = training_data(corpus, system, options, tokenizer)
        meter = EnergyMeter()

        def on_step(done: int, total: int) -> None:
            meter.sample()
            on_progress(done, total)

        trainer = make_trainer(data, model, tokenizer, options, folder.parent / "checkpoints", on_step)
        start = time.perf_counter()
        trainer.train()
        seconds, joules = time.perf_counter() - start, meter.sample()
        adapted: Any = trainer.model
        adapted.peft_config["default"].base_model_name_or_path = model_name  # not a path of this machine
        # the default would look the base model's vocabulary up on the hub
        adapted.save_pretrained(folder, save_embedding_layers=False)
    return Fit(
        on=data.on,
        train_rows=len(data.train),
        validation_rows=len(data.validation),
        metrics=_metrics(trainer),
        epochs_done=trainer.state.epoch or 0.0,
        seconds=seconds,
        joules=joules if model.device.type == "cpu" else None,  # processors do not count what a GPU takes
        tokens=int(trainer.state.num_input_tokens_seen),
    )


def _loaded(base_model: Path, name: str) -> tuple[Any, Any]:
    """The base model and its tokenizer.

    Raises:
        ModelMissingError: transformers cannot read them.
        ModelRejectedError: weights are missing, or the tokenizer is another model's.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base_model, local_files_only=True)
        model = load_language_model(base_model, dtype="float32", attn_implementation="sdpa")
    except BakeoffError:
        raise
    except Exception as error:  # transformers, tokenizers and safetensors each raise their own
        raise ModelMissingError(f"The base model {name} could not be loaded: {error}", LOADABLE) from error
    most, known = max(tokenizer.get_vocab().values(), default=0), model.get_input_embeddings().num_embeddings
    if most >= known:
        raise ModelRejectedError(
            f"The tokenizer of {name} has the token {most}, and its weights have {known} only.",
            "Put the model's own tokenizer beside its weights.",
        )
    return model, tokenizer


def _metrics(trainer: SFTTrainer) -> dict[str, float]:
    """The training loss of the last epoch, and loss and accuracy of the weights kept on the validation rows."""
    from pipelines.training.trainer import ACCURACY

    log = trainer.state.log_history
    metrics = {"train_loss": [entry["loss"] for entry in log if "loss" in entry][-1]}
    for entry in log:
        if "eval_loss" in entry and entry["step"] == trainer.state.best_global_step:
            metrics["validation_loss"] = entry["eval_loss"]
            metrics["validation_accuracy"] = entry[f"eval_{ACCURACY}"]
    return {name: float(value) for name, value in metrics.items()}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the libraries' own progress bars and advice away; progress is the caller's to show."""
    import warnings

    import datasets
    from transformers.utils import logging

    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # deprecations between the libraries
            yield
    finally:
        datasets.enable_progress_bars()
        logging.enable_progress_bar()
