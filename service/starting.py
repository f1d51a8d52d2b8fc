"""`bakeoff init`: a corpus of one's own, with a configuration that runs."""

from __future__ import annotations

from pathlib import Path

from corpora.errors import ConfigError
from corpora.importing import Imported, import_data, write_corpus
from corpora.model import Document
from corpora.reading import read_corpus
from service.terminal import console

CONFIG = """\
# What is compared on this corpus. `bakeoff validate` checks it; the README says what each option does.
corpus: .

pipelines:
  zero-shot: {kind: prompting}
  prompting: {kind: prompting, context_tokens: 1000}
  rag: {kind: rag, top_k: 4}
  finetuned: {kind: finetuned}

engines:
  embedded: {kind: embedded}
  vllm: {kind: vllm}
"""

STARTER = Imported(
    documents=(
        Document(
            id="first",
            title="First document",
            text="# First document\n\nReplace this by documents of yours, as .md or .txt files.\n"
            "The harbour office opens at half past six.\n",
            source="first.md",
        ),
    ),
    questions=(
        {
            "id": "opening",
            "user_input": "When does the harbour office open?",
            "reference": "half past six",
            "reference_contexts": [{"document_id": "first", "text": "The harbour office opens at half past six."}],
        },
        {"id": "nobody-knows", "user_input": "Who owns the harbour office?", "reference": None},
    ),
)


def init_corpus(
    folder: Path,
    source: Path | None,
    questions: Path | None,
    documents: Path | None,
    mapping: list[str],
    language: str,
) -> None:
    """Writes a corpus folder with a `bakeoff.yaml` in it.

    Raises:
        ConfigError: a `--map` is not FIELD=COLUMN.
        CorpusError: the data cannot be read, is ambiguous, or the folder is there already.
    """
    pairs = [each.partition("=") for each in mapping]
    if not all(field and column for field, _, column in pairs):
        raise ConfigError(f"--map takes FIELD=COLUMN, not {mapping}.", "For example --map reference=answer.")
    columns = {field: column for field, _, column in pairs}
    imported = import_data(source, columns, documents, questions) if source else STARTER
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in folder.name.lower()).strip(
        "-"
    )
    write_corpus(folder, name or "corpus", imported, language)
    (folder / "bakeoff.yaml").write_text(CONFIG, encoding="utf-8")
    corpus = read_corpus(folder)
    console.print(f"{folder}: {len(corpus.documents)} documents, {len(corpus.questions)} questions")
    if imported.unlocated:
        console.print(
            f"{imported.unlocated} piece(s) of evidence stand in no document to the letter and were left out; "
            "their questions are not scored on retrieval and faithfulness to the evidence."
        )
    if imported.repeated:
        console.print(
            f"{imported.repeated} question(s) stand further up in the same words and were left out: asked twice, they "
            "would pass for two."
        )
    console.print(f"Next: bakeoff index -c {folder}/bakeoff.yaml, then train, then run.")
