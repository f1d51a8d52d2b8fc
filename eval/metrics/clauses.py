"""What a reply says: its clauses, without what only prepares them, grants something or adds a remark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.metrics.refusal_rules import HOLDS, NOT, REFUSALS, SOURCE, SPEAKS, ZH_SOURCE

LONGEST = 500
"""Characters of a clause that are read: a page without a full stop takes no longer."""

_AROUND = " *_`\"'>"  # spaces, and the marks of Markdown
_CONCEDES = r"(?:(?:even )?(?:though|although|whereas)|even if)"
_GIVES_REASON = r"(?:because|since|as|while|given|despite)"
_RELATES = r"(?:which|who|whose)"
_ZH_GRANTS = r"(?:虽然|尽管|因为|由于)"
_SUBJECT = rf"(?:(?:\w+ ){{0,2}}{SOURCE}|it|they|there|i|no|nothing)\b"
_DASH = r"(?: ?—+ ?| [-–]+ )"
_GUESS = (
    r"(?:maybe|perhaps|probably|possibly|i (?:think|believe|guess))\b"
    r"|(?=it (?:may|might|could) be (?!in\b|that\b|possible\b|found\b|(?:mention|describ|stat|cover)ed\b))"
)

_BRACKETS = re.compile(r" ?[(\[][^()\[\]]*(?:[)\]]|$)")
_ASIDE = re.compile(  # between a subject and its verb
    rf"(?:{_DASH}|, (?=(?:{_CONCEDES}|{_GIVES_REASON}|{_RELATES}|however)\b))[^;—]{{0,100}}?(?:{_DASH}|, )"
    r"(?=(?:is|are|was|were|do|does|did|has|have|can|could)\b)"
)
_OPENING = re.compile(  # what is granted, or what the reply rests on, up to the comma before the main clause
    rf"^(?:(?:{_CONCEDES}|{_GIVES_REASON}|based on|according to|(?:from|in|per|after) (?:\w+ ){{0,3}}{SOURCE})\b"
    rf"(?:.{{0,200}}?, (?=(?:it|they|i|there)\b)|[^,:]*[,:] )(?!{_CONCEDES}\b|but\b|however\b)"
    rf"|(?:{_ZH_GRANTS}|根据)[^,。]*, ?)"
)
_TURN = (
    r"(?:, )?\b(?:but|however)\b[\s,]*(?:i (?:think|believe|guess) )?|, yet\b|[,;。] ?(?:但是?|不过|然而|可是|只是)"
    rf"| ?[,;—–-]+ ?(?:{_GUESS}|可能|也许|大概)"
)
_END = re.compile(rf"({_TURN})|[;\n]|{_DASH}| \(|(?<=[.!?]) |(?<=[。！？])|(?<=\banswer):|, and (?={_SUBJECT})")
_REMARK = re.compile(  # "as I do not have the document" is none: it says why there is no answer
    rf",? {_CONCEDES}\b|(?<!^),?{_ZH_GRANTS}"
    rf"|(?:,? because|, (?:since|as|while|{_RELATES})| (?:since|as|while)(?= {_SUBJECT}))\b(?! (?:i|we|far|well)\b)"
    r"(?=.{0,200}\b(?:not|no|none|nothing|never|only)\b)"
)
_TELLS = (
    r"(?:mentions?|describes?|discuss(?:es)?|covers?|address(?:es)?|explains?|refers? to|(?:talks?|is|are) about"
    r"|speaks? of|deals? with|focus(?:es)? on"
    r"|(?:contains?|provides?|gives?|includes?|has|have) (?:\w+ )?(?:information|details?))"
)
_PREPARES = re.compile(  # what says a number, that something is so, or what it is, may be an answer
    r"^(?:the )?answer(?: is)?\W*$"
    r"|^(?:i|we) (?:have )?(?:looked|searched|checked|read|reviewed|can only)\b(?! that\b)\D*$"
    rf"|^(?:{_CONCEDES} |{_GIVES_REASON} )?(?:(?:\w+ ){{0,3}}{SOURCE}|they) (?:only |briefly )?{_TELLS}\b"
    rf"(?! that\b)(?:(?! as an? )\D)*$|^{ZH_SOURCE}[中里内]?[只仅]?(?:提到|提及|介绍|描述|讨论|涉及|说明)\D*$"
)
_GOES_ON = re.compile(rf"^(?:(?:it|they) )?(?={NOT} (?:{SPEAKS}|{HOLDS})\b)")


def clauses(text: str) -> Iterator[tuple[bool, str]]:
    """What a reply says, clause by clause, and of each whether it turns to something else ("but", "maybe").

    Left out are clauses that only prepare what follows ("The documents describe X; they do not say Y"), and of the
    others what they grant or give as a reason, what they add, and what they rest on. Who goes on about a source with
    "it" or "they" is read as if it were named again.

    Args:
        text: in lower case, its white space single spaces or line ends.
    """
    opening = _OPENING.match(text)
    main = _ASIDE.sub(" ", _BRACKETS.sub("", text[opening.end() :] if opening else text))
    source_spoke = opening is not None and _PREPARES.match(opening[0]) is not None
    turned = False
    for clause, turn in _parts(main):
        said = _REMARK.split(clause[:LONGEST].strip(_AROUND), maxsplit=1)[0].strip()
        if _PREPARES.match(said) and not REFUSALS.search(said):
            source_spoke = True
        elif any(character.isalnum() for character in said):
            yield turned, _GOES_ON.sub("the text ", said) if source_spoke else said
            turned = False
        turned = turned or turn


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Clauses as they stand, each with whether it ends in a turn."""
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.start()], end[1] is not None
        start = end.end()
    yield text[start:], False
