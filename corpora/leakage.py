"""What gives a question's answer away before it is asked: examples, shots, the other split, the prompt itself.

Words are compared without case and punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpora.model import Corpus, Example, Question, Record, Split
from corpora.scripts import HAN, UNSPACED

NEAR_DUPLICATE = 85.0
"""Similarity from which on two questions count as the same one, in percent of rapidfuzz's token_sort_ratio.

Chosen on the demo corpus: most rewordings that a person would call the same question ("What is the default of X?",
"What is X's default?") lie above it, different questions about one subject below. Of a few words they may lie below it
too: "Who is Alder's owner?" is at 84 beside "Who is the owner of Alder?".
"""

_ASKING = frozenset(["answer", "ask", "explain", "know", "please", "question", "say", "tell", "wonder", "wondering"])
_POLITE = (
    "a able about can could d do following got have hello help hey hi i if kindly let like love m me my need quick to "
    "the this us want we will would you your"
)
_BEFORE = _ASKING | frozenset(_POLITE.split())
_BEHIND = frozenset(["please", "thank", "thanks", "you"])
FEWEST = 3
"""Words that are left of a question at least, once what only asks to be told is taken away."""

TELLING = 6
"""Letters from which on an answer that stands somewhere is no accident. A Han character says as much as two letters."""

TELLING_IF_RARE = 4
"""Letters from which on that holds for an answer that is rare: "6" and "yes" stand everywhere."""

RARE = 0.1
"""The share of the documents, and of the answers, that a rare answer stands in at most; in one of them it may always.

What stands in more is a word that anybody may use ("Never guess."), or one of a few that are chosen from ("true").
"""

_WORD = re.compile(
    rf"[{UNSPACED}]"  # nothing parts the words there: each character stands alone
    r"|v(?=\d+\.\d)"  # v1.35 tells 1.35
    r"|\d+(?:[.,:]\d+)*"  # 8443, 1.35, 19:30; the unit of "24GiB" is a word of its own
    rf"|[^\W{UNSPACED}]+"
)
_TELLING_NUMBER = re.compile(r"\d{3,}|\d+(?:[.,:]\d+)+")
_ROWS = 500  # compared at a time, which bounds the memory


class Pairs(Record):
    """Pairs of questions, or of question and example prompt, that were compared, without what only asks to be told.

    `exact` have the same words in the same order, `near` are not exact and at or above `NEAR_DUPLICATE`, and `nearest`
    is the highest similarity, in percent; None where there was nothing to compare.
    """

    compared: int
    exact: int
    near: int
    nearest: float | None


class Leakage(Record):
    """What the guard saw in a corpus that it let pass.

    `examples` are questions beside prompts of examples, `splits` questions of `dev` beside those of `test`. What is the
    same is refused, and so is what is near and asks for the same. Near pairs that ask for different things, as
    questions made from one pattern do ("What is X's port?"), are let pass and counted. `in_documents` are the ids of
    questions that stand word for word in a document, and `in_question` of those whose own words hold the answer: both
    may be as they should. `telling_examples` tell the answer to a question of the split that is asked, as examples for
    training may; none of them is shown as a shot.
    """

    examples: Pairs
    splits: Pairs
    in_documents: tuple[str, ...]
    in_question: tuple[str, ...]
    telling_examples: int


@dataclass(frozen=True)
class Leak:
    """Two texts, by their places, that are one question or nearly so. `similarity` in percent."""

    first: int
    second: int
    similarity: float


def compare(
    first: Sequence[str], second: Sequence[str], same: Callable[[int, int], bool] = lambda *_: True
) -> tuple[Pairs, list[Leak]]:
    """Every text beside every other, and the pairs at or above `NEAR_DUPLICATE`, word order aside.

    Args:
        same: whether a near pair, by its places, is a leak; all of them are counted.
    """
    if not first or not second:
        return Pairs(compared=0, exact=0, near=0, nearest=None), []
    from rapidfuzz import fuzz, process

    mine, theirs = ([_asked(text) for text in texts] for texts in (first, second))
    leaks, nearest, exact, near = [], 0.0, 0, 0
    for start in range(0, len(mine), _ROWS):
        scores = process.cdist(mine[start : start + _ROWS], theirs, scorer=fuzz.token_sort_ratio, workers=-1)
        nearest = max(nearest, float(scores.max()))
        places = zip(*(scores >= NEAR_DUPLICATE).nonzero(), strict=True)
        for row, column in ((int(row), int(column)) for row, column in places):
            is_exact = mine[start + row] == theirs[column]
            exact, near = exact + is_exact, near + (not is_exact)
            if is_exact or same(start + row, column):
                leaks.append(Leak(start + row, column, float(scores[row, column])))
    return Pairs(compared=len(mine) * len(theirs), exact=exact, near=near, nearest=round(nearest, 1)), leaks


def _asked(text: str) -> str:
    """The words of a question without those before and behind it that only ask to be told: "Could you please tell me:",
    "Thanks!". They would make a short question another one.
    """
    told = words(text).split()
    begin = next((place for place, word in enumerate(told) if word not in _BEFORE), len(told))
    begin = begin if not _ASKING.isdisjoint(told[:begin]) else 0
    end = len(told)
    while end > begin and told[end - 1] in _BEHIND:
        end -= 1
    return " ".join(told[begin:end] if end - begin >= FEWEST else told)


def harmless(corpus: Corpus, split: Split) -> list[Example]:
    """The examples that tell no answer to a question of the split, neither its fact nor its words: what may be shown
    as a shot where that split is asked.
    """
    questions, telling = corpus.split(split), telling_answers(corpus)
    facts = {fact for question in questions for fact in question.facts}
    answers = {question.id: telling[question.id] for question in questions}
    others = _OtherAnswers(corpus, questions, answers)
    kept = (example for example in corpus.examples if example.fact not in facts)
    return [each for each in kept if not told_by(each.completion, answers) and not others.told_in(each)]


class _OtherAnswers:
    """Answers that may stand somewhere by accident ("9 am"): told by whoever also names what a question is about."""

    def __init__(self, corpus: Corpus, questions: Sequence[Question], telling: Mapping[str, Sequence[str]]) -> None:
        named = Counter(word for each in corpus.documents for word in set(words(f"{each.title} {each.text}").split()))
        most = max(1, RARE * len(corpus.documents))
        self._by_name: dict[str, list[tuple[Question, list[str]]]] = {}
        for question in questions:
            answers = [_bounded(each) for each in question.right_answers]
            others = [each for each in answers if each.strip() and each not in telling[question.id]]
            for word in set(words(question.user_input).split()) if others else ():
                if 0 < named[word] <= most:
                    self._by_name.setdefault(word, []).append((question, others))

    def told_in(self, example: Example) -> bool:
        """Whether an example has such an answer, and a word of its question that few documents have; where both are
        said to teach and to ask for facts, these tell.
        """
        within, completion = _bounded(f"{example.prompt} {example.completion}"), _bounded(example.completion)
        return any(
            any(answer in completion for answer in answers)
            for word in set(within.split())
            for question, answers in self._by_name.get(word, ())
            if example.fact is None or not question.facts
        )


def told_by(text: str, answers: Mapping[str, Sequence[str]]) -> list[str]:
    """Ids of the questions of which one of the `telling_answers` stands in a text, as whole words in its order."""
    within = _bounded(text)
    return [each for each, told in answers.items() if any(answer in within for answer in told)]


def telling_answers(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """By the ids of all questions, the words of those of their right answers that stand nowhere by accident.

    Such an answer is long, or it is rare and not quite short: a word of four letters, a number of three digits or of
    several parts, as 1.35 and 19:30. A space stands on both sides.
    """
    answers = {each.id: tuple(_bounded(answer) for answer in each.right_answers) for each in corpus.questions}
    given = ["".join(each) for each in answers.values() if each]
    texts = [_bounded(document.text) for document in corpus.documents]

    def tells(answer: str) -> bool:
        letters = len(re.sub(rf"([{HAN}])", r"\1\1", answer.replace(" ", "")))
        if letters >= TELLING:
            return True
        if letters < TELLING_IF_RARE and not _TELLING_NUMBER.fullmatch(answer.strip()):
            return False
        return all(sum(answer in text for text in among) <= max(1, RARE * len(among)) for among in (texts, given))

    return {question: tuple(filter(tells, each)) for question, each in answers.items()}


def in_documents(corpus: Corpus) -> tuple[str, ...]:
    """Ids of the questions that stand word for word in a document."""
    texts = "\n".join(_bounded(document.text) for document in corpus.documents)
    return tuple(each.id for each in corpus.questions if _bounded(each.user_input) in texts)


def words(text: str) -> str:
    """The words by which texts are compared, with a space between them.

    Unicode forms are unified (NFKC), a number keeps its point or colon, and where a script has no spaces each
    character counts as a word.
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _bounded(text: str) -> str:
    return f" {words(text)} "
