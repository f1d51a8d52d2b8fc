"""A few questions of the demo corpus, answered in every manner there is; for `every_kind_of_answer`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from corpora.model import Passage, Question
from corpora.reading import read_corpus
from eval.metrics.lexical import LONGEST_ANSWER, opening

CORPUS = Path(__file__).parent.parent / "corpora" / "kubernetes"


class Told(NamedTuple):
    """A question's answer by hand: right in other words, right in another language, and wrong but fluent."""

    question_id: str
    other_words: str
    other_language: str
    lie: str


TOLD = (
    Told(
        "coscheduling-seconds",
        "A pod is held back for one minute at the longest, if nobody has changed the setting.",
        "Standardmäßig wartet ein Pod 60 Sekunden auf den Rest seiner Gruppe.",
        "By default the Coscheduling plugin lets a pod wait 45 seconds for the rest of its group.",
    ),
    Told(
        "krakenes-coolant",
        "Sea water, pumped up from deep in the inlet.",
        "克罗克内斯集群用从七十米深处抽取的峡湾水冷却。",
        "Kråkenes is cooled with outside air drawn in through a tunnel of 70 metres.",
    ),
    Told(
        "ebb-fifth-preemption",
        "After having been pushed aside that often, the job ends up in Neap.",
        "Nach der fünften Verdrängung kommt der Auftrag in die Stufe Neap.",
        "An Ebb job that has been preempted 5 times is moved to the Spring tier.",
    ),
    Told(
        "mooring-maintainer",
        "Mr Eikrem is in charge of it.",
        "C'est Torvald Eikrem qui s'occupe de Mooring depuis 2023.",
        "Ingrid Solbakk has maintained Mooring since 2023.",
    ),
    Told(
        "homlungen-evening",
        "Half past seven in the evening.",
        "A las siete y media de la tarde los servicios se reducen a cero.",
        "Services on Homlungen are scaled to zero at 21:15 on weekdays.",
    ),
    Told(
        "krakenes-maintenance-day",
        "Every month, in its second week, on the Wednesday.",
        "每月的第二个星期三进行维护。",
        "Kråkenes maintenance takes place on the last Friday of each month.",
    ),
    Told(
        "single-bulkhead",
        "Pods of one team cannot talk to those of another team; everything that would cross is blocked.",
        "Sie sperrt jeden Verkehr zwischen Namensräumen.",
        "The Quayside network policy bulkhead allows all traffic between namespaces.",
    ),
    Told(
        "num-untagged-retention",
        "A little under three weeks: it goes after the nineteenth day.",
        "Une image sans étiquette est supprimée 19 jours après son dernier téléchargement.",
        "Cordage deletes an untagged image 30 days after its last push.",
    ),
)
REFUSALS = ("I don't know.", "The documents do not say.", "Sorry, I could not find that in the context.", "我不知道。")


class Answered(NamedTuple):
    kind: str
    question: Question
    response: str
    shown: tuple[Passage, ...]


def every_kind() -> Iterator[Answered]:
    """Each question answered in each manner, the passage that holds the answer being shown."""
    corpus = read_corpus(CORPUS)
    questions = {question.id: question for question in corpus.questions}
    texts = {document.id: document.text for document in corpus.documents}
    for number, told in enumerate(TOLD):
        question = questions[told.question_id]
        passage = _paragraph(texts, question)
        gold = question.reference_contexts[0].text
        responses = {
            "the reference itself": question.reference or "",
            "the gold sentence": gold,
            "right, in other words": told.other_words,
            "right, in another language": told.other_language,
            "a passage's first words, copied": opening(passage.text, LONGEST_ANSWER),
            "a passage, copied": passage.text,
            "the document, copied": texts[passage.document_id],
            "true, beside the point": _other_sentence(passage.text, gold),
            "a fluent lie": told.lie,
            "every question's answer, joined by or": " or ".join(
                questions[each.question_id].reference or "" for each in TOLD
            ),
            "a refusal": REFUSALS[number % len(REFUSALS)],
            "empty": "",
        }
        for kind, response in responses.items():
            yield Answered(kind, question, response, (passage,))


def _paragraph(texts: Mapping[str, str], question: Question) -> Passage:
    span = question.reference_contexts[0]
    text = texts[span.document_id]
    start = text.rfind("\n\n", 0, span.start) + 2 if "\n\n" in text[: span.start] else 0
    end = text.find("\n\n", span.end)
    end = len(text) if end < 0 else end
    return Passage(id="shown", document_id=span.document_id, start=start, end=end, text=text[start:end])


def _other_sentence(paragraph: str, gold: str) -> str:
    others: Sequence[str] = [each for each in paragraph.split(". ") if gold.rstrip(".") not in each]
    return f"{max(others, key=len).rstrip('.')}."
