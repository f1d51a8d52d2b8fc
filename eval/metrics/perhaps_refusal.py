"""What a reply to a question without an answer may be, beside what the rules take it for: a refusal, or an invention.

The rules of refusals (`eval.metrics.refusal_rules`) list wordings, of which there is no end. Here little is asked for,
so that hardly any refusal is missed, nor any invention behind one; many an invented denial is taken for a possible
refusal: docs/metrics.md says how many.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics import refusal_signs as signs
from eval.metrics.as_said import as_said
from eval.metrics.asked import asks_yes_or_no
from eval.metrics.claims import Claim, claims
from eval.metrics.clauses import PREPARES
from eval.metrics.courtesies import without_courtesies
from eval.metrics.opening import opens_with
from eval.metrics.refusal_rules import REFUSALS
from eval.metrics.spelling import written_out
from eval.metrics.support_features import Source, source
from eval.metrics.word_lists import NEGATORS, SPEAKERS

_SPEAKERS = SPEAKERS - {"you", "your", "yours", "您", "你"}

QUOTED = 4
"""Words of a part, from which on one that stands in a text that was shown is quoted from it, and made up by nobody:
"It is 25 days" stands in many.
"""


def may_be_refusal(question: str, reply: str) -> bool:
    """Whether a reply that no rule takes for a refusal may be one.

    A part of it declines: a rule for refusals says so, or it denies, and speaks of knowing or telling, of a text, or of
    itself. Or else the reply opens with neither yes nor no, no part tells a number or a name that the question lacks,
    and one denies or lacks something, sends the asker elsewhere, or says what a text is about.
    """
    asked, said = source((question,)), _parts(reply)
    if any(_declines(part) and (not _has_number(part, asked) or _tells_nothing(part)) for part in said):
        return True
    if any(map(_is_of_a_text, said)) and any(_denies(part) and not _tells(part, asked) for part in said):
        return True
    if opens_with(reply) or any(_tells(part, asked) and not _hints(part) for part in said):
        return False
    return any(
        _hints(part) or (_denies(part) and not _names(part, asked)) for part in said if not _has_number(part, asked)
    )


def may_be_invention(question: str, refusal: str, shown: Sequence[str] = ()) -> bool:
    """Whether a reply that reads like a refusal may be made up.

    It is a bare denial, which speaks neither of a text nor of who speaks, nor of knowing or telling ("This is not
    covered."). Or a part of it, behind what declines, tells something that the question does not, and is not quoted
    from what was shown: "I do not know for certain. It is 30 days."
    """
    asked, texts, whether = source((question,)), source(tuple(shown)), asks_yes_or_no(question)
    said = _parts(signs.SOFTENS.sub("", signs.LEADS_IN.sub("", without_courtesies(as_said(refusal)))))
    if any(_adds(part, asked, whether) and not _is_quoted(part, texts) for part in said):
        return True
    return any(map(_denies, said)) and not any(_speaks(part) or signs.OF_KNOWING.search(_plain(part)) for part in said)


def _parts(reply: str) -> tuple[Claim, ...]:
    """What a reply says, clause by clause, in words that are written out."""
    pieces = signs.PART.split(signs.HOWEVER.sub(" ", written_out(as_said(reply).replace("’", "'"))))
    return tuple(part for piece in pieces for part in claims(piece))


def _declines(part: Claim) -> bool:
    plain = _plain(part)
    if REFUSALS.search(plain) or signs.NO_MORE.search(plain):
        return True
    tells = signs.OF_KNOWING.search(plain) or signs.GIVES_NONE.search(plain)
    return _denies(part) and (tells is not None or _speaks(part))


def _tells_nothing(part: Claim) -> bool:
    """Whether it is of a text, or of who speaks, that a part says that it does not tell, whatever number it has."""
    plain = _plain(part)
    if REFUSALS.search(plain) or signs.NO_MORE.search(plain):
        return True
    knows = signs.OF_KNOWING.search(plain) is not None and signs.BOUNDS.search(plain) is None
    return knows and _speaks(part) and _denies(part)


def _hints(part: Claim) -> bool:
    """Whether a part has something of a refusal beside a denial."""
    plain = _plain(part)
    return bool(
        _is_about(plain)
        or signs.LOOKED.search(plain)
        or signs.LACKS.search(plain)
        or signs.SOFTENS.search(plain)
        or signs.SENDS.search(plain)
        or signs.OFFERS.search(plain)
        or (_denies(part) and _speaks(part))
    )


def _adds(part: Claim, asked: Source, whether: bool) -> bool:
    """Whether a part of a refusal tells something: a number or a name that the question lacks, or words half of which
    are not the question's; where that asks `whether` something is so, its own words tell it.
    """
    plain = _plain(part)
    if _has_number(part, asked):
        return not _tells_nothing(part) and not signs.SENDS.search(plain)
    if _declines(part) or any(each.search(plain) for each in (signs.SENDS, signs.OFFERS, signs.ASIDE)):
        return False
    if _names(part, asked):
        return not (signs.LACKS.search(plain) and signs.AT_ITS_HEAD.match(plain))
    if signs.LACKS.search(plain) or signs.LOOKED.search(plain) or PREPARES.search(plain) or _is_about(plain):
        return False
    told = [stem for stem in part.content if not signs.OF_KNOWING.search(stem)]
    new = [stem for stem in told if stem not in asked.stems]
    return bool(told) and (whether or 2 * len(new) >= len(told))


def _is_quoted(part: Claim, shown: Source) -> bool:
    """Whether a sentence that was shown has all words of a part, which are not few."""
    best = shown.best(part)
    return best is not None and len(part.content) >= QUOTED and best.stem_set.issuperset(part.content)


def _is_of_a_text(part: Claim) -> bool:
    """Whether it tells what a text holds, and not that something is so by it."""
    plain = _plain(part)
    return signs.AT_ITS_HEAD.match(plain) is not None and signs.SAYS_THAT.search(plain) is None


def _is_about(plain: str) -> bool:
    return signs.AT_ITS_HEAD.match(plain) is not None and signs.COVERS.search(plain) is not None


def _speaks(part: Claim) -> bool:
    """Whether it is about a text, or about who speaks."""
    return not _SPEAKERS.isdisjoint(part.words) or signs.OF_A_TEXT.search(_plain(part)) is not None


def _denies(part: Claim) -> bool:
    return not NEGATORS.isdisjoint(part.words)


def _tells(part: Claim, known: Source) -> bool:
    return _has_number(part, known) or _names(part, known)


def _has_number(part: Claim, known: Source) -> bool:
    return any(not known.has_number(number) for number, _ in part.numbers)


def _names(part: Claim, known: Source) -> bool:
    return any(not known.has_name(name) for name in part.names)


def _plain(part: Claim) -> str:
    return part.text.casefold().strip()
