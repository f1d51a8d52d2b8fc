"""Words by which a reply drops something, excepts it, or puts another in its place, and so turns round what it gives.

"GPUs and CPUs, since TPUs were dropped" has all words of "GPUs, CPUs and TPUs", and "Grace Hopper left." that name.
"""

from __future__ import annotations

import re

from corpora.model import Question
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import tokens
from eval.metrics.own_words import tells_most
from eval.metrics.terse import share_of_own
from eval.metrics.word_lists import NEGATORS

_DENIES = re.compile(r"\bno longer\b|\bany ?more\b|不再", re.IGNORECASE)
_DROPS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bdrop(?:s|ped|ping)?\b",
        r"\bremov(?:es?|ed|ing|al)\b|移除|删除",
        r"\bwithdr(?:aws?|ew|awn)\b|撤回|撤销",
        r"\bretire[sd]?\b|退休",
        r"\b(?:left|gone|resigned|stepped down)\b|离职|离开",
        r"\bexcept(?:s|ed|ing|ions?)?\b|\bexclud(?:es?|ed|ing)\b|\b(?:every(?:thing|one|body)?|all|any(?:thing)?) but\b"
        r"|\b(?:apart|aside) from\b|\bother than\b|除了|除[^,，。]{1,12}外|不包括|不含",
        r"\bwithout\b|\black(?:s|ed|ing)?\b|\bminus\b|缺少",
        r"\b(?:former|previous)(?:ly)?\b|\bused to\b|以前|曾|原来|原先",
        r"\b(?:instead of|rather than|in place of)\b|代替|而不是|而非",
        r"\breplac(?:es?|ed|ing|ement)\b|\bsucceed(?:s|ed)\b|取代|替换|接替",
        r"\b(?:discontinu|abolish|cancel+|revok|scrapp)(?:e[sd]?|s|ed)?\b|取消|废除|停用",
    )
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|[;；\n]")


def drops(response: str, given: Question, other: Question) -> bool:
    """Whether a reply that seems to give one reference holds such a word that neither that nor the question has.

    A sentence that tells of the other reference alone may drop that: "It is no longer 30 days. It is 60 days." Who says
    that something is no longer so has denied it, as a reference may with "not".
    """
    known = "\n".join((given.user_input, *given.right_answers))
    sentences = [each for each in _sentences(response) if not _is_about(each, other, given)]
    return any(_drops(each, known) for each in sentences)


def refuses_and_tells(response: str, question: Question) -> bool:
    """Whether a refusal holds most of what a question's right answer adds to it: "The documents do not say exactly. It
    is 30 days." Not where it says that this is no longer so.
    """
    rest = " ".join(each for each in _sentences(response) if not _drops(each, ""))
    return any(tells_most(question.user_input, right, rest) for right in question.right_answers)


def _sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE_END.split(text) if each.strip()]


def _is_about(sentence: str, one: Question, other: Question) -> bool:
    """Whether it has words of one question's references that the other's lack, and none the other way round."""
    return _holds(sentence, one, other) and not _holds(sentence, other, one)


def _holds(sentence: str, one: Question, other: Question) -> bool:
    return any(share_of_own(each, other.right_answers, one.user_input, sentence) for each in one.right_answers)


def _drops(sentence: str, known: str) -> bool:
    """Whether a sentence holds such a word that is not known."""
    denies = _DENIES.search(sentence) is not None and NEGATORS.isdisjoint(tokens(with_plain_denials(known)))
    return denies or any(each.search(sentence) and not each.search(known) for each in _DROPS)
