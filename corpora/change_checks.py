"""What must hold of a change set beside its corpus: everything that it names is there, and every change is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpora.change_set import ChangeSet, QuestionChange
from corpora.model import Corpus, Example, Question
from corpora.reading import report_faults

_SPELLING = re.compile(r"^\s*(?:(?:the|an?)\s+)?|[\s.!?]+$|(?<=\d),(?=\d{3}\b)|(?<=\s)\s+")
"""What makes no other answer of one: "the 1,000 jobs" is "1000 jobs."."""


def check_changes(corpus: Corpus, changes: ChangeSet) -> None:
    """Raises CorpusError with all faults about documents, else about questions, else about examples."""
    report_faults(changes.path, _document_faults(corpus, changes), "A document's id is its path without the ending.")
    remedy = "List at least one question whose answer changes, questions of the corpus by their ids."
    report_faults(changes.path, _question_faults(corpus, changes), remedy)
    report_faults(changes.path, _example_faults(corpus, changes), "Name examples by their fact, or by their prompt.")


def example_key(example: Example) -> str:
    """What names an example: its fact, so that all wordings of a fact go together, or its prompt where it has none."""
    return example.fact or example.prompt


def _document_faults(corpus: Corpus, changes: ChangeSet) -> list[str]:
    before = {document.id: document for document in corpus.documents}
    after = {document.id: document for document in changes.documents}
    faults = _misnamed(changes, "documents", before.keys(), ("edited", "removed"), ("added",))
    listed = changes.file.documents
    for kind, ids in (("edited", listed.edited), ("added", listed.added)):
        for number, one in enumerate(ids):
            if one not in after:
                faults.append(f"{changes.at('documents', kind, number)}: documents/ holds no file for {one!r}")
            elif kind == "edited" and one in before and before[one].text == after[one].text:
                faults.append(f"{changes.at('documents', kind, number)}: {one!r} is the same as before")
    if before.keys() <= {*listed.removed} and not listed.added:
        faults.append("no document would be left")
    stray = sorted(after.keys() - {*listed.edited, *listed.added})
    return faults + [f"documents/{one} stands in neither documents.edited nor documents.added" for one in stray]


def _question_faults(corpus: Corpus, changes: ChangeSet) -> list[str]:
    before = {question.id: question for question in corpus.questions}
    listed = changes.file.questions
    faults = _misnamed(changes, "questions", before.keys(), ("unanswerable",), ())
    changed = [change.id for change in changes.changed]
    faults += _twins("question", [*changed, *(row.id for row in changes.added), *listed.unanswerable])
    for change in changes.changed:
        if change.id not in before:
            faults.append(f"{listed.changed}: the corpus has no question {change.id!r}")
        elif before[change.id].answerable and "reference" in change.model_fields_set and change.reference is None:
            faults.append(f"{listed.changed}: {change.id!r} loses its answer: list it under questions.unanswerable")
        elif _same_answers(change, before[change.id]) and _same_evidence(change, before[change.id]):
            faults.append(f"{listed.changed}: question {change.id!r} is the same as before")
        elif shared := _right_before_and_after(change, before[change.id]):
            told = f"{shared!r} answers {change.id!r} before and after, and tells nothing of what is fresh"
            faults.append(f"{listed.changed}: {told}; leave that answer out, or the question")
        elif not _same_answers(change, before[change.id]) and not _in_changed_document(
            change, before[change.id], changes
        ):
            faults.append(f"{listed.changed}: the evidence of {change.id!r} lies in no edited or added document")
    faults += [f"{listed.added}: the corpus has {row.id!r} already" for row in changes.added if row.id in before]
    for number, one in enumerate(listed.unanswerable):
        if one in before and not before[one].answerable:
            faults.append(f"{changes.at('questions', 'unanswerable', number)}: {one!r} had no answer before")
    if not (changes.changed or changes.added or listed.unanswerable):
        faults.append("no question is changed, added or unanswerable, so that nothing could be asked afterwards")
    return faults


def _same_answers(change: QuestionChange, question: Question) -> bool:
    return change.answers(question) == (question.reference, question.reference_aliases)


def _right_before_and_after(change: QuestionChange, question: Question) -> str | None:
    """An answer that was right and still is, though others changed; None where there is none, or none changed."""
    reference, aliases = change.answers(question)
    if _same_answers(change, question) or reference is None:
        return None
    before = {_SPELLING.sub("", each.casefold()) for each in question.right_answers}
    return next((each for each in (reference, *aliases) if _SPELLING.sub("", each.casefold()) in before), None)


def _same_evidence(change: QuestionChange, question: Question) -> bool:
    before = [(evidence.document_id, evidence.text) for evidence in question.reference_contexts]
    quotes = change.reference_contexts
    return quotes is None or before == [(quote.document_id, quote.text) for quote in quotes]


def _in_changed_document(change: QuestionChange, question: Question, changes: ChangeSet) -> bool:
    """Whether a new answer can come from what changed; evidence that nobody quotes may lie anywhere."""
    quotes = question.reference_contexts if change.reference_contexts is None else change.reference_contexts
    return not quotes or not {quote.document_id for quote in quotes}.isdisjoint(each.id for each in changes.documents)


def _example_faults(corpus: Corpus, changes: ChangeSet) -> list[str]:
    before = {example_key(example) for example in corpus.examples}
    listed = changes.file.examples
    faults = _misnamed(changes, "examples", before, ("removed",), ())
    changed = dict.fromkeys(example_key(example) for example in changes.changed_examples)
    added = dict.fromkeys(example_key(example) for example in changes.added_examples)
    faults += _twins("example", [*changed, *added, *listed.removed])
    faults += [f"{listed.changed}: the corpus has no example of {one!r}" for one in changed if one not in before]
    faults += [f"{listed.added}: the corpus has examples of {one!r} already" for one in added if one in before]
    old = {one: [example for example in corpus.examples if example_key(example) == one] for one in changed}
    new = {one: [example for example in changes.changed_examples if example_key(example) == one] for one in changed}
    return faults + [f"{listed.changed}: {one!r} is told as before" for one in changed if old[one] == new[one]]


def _misnamed(
    changes: ChangeSet, part: str, before: Iterable[str], known: Sequence[str], unknown: Sequence[str]
) -> list[str]:
    """Ids listed under the `known` keys that the corpus lacks, under the `unknown` ones that it has, and twins."""
    ids: list[str] = []
    faults = []
    present = set(before)
    noun = part.removesuffix("s")
    for kind in (*known, *unknown):
        for number, one in enumerate(getattr(getattr(changes.file, part), kind)):
            ids.append(one)
            if (one in present) != (kind in known):
                has = "has no" if kind in known else "already has a"
                faults.append(f"{changes.at(part, kind, number)}: the corpus {has} {noun} {one!r}")
    return faults + (_twins(noun, ids) if part == "documents" else [])


def _twins(noun: str, ids: Sequence[str]) -> list[str]:
    return [f"{noun} {one!r} stands more than once" for one in sorted({one for one in ids if ids.count(one) > 1})]
