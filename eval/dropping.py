"""Words by which a reply drops something, excepts it, or puts another in its place, and so turns round what it gives.

"GPUs and CPUs, since TPUs were dropped" has all words of "GPUs, CPUs and TPUs", and "Grace Hopper left." that name.
Such words are everyday ones ("60 days, after which they are removed"): only what they stand beside tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpora.model import Question
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import stem, terms, tokens, with_parts
from eval.metrics.own_words import own_words, tells_most
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
_STOPS = (
    r"no longer(?! than)|(?:was|were|been|got) (?:since |now |later )?"
    r"(?:replaced|removed|dropped|withdrawn|discontinued|abolished|cancell?ed|revoked|scrapped)"
    r"|不 再|(?:已|已 经|被|已 被) (?:移 除|取 消|撤 销|撤 回|废 除|停 用|替 换|取 代)"
)
_GOES = r"left|gone|resign(?:s|ed)|retire[sd]|stepped down|离 开|离 职|退 休"
_STOPPED = re.compile(rf"(?:^| )(?:{_STOPS})(?: |$)")
_LEAVES = re.compile(rf"(?:(?!and |but |or )\S+ ){{0,2}}?(?P<ends>{_STOPS}|{_GOES})(?: |$)")
"""What says of the words before it that they hold no more, over words as `tokens` has them, parted by spaces.

Not "GPUs but no longer TPUs", nor "60 days and no longer".
"""
_NO_MORE = re.compile(r"(?:^| )(?:no longer (?!than )|不 再 )(?:\S+ ){0,2}$")
"""What says so of the words after it."""
_AT_LAST = re.compile(r"\bany ?more$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|[;；\n]")
_PAUSE = re.compile(r"[,.:;!?()\[\]—–]+(?:\s|$)|\s[(\[—–]|[，。：；！？、（）]")
_HE_OR_SHE = re.compile(r"[.。;；]\s*(?:\b(?:he|she)\b|[他她])", re.IGNORECASE)
_AFTER = 3
"""Words after such a word among which is what it drops: "without a network"."""


def drops(response: str, given: Question, other: Question) -> bool:
    """Whether a reply that seems to give one reference may hold it no more by such a word, in one of these ways:

    - A sentence holds words of each reference that the other one lacks, and a word of dropping that neither the given
      one nor the question has and that no word of the other follows, as in "It runs offline, without a network".
    - The given reference is the other and something more; a sentence holds of that, and such a word: "alpha and beta,
      since gamma was dropped".
    - The given one's own words are said to have left, or to hold no more: "Grace Hopper left".

    Of what was withdrawn, any such word may say so, unless what was so is told: then it must be of ending.
    """
    known = "\n".join((given.user_input, *given.right_answers))
    own, others = _own(given, other), _own(other, given)
    if other.reference is None:
        if any(tells_most(given.user_input, right, response) for right in given.right_answers):
            return _STOPPED.search(" ".join(tokens(response))) is not None or _leaves(response, known, own)
        return _drops(response, known)
    sentences = [each for each in _sentences(response) if _holds(each, own) and (not others or _holds(each, others))]
    if any(_drops(each, known, others) for each in sentences):
        return True
    return _leaves(response, known, own or _own(given, None))


def refuses_and_tells(response: str, question: Question) -> bool:
    """Whether a refusal holds most of what a question's right answer adds to it: "The documents do not say exactly. It
    is 30 days." Not where it says that this is no longer so.
    """
    rest = " ".join(each for each in _sentences(response) if not _drops(each, ""))
    return any(tells_most(question.user_input, right, rest) for right in question.right_answers)


def _sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE_END.split(text) if each.strip()]


def _own(question: Question, other: Question | None) -> frozenset[str]:
    """The terms of a question's references that the other's lack, without the question's unless there are no others."""
    known = _held("\n".join(other.right_answers)) if other else frozenset()
    for asked in (question.user_input, ""):
        told = [own_words(asked, each) for each in question.right_answers]
        if own := frozenset(with_parts([term for terms in told for term in terms])) - known:
            return own
    return frozenset()


def _held(text: str) -> frozenset[str]:
    return frozenset(with_parts(terms(text)))


def _holds(sentence: str, own: frozenset[str]) -> bool:
    return not own.isdisjoint(_held(sentence))


def _drops(sentence: str, known: str, others: frozenset[str] = frozenset()) -> bool:
    """Whether a sentence holds such a word that is not known and is not followed by words of the other reference."""
    patterns = [each for each in _DROPS if not each.search(known)]
    if _says_no_not(known):
        patterns.append(_DENIES)
    return any(
        others.isdisjoint(with_parts(terms(_PAUSE.split(sentence[word.end() :])[0])[:_AFTER]))
        for each in patterns
        for word in each.finditer(sentence)
    )


def _says_no_not(known: str) -> bool:
    return NEGATORS.isdisjoint(tokens(with_plain_denials(known)))


def _leaves(response: str, known: str, own: frozenset[str]) -> bool:
    """Whether a clause says that own words have left or hold no more, by a word that is not known."""
    clauses = [tokens(each) for each in _PAUSE.split(_HE_OR_SHE.sub(" ", response))]
    return any(
        _left(word, clause[:at], clause[at + 1 :], known)
        for clause in clauses
        for at, word in enumerate(clause)
        if stem(word) in own
    )


def _left(word: str, before: Sequence[str], after: Sequence[str], known: str) -> bool:
    """Whether a word is said to have left, or to hold no more, by the words on either side of it in its clause.

    What is counted does not leave: "8 seats left".
    """
    following = " ".join(after)
    if _says_no_not(known) and (_NO_MORE.search("".join(f"{each} " for each in before)) or _AT_LAST.search(following)):
        return True
    found = _LEAVES.match(following)
    if found is None or (found["ends"] in ("no longer", "不 再") and not _says_no_not(known)):
        return False
    if any(each[-1].isdecimal() for each in (word, *before[-1:])) and found["ends"] in ("left", "gone"):
        return False
    ends = found["ends"].split()
    return stem(ends[-1]) not in terms(known) if ends[-1].isascii() else "".join(ends) not in known
