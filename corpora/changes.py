"""The corpus that a change set makes of another, from which everything is prepared as from any other corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from corpora.change_checks import check_changes, example_key
from corpora.change_set import ChangeSet, QuestionChange
from corpora.model import Corpus, Document, Evidence, Example, Question
from corpora.reading import QuestionRow, Quote, content_hash, locate, locate_questions, report_faults

UNANSWERABLE = {
    "reference": None,
    "reference_aliases": (),
    "reference_contexts": (),
    "facts": (),
    "in_examples": None,
}
"""What a question is without once no document answers it."""


def apply(corpus: Corpus, changes: ChangeSet) -> Corpus:
    """The corpus after the changes, as if they had been made in its folder.

    Raises:
        CorpusError: the change set names what the corpus does not hold, or holds already; a change changes nothing;
            evidence does not stand in its document any more; or no question is touched. All faults of one kind are
            listed together.
    """
    check_changes(corpus, changes)
    documents, examples = _documents(corpus, changes), _examples(corpus, changes)
    questions = _questions(corpus, changes, documents, examples)
    return corpus.model_copy(
        update={
            "documents": documents,
            "questions": questions,
            "examples": examples,
            "content_hash": content_hash([*documents, *questions, *examples]),
        }
    )


def _documents(corpus: Corpus, changes: ChangeSet) -> tuple[Document, ...]:
    """Sorted by their paths, as `read_documents` reads them."""
    after = {document.id: document for document in (*corpus.documents, *changes.documents)}
    kept = [document for document in after.values() if document.id not in changes.file.documents.removed]
    return tuple(sorted(kept, key=lambda document: Path(document.source)))


def _examples(corpus: Corpus, changes: ChangeSet) -> tuple[Example, ...]:
    """A changed fact keeps its place, so that the order of the rest of the training data is as it was."""
    new: dict[str, list[Example]] = {}
    for example in changes.changed_examples:
        new.setdefault(example_key(example), []).append(example)
    changed = set(new)
    kept: list[Example] = []
    for example in corpus.examples:
        key = example_key(example)
        if key in changed:
            kept += new.pop(key, [])
        elif key not in changes.file.examples.removed:
            kept.append(example)
    return (*kept, *changes.added_examples)


def _questions(
    corpus: Corpus, changes: ChangeSet, documents: Sequence[Document], examples: Sequence[Example]
) -> tuple[Question, ...]:
    """The corpus' questions in their order, then those added. Flags follow the examples."""
    listed = changes.file.questions
    by_id = {document.id: document for document in documents}
    before = {question.id: question for question in corpus.questions}
    rows = [_changed(before[change.id], change, by_id) for change in changes.changed]
    changed = locate_questions(changes.root / listed.changed, rows, documents) if listed.changed else ()
    added = locate_questions(changes.root / listed.added, changes.added, documents) if listed.added else ()
    after = {question.id: question for question in changed}
    faults = []
    for question in corpus.questions:
        if question.id in after:
            continue
        evidence, fault = _relocated(question, by_id)
        gone = question.id in listed.unanswerable
        if gone and evidence:
            faults.append(f"question {question.id!r}: is listed as unanswerable, but its evidence still stands")
        elif fault and not gone:
            faults.append(f"question {question.id!r}: {fault}")
        update = UNANSWERABLE if gone else {"reference_contexts": evidence}
        after[question.id] = question.model_copy(update=update)
    remedy = "Change the questions that lost their evidence, or list them as unanswerable."
    report_faults(changes.path, faults, remedy)
    taught = {example.fact for example in examples}
    return (*(_flagged(after[question.id], taught) for question in corpus.questions), *added)


def _flagged(question: Question, taught: Set[str | None]) -> Question:
    if question.in_examples is None or not question.facts:
        return question
    return question.model_copy(update={"in_examples": taught >= set(question.facts)})


def _changed(question: Question, change: QuestionChange, documents: Mapping[str, Document]) -> QuestionRow:
    values = question.model_dump(exclude={"reference_contexts", "reference", "reference_aliases"})
    reference, aliases = change.answers(question)
    quotes = change.reference_contexts
    if quotes is None:
        quotes = tuple(_quote(evidence, documents) for evidence in question.reference_contexts)
    return QuestionRow(**values, reference=reference, reference_aliases=aliases, reference_contexts=quotes)


def _relocated(question: Question, documents: Mapping[str, Document]) -> tuple[tuple[Evidence, ...], str]:
    """A question's evidence where it stands now, and what is wrong with it."""
    quotes = [_quote(evidence, documents) for evidence in question.reference_contexts]
    try:
        found = [locate(each.text, documents.get(each.document_id), each.document_id, each.start) for each in quotes]
    except ValueError as fault:
        return (), str(fault)
    return tuple(found), ""


def _quote(evidence: Evidence, documents: Mapping[str, Document]) -> Quote:
    """Evidence as a quotation, to be found again; where it stands as before it is not searched for."""
    document = documents.get(evidence.document_id)
    stands = document is not None and document.text[evidence.start : evidence.end] == evidence.text
    return Quote(document_id=evidence.document_id, text=evidence.text, start=evidence.start if stands else None)
