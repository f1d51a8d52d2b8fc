"""`bakeoff init`: a corpus of one's own, with a configuration that runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from corpora.errors import ConfigError, CorpusError
from corpora.importing import Imported, import_data, write_corpus
from corpora.model import Document
from corpora.reading import read_corpus
from corpora.storing import remedy_for
from corpora.wording import counted, first_of
from eval import no_answer
from service.terminal import console

CONFIG = """\
# What is compared on this corpus. `bakeoff validate` checks it; Bakeoff's docs/configuration.md has every option.
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
    language: str | None,
) -> None:
    """Writes a corpus folder with a `bakeoff.yaml` in it.

    Raises:
        ConfigError: a `--map` is not FIELD=COLUMN, or there is no `source` for what the options say about it.
        CorpusError: the data cannot be read, is ambiguous, or the folder is there already or cannot be written.
    """
    if source is None and (questions or documents or mapping):
        raise ConfigError(
            "--documents, --questions and --map are about data of yours, and none is named.",
            "Say where it lies with --from FOLDER.",
        )
    pairs = [each.partition("=") for each in mapping]
    if not all(field and column for field, _, column in pairs):
        raise ConfigError(f"--map takes FIELD=COLUMN, not {mapping}.", "For example --map reference=answer.")
    columns = {field: column for field, _, column in pairs}
    imported = import_data(source, columns, documents, questions) if source else STARTER
    letters = (letter if letter.isascii() and letter.isalnum() else "-" for letter in folder.name.lower())
    name = "".join(letters).strip("-")[:63]
    is_new = not os.path.lexists(folder)
    try:
        write_corpus(folder, name or "corpus", imported, language)
        (folder / "bakeoff.yaml").write_text(CONFIG, encoding="utf-8")
        corpus = read_corpus(folder)
    except BaseException as fault:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)  # the next try would refuse it
        if not isinstance(fault, OSError):
            raise
        remedy = remedy_for(fault, folder, "Choose a folder that you may make")
        raise CorpusError(
            f"{folder} cannot be written: {fault.strerror}.", f"{remedy}, then run the command again."
        ) from None
    held = [counted(len(corpus.documents), "document"), counted(len(corpus.questions), "question")]
    held += [counted(len(corpus.examples), "example")] if corpus.examples else []
    console.print(f"{folder}: {', '.join(held)}", markup=False)
    for note in _notes(imported) if source else ():
        console.print(note, markup=False)
    if notice := no_answer.warning(no_answer.reading_as_none(corpus.questions)):
        console.print(notice, style="yellow", markup=False)
    console.print(f"Next: bakeoff index -c {folder}/bakeoff.yaml, then train, then run.", markup=False)


def _notes(imported: Imported) -> Iterator[str]:
    """What was not taken as it stood, and what is missing, with the ids of the questions."""
    unanswerable = [question["id"] for question in imported.questions if question["reference"] is None]
    if unanswerable:
        yield (
            f"{counted(len(unanswerable), 'question')} without a reference: taken as unanswerable "
            f"({first_of(unanswerable)})."
        )
    if imported.unlocated:
        yield (
            f"Left out: {counted(len(imported.unlocated), 'piece')} of evidence that no document holds, white space "
            f"and emphasis aside ({first_of(imported.unlocated)}); a question without evidence is not scored on "
            "retrieval and faithfulness to the evidence."
        )
    evidence = any(question["reference_contexts"] for question in imported.questions)
    if len(unanswerable) < len(imported.questions) and not evidence:
        yield "No question has evidence: retrieval and faithfulness to the evidence are not scored."
    if imported.shared:
        yield (
            f"In several documents: {counted(len(imported.shared), 'piece')} of evidence, given to the one that shares "
            "the most words with the question; where another is meant, name it in a column evidence_document, or mend "
            f"document_id in questions.jsonl ({first_of(imported.shared)})."
        )
    if imported.misnamed:
        yield (
            f"Not in the document that is named for it: {counted(len(imported.misnamed), 'piece')} of evidence, given "
            f"to another that holds it ({first_of(imported.misnamed)}); see document_id in questions.jsonl."
        )
    if imported.repeated:
        yield (
            f"Left out: {counted(len(imported.repeated), 'question')} in the same words as another further up "
            f"({first_of(imported.repeated)}); asked twice, one would pass for two."
        )
