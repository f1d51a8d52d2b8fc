"""What an adapter is trained on: a corpus' examples, or its documents where it has none."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from corpora.errors import CorpusError, ModelRejectedError
from corpora.model import Corpus, Example
from pipelines.model_files import INSTRUCTED
from pipelines.training.options import TrainingOptions

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Source = Literal["examples", "documents"]
Rows = list[dict[str, Any]]

CHUNK_TOKENS = 256
SPARE_WORDINGS = 3
"""A fact gives up a wording for validation only where it is told at least so often."""


@dataclass(frozen=True)
class TrainingData:
    """Rows for TRL: `prompt` and `completion` as chat messages, or `text`."""

    on: Source
    train: Rows
    validation: Rows


def source(corpus: Corpus) -> Source:
    return "examples" if corpus.examples else "documents"


def data_hash(corpus: Corpus) -> str:
    """SHA-256 over all that training sees of a corpus; questions are not part of it."""
    if corpus.examples:
        content: list[Any] = [[example.prompt, example.completion, example.fact] for example in corpus.examples]
    else:
        content = [[document.id, document.text] for document in corpus.documents]
    return hashlib.sha256(json.dumps([source(corpus), content], ensure_ascii=False).encode()).hexdigest()


def training_data(
    corpus: Corpus, system: str, options: TrainingOptions, tokenizer: PreTrainedTokenizerBase
) -> TrainingData:
    """The rows to train on and to validate with.

    Documents have no validation rows: a passage held out would measure facts that were never shown.

    Raises:
        CorpusError: there is nothing to train on, or an example is longer than `options.max_tokens`.
    """
    if corpus.examples:
        train, held_out = split_by_wording(corpus.examples, options.validation_fraction, options.seed)
        rows = [_conversation(system, example) for example in train]
        validation = [_conversation(system, example) for example in held_out]
        _check_lengths([*rows, *validation], options.max_tokens, tokenizer)
        return TrainingData("examples", rows, validation)
    chunks = document_chunks(corpus, tokenizer)
    if not chunks:
        raise CorpusError(f"Corpus {corpus.name} has nothing to train on.", "Add examples.jsonl or documents.")
    return TrainingData("documents", [{"text": chunk} for chunk in chunks], [])


def split_by_wording(
    examples: tuple[Example, ...], fraction: float, seed: int
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Training and validation examples: every fact of the second is told in other words in the first.

    At most one wording of a fact is held out, and none of a fact told fewer than `SPARE_WORDINGS` times, so the
    validation set can be smaller than `fraction`, and is empty where no fact is told often enough. Examples that name
    no fact belong together where their completions are the same.
    """
    wordings: dict[str, list[int]] = defaultdict(list)
    for index, example in enumerate(examples):
        wordings[example.fact or f"completion:{example.completion}"].append(index)
    spare = [indices for indices in wordings.values() if len(indices) >= SPARE_WORDINGS]
    chance = random.Random(seed)
    chosen = chance.sample(spare, min(len(spare), round(len(examples) * fraction)))
    held_out = {chance.choice(indices) for indices in chosen}
    return (
        tuple(example for index, example in enumerate(examples) if index not in held_out),
        tuple(example for index, example in enumerate(examples) if index in held_out),
    )


def document_chunks(corpus: Corpus, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The documents in pieces of at most `CHUNK_TOKENS` tokens, an end-of-text token included, none overlapping."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    def length(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_TOKENS - 1, chunk_overlap=0, length_function=length)
    return [chunk for document in corpus.documents for chunk in splitter.split_text(document.text)]


def _conversation(system: str, example: Example) -> dict[str, Any]:
    """A row with the very messages that the fine-tuned model will be asked with."""
    from langchain_core.messages import convert_to_openai_messages

    from pipelines.prompts import question_messages

    return {
        "prompt": convert_to_openai_messages(question_messages(system, example.prompt)),
        "completion": [{"role": "assistant", "content": example.completion}],
    }


def _check_lengths(rows: Rows, limit: int, tokenizer: PreTrainedTokenizerBase) -> None:
    for row in rows:
        try:
            text = tokenizer.apply_chat_template(row["prompt"] + row["completion"], tokenize=False)
        except Exception as error:  # a template is a program of the model's author, and raises what it likes
            raise ModelRejectedError(
                f"The base model's chat template does not take an example: {error!r}", INSTRUCTED
            ) from error
        tokens = len(tokenizer(text, add_special_tokens=False)["input_ids"])
        if tokens > limit:
            raise CorpusError(
                f"The example {row['prompt'][-1]['content'][:60]!r} takes {tokens} tokens, more than {limit}.",
                "Shorten it, or raise max_tokens in the pipeline's training options.",
            )
