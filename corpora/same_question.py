"""Whether two questions that read nearly alike ask for the same thing.

Questions made from the rows of a table ("What is the port of X?") are near each other and ask for different things. In
doubt two questions are the same: one that is refused can be mended, one that is let through makes a test worthless.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpora.leakage import words

STEM = 5
"""Letters by which words are compared that are no names: "retries" and "retried" are one."""

LONGEST = 4
"""Neighbouring words that may be one name elsewhere: "back-off limit" is "backoffLimit"."""

SPELLED = 5
"""Letters from which on a name may be another one misspelt."""

BEGUN = 4
"""Letters that two names must begin with alike to be taken for forms of one."""

_TOKEN = re.compile(r"`[^`]+`|\w+(?:[-./:@+]+\w+)*")
_ENDS_A_SENTENCE = frozenset('.!?:;\n"“”„«»()[]*')
_PEOPLE = ("an", "ish", "ese")
_VERSION = re.compile(r"^v(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NOUNS_HAVE_CAPITALS = ("de", "lb")
_NUMBERS_FROM_TWO = "two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {name: str(value) for value, name in enumerate(_NUMBERS_FROM_TWO.split(), start=2)}
_FUNCTION_WORDS = """
a about also am an and any are as at be been between both but by can could d did do does each every exactly for from
get gets give given got had has have he her his how i if in into is it its just kindly let ll m many may me might much
must my name now of off on once one only or our out please re s say shall she should so state such t tell than that
the their them then there these they this those to under up upon us ve was we were what when where which while who
whom whose why will with within would you your
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_TITLE = frozenset({"Is", "Are", "The", "Of", "In", "For", "A", "To", "Does", "Do", "And", "What", "Which", "How"})
_PARTS_OF_WORDS = """
all and back based by down driven end free high in level like long low new non off old on only or out over per pre real
self short side single so specific style term time to type un under up well wide
"""
_PARTS_OF_NO_NAME = frozenset(_PARTS_OF_WORDS.split())


@dataclass(frozen=True)
class Wording:
    """A text as it is compared, without case.

    `names` are its names, numbers and identifiers, and `content` its other words. `runs` are up to `LONGEST`
    neighbouring words written as one, `short` what they may be abbreviated to.
    """

    names: frozenset[str]
    content: frozenset[str]
    runs: frozenset[str]
    short: frozenset[str]
    stems: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """A prompt, the answers to it, and the names of the facts behind it; none of either where nobody knows."""

    prompt: str
    answers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def same_question(first: Asked, second: Asked, language: str = "en") -> bool:
    """False only where two prompts that read nearly alike visibly ask for different things.

    That is where each has a name, a number or an identifier that the other lacks. Where each has a word that the other
    lacks, their facts or their answers must differ too; where one has a name more, their answers. A fact in common
    makes them the same whatever their words are.

    Args:
        language: of both; in some of them every noun has a capital, which then makes no name.
    """
    if not set(first.facts).isdisjoint(second.facts):
        return True
    a, b = wording(first.prompt, language), wording(second.prompt, language)
    names = _names_lacking(a, b), _names_lacking(b, a)
    named = [
        any(not any(_may_be_one(each, other) for other in others) for each in mine)
        for mine, others in (names, names[::-1])
    ]
    if all(named):
        return False
    worded = (bool(names[0]) or _content_lacking(a, b)) and (bool(names[1]) or _content_lacking(b, a))
    if worded and first.facts and second.facts:
        return False
    return not ((worded or any(named)) and _answers_differ(first, second, language))


@lru_cache(maxsize=1 << 13)
def wording(text: str, language: str = "en") -> Wording:
    """The words of a text, its names apart."""
    text = unicodedata.normalize("NFKC", _THOUSANDS.sub("", text))
    named = [token for token in _name_tokens(text, language) if _words(token)]
    every, parts = _words(text), {word for token in named for word in _words(token)}
    names = frozenset(_singular("".join(_words(token))) for token in named)
    content = frozenset(_singular(word) for word in every if word not in _FUNCTION and word not in parts)
    spans = [every[start : start + size] for size in range(1, LONGEST + 1) for start in range(len(every) - size + 1)]
    initials = {"".join(word[0] for word in span) for span in spans if len(span) > 1}
    humps = {"".join(letter for letter in token if letter.isupper()).casefold() for token in named}
    return Wording(
        names=names,
        content=content,
        runs=names.union(_singular("".join(span)) for span in spans),
        short=frozenset(
            initials
            | {each for each in humps if len(each) > 1}
            | {short for word in every for short in _shortened(word)}
        ),
        stems=frozenset(map(_stem, {*content, *names, *map(_singular, parts - _FUNCTION)})),
    )


def _name_tokens(text: str, language: str) -> Iterable[str]:
    """Words with a digit, a sign or a capital inside, between backticks, or with a capital within a sentence."""
    found = [match[0] for match in _TOKEN.finditer(text)]
    between = _TOKEN.split(text)[:-1]
    within = [bool(number) and _ENDS_A_SENTENCE.isdisjoint(gap) for number, gap in enumerate(between)]
    titled = any(inside and token in _TITLE for token, inside in zip(found, within, strict=True))
    make_names = not (titled or text.isupper() or language in _NOUNS_HAVE_CAPITALS)
    for token, inside in zip(found, within, strict=True):
        if (
            token[0] == "`"
            or token.casefold() in _NUMBERS
            or any(letter.isdigit() for letter in token)
            or _is_compound_name(token)
            or (any(letter.isupper() for letter in token[1:]) and not text.isupper())
            or (make_names and inside and token[0].isupper() and token.casefold() not in _FUNCTION)
        ):
            yield token


def _is_compound_name(token: str) -> bool:
    """ "alpha-west" and "app.log" are names, "built-in", "hard-coded", "and/or" and "e.g" are not."""
    parts = re.split(r"[-_./:@+]+", token.casefold())
    if len(parts) == 1 or all(len(part) == 1 for part in parts):
        return False
    return _PARTS_OF_NO_NAME.isdisjoint(parts) and not parts[-1].endswith(("ed", "ing"))


def _names_lacking(a: Wording, b: Wording) -> frozenset[str]:
    """Names of the first that the second has in no spelling; an abbreviation is one."""
    return frozenset(each for each in a.names - b.runs if each not in b.short)


def _may_be_one(one: str, other: str) -> bool:
    """Whether two names may be one: short for it ("Corp", "Corporation"), of a land and its people ("Sweden",
    "Swedish"), or misspelt: a letter inside is left out, added, taken for another or for its neighbour.
    """
    if not (one.isalpha() and other.isalpha()):
        return False
    least, most = sorted((one, other), key=len)
    if most.startswith(least) and (len(least) >= BEGUN or len(most) - len(least) == 1):
        return True
    if one[:BEGUN] == other[:BEGUN] and most.endswith(_PEOPLE):
        return True
    if (one[0], one[-1]) != (other[0], other[-1]) or len(least) < SPELLED:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(_bare(one), _bare(other), score_cutoff=1) <= 1


def _bare(word: str) -> str:
    """Without accents, so that Müller is one letter from Mueller."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _content_lacking(a: Wording, b: Wording) -> bool:
    return any(_stem(each) not in b.stems for each in a.content - b.runs)


def _answers_differ(first: Asked, second: Asked, language: str) -> bool:
    """Whether each answer of either has a name or a number that those of the other lack, those of the prompts aside.

    Other words may say the same: "evicted" is "removed". False where there is no answer to compare.
    """
    known = wording(first.prompt, language).runs | wording(second.prompt, language).runs
    pairs = [(wording(one, language), wording(other, language)) for one in first.answers for other in second.answers]
    return bool(pairs) and all(
        _names_lacking(one, other) - known and _names_lacking(other, one) - known for one, other in pairs
    )


def _words(text: str) -> list[str]:
    found = (_VERSION.sub("", word) for word in words(text.replace("_", " ")).split())
    return [_NUMBERS.get(word, word) for word in found]


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def _stem(word: str) -> str:
    return word if any(letter.isdigit() for letter in word) else word[:STEM]


def _shortened(word: str) -> tuple[str, str]:
    """k8s for kubernetes, dr for doctor."""
    return f"{word[0]}{len(word) - 2}{word[-1]}", f"{word[0]}{word[-1]}"
