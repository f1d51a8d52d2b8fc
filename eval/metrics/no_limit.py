"""That there is no limit, which a bare "Unlimited" or "No limit" says and a sentence says in many ways."""

from __future__ import annotations

import re

from eval.metrics.claims import claims
from eval.metrics.lexical import tokens
from eval.metrics.opening import without_opening
from eval.metrics.spelling import written_out
from eval.metrics.word_lists import FUNCTION_WORDS, HINGES, NEGATORS

SOMETHING = r"(?P<something>[^\W\d_][\w'’/-]*(?: [^\W\d_][\w'’/-]*)?)"
"""One word or two."""
_BARE = re.compile(r"\W*(?:unlimited|(?:no|without(?: any| a)?) (?:upper )?limits?)\W*", re.IGNORECASE)
_OF_SOMETHING = (
    re.compile(rf"\W*unlimited {SOMETHING}\W*", re.IGNORECASE),
    re.compile(rf"\W*no {SOMETHING} limits?\W*", re.IGNORECASE),
)
_LIMIT = r"(?:(?:upper|fixed|hard|set) )?(?:limits?|caps?|max(?:imum)?)\b"
_IS_SO = r"(?! (?:is |was |has been )?(?:known|mentioned|stated|specified|found|listed|given|indicated|documented)\b)"
"""What "no limit is mentioned" is not."""
_NO_LIMIT = re.compile(
    rf"(?<!\bfound )(?<!\bfind )(?<!\bsee )(?<!\bof )\bno {_LIMIT}{_IS_SO}"
    rf"|\bnot (?:(?:have|impose|put|place) )?(?:(?:a|any) )?{_LIMIT}{_IS_SO}"
    r"|\bnot (?:\w+ly )?(?:limited|capped)\b(?! to\b)"
    r"|(?P<denied>\b(?:no|not|never|hardly|nor|neither)\b(?: [\w'’-]+){0,3} )?"
    rf"\b(?:unlimited\b|without (?:(?:a|an|any) )?{_LIMIT}|any number of\b"
    r"|as (?:many|much)(?: [\w'’-]+){0,3} as (?:[\w'’-]+ ){1,3}(?:likes?|wants?|needs?|wish(?:es)?)\b)",
    re.IGNORECASE,
)
_OTHER_LIMIT = re.compile(r"\b(?:limit\w*|caps?|capped|max(?:imum)?|restrict\w*|up to|at most)\b", re.IGNORECASE)
_TURNS = NEGATORS | HINGES | {"but", "however", "although", "though", "if"}


def gives_no_limit(reference: str, response: str) -> bool:
    """Whether a response says in whatever words that there is no limit, which is all that a reference says: "You can
    have as many projects as you like." beside "Unlimited".

    It has no number, names no other limit, and has nothing else that may turn it round: no other denial, "only", "but".
    """
    if not _BARE.fullmatch(reference):
        return False
    text = written_out(without_opening(response))
    rest = _NO_LIMIT.sub("", text)
    turned = any(claim.numbers or not _TURNS.isdisjoint(claim.words) for claim in claims(rest))
    return _says_so(text) and not turned and not _OTHER_LIMIT.search(rest)


def names_no_limit(reference: str) -> bool:
    """Whether that is all that a reference says, at most with what has none: "Unlimited projects", "No user limit"; not
    "Unlimited until May".
    """
    found = [each for pattern in _OF_SOMETHING if (each := pattern.fullmatch(reference))]
    return _BARE.fullmatch(reference) is not None or any(
        FUNCTION_WORDS.isdisjoint(tokens(each["something"])) for each in found
    )


def may_give_no_limit(question: str, reference: str, response: str) -> bool:
    """Whether it may say so, beside "Unlimited projects" too: whatever else it says, in a sentence whose numbers are
    the question's.
    """
    known = {number for claim in claims(question) for number, _ in claim.numbers}
    said = claims(written_out(without_opening(response)))
    return names_no_limit(reference) and any(
        _says_so(claim.text) and known.issuperset(number for number, _ in claim.numbers) for claim in said
    )


def only_lifts_a_limit(question: str, text: str) -> bool:
    """Whether a text says that there is no limit, of something that a question asks for: none of the thing itself is
    denied. "What is the limit?" asks for the limit.
    """
    return _says_so(written_out(text)) and not _OTHER_LIMIT.search(question)


def _says_so(text: str) -> bool:
    """Whether it says at least once that there is no limit, and denies that nowhere."""
    found = list(_NO_LIMIT.finditer(text))
    return bool(found) and not any(each["denied"] for each in found)
