"""Whether an answer denies what its reference says, or affirms what that denies, by not, never and the like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

from eval.metrics.claims import Claim, claims
from eval.metrics.lexical import tokens
from eval.metrics.support_features import Source, source
from eval.metrics.word_lists import DENIERS, DOWNWARDS, FUNCTION_WORDS, HINGES, NEGATORS, UPWARDS

_HALF = re.compile(
    r"(?<!\bnothing)(?<!\banything)(?<!\ball)(?<!\bnone),? \bbut (?!also\b|rather\b)|,? (?:al)?though |,? whereas |; ",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"{_HALF.pattern}|, while |, (?=not\b)|\s(?:\(|[–—-]\s)(?=not\b)"
    r"|,? and (?=(?:\w+ )?not\b|never\b)",
    re.IGNORECASE,
)
"""Where a sentence of an answer may turn to something else. "Dogs and cats are not" stays whole: it denies both."""
_PUT_RIGHT = re.compile(r", (?=(?:it is|they are)\b)", re.IGNORECASE)
"""Where it may turn to what is so: "It is not in Room 11, it is in Room 12"."""
_REPLACES = re.compile(r"\b(?:rather than|instead of|in place of|as opposed to|anything but)\b", re.IGNORECASE)
"""What says of a bare answer that it is not so: "yearly rather than monthly"."""
_TURNING = NEGATORS | HINGES
_SETTING_APART = UPWARDS | DOWNWARDS | {"over", "other", "own"}
_ADDING_NOTHING = (
    FUNCTION_WORDS | NEGATORS | {"anymore", "currently", "ever", "however", "still", "yet"}
) - _SETTING_APART
_BINDING = {word for word in FUNCTION_WORDS if len(word) > 1}
"""What a bare reference need not be told with. A letter may be its name: drive D."""
_IT = ("it", "they")
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely|simply)\b", re.IGNORECASE)
_BARE = 2
"""Content words of a bare reference, at most."""


def denies(reference: str, response: str) -> bool:
    """Whether a part of a response denies a word of the nearest sentence of the reference, or affirms what is denied
    there, is about the same, and the two differ by an odd number of negators, "until" and the like counted: "not before
    9" does not deny "at 9".

    So for each half of the reference by itself, before and after a "but". Nothing is denied by a part that says
    something beyond that sentence ("Employees cannot approve their own requests"), where another part tells the
    sentence in full ("Managers can approve requests").

    Args:
        reference, response: with each denial written as "not" (`with_plain_denials`), and without those that set a
            bound ("not more than 5").
    """
    evidence, parts = source((reference,)), _parts(response)
    told = {claim.words for claim in evidence.claims}
    return (
        any(
            _denies_by_a_part(claim, evidence, parts)
            for claim in claims(response)
            if claim.words not in told and not _tells_what_is_bare(reference, claim.text, NEGATORS)
        )
        or _denies_a_half(reference, response, parts)
        or _denies_what_is_bare(reference, response)
    )


def may_be_turned_round(reference: str, response: str) -> bool:
    """Whether a denial between two texts is less than plain, since they differ by more than one turning word, or by one
    that limits ("only"), or since another part of the response may turn it round: "They can enter only with a sponsor"
    denies nothing of "They cannot enter without one".

    Args:
        reference, response: as `denies` takes them.
    """
    wanted, given = (Counter(word for word in tokens(text) if word in _TURNING) for text in (reference, response))
    differing = (wanted - given) + (given - wanted)
    return differing.total() > 1 or not HINGES.isdisjoint(differing) or len(_parts(response)) > 1


def is_bare(reference: str) -> bool:
    """Whether a reference is so short that whoever names it tells it, if only to deny it: "Plan A", "enabled"."""
    bare = claims(reference)
    return len(bare) == 1 and 0 < len(bare[0].content) <= _BARE and not bare[0].negators and not bare[0].in_characters


def _denies_what_is_bare(reference: str, response: str) -> bool:
    """Whether a response has all words of a bare reference in a part of it, and each such part denies one of them: "It
    is not enabled by default." beside "enabled".

    Words are compared as they are written, but for a plural: "You need not enable it" does not deny "enabled".
    """
    if not is_bare(reference) or _NOT_ONLY.search(response) or not HINGES.isdisjoint(tokens(response)):
        return False
    bare = _words_of_bare(reference)
    named = any(bare.issubset(map(_singular, part.words)) for part in _smaller_parts(response))
    return named and not _tells_what_is_bare(reference, response, DENIERS)


def _tells_what_is_bare(reference: str, text: str, negators: Set[str]) -> bool:
    """Whether a part of a text has the words of a bare reference, and denies none of them by one of some negators."""
    if not is_bare(reference):
        return False
    bare = _words_of_bare(reference)
    return any(bare <= _freely(part, bare, negators) for part in _smaller_parts(text))


def _smaller_parts(text: str) -> tuple[Claim, ...]:
    return _parts(_PUT_RIGHT.sub("\n", _REPLACES.sub("not", text)))


def _words_of_bare(reference: str) -> set[str]:
    return {_singular(word) for word in claims(reference)[0].words if word not in _BINDING}


def _freely(part: Claim, bare: Set[str], negators: Set[str]) -> set[str]:
    """The words of a bare reference that stand somewhere in a part without a negator before them.

    Words of the reference and such as add nothing may be between: York is not free in "not in New York", nor
    "encrypted" in "not currently encrypted".
    """
    free: set[str] = set()
    denied = False
    for word in part.words:
        if (name := _singular(word)) in bare:
            free |= set() if denied else {name}
        elif word in NEGATORS or word not in _ADDING_NOTHING:
            denied = word in negators
    return free


def _singular(word: str) -> str:
    return word.removesuffix("s")


def is_about_the_same(claim: Claim, best: Claim, differing: frozenset[str]) -> bool:
    """Whether a sentence shares at least half of its content words with another, apart from those that differ."""
    others = [its_stem for its_stem in claim.content if its_stem not in differing]
    return 2 * sum(its_stem in best.stem_set for its_stem in others) >= len(others)


def _parts(text: str) -> tuple[Claim, ...]:
    return claims(_PART.sub("\n", text))


def _denies_by_a_part(claim: Claim, evidence: Source, parts: Sequence[Claim]) -> bool:
    """Whether a part of a sentence denies something: "It is free, but calls are not" has a denial too many as a whole.

    Unless the whole denies too, that part has all that the sentence shares with the reference: "Interns get a meal, but
    no bonus" does not affirm a bonus, and "and are not included" does not tell what it is about.
    """
    return any(
        (_tells_all_of_it(part, claim, evidence) or _denies(claim, evidence))
        and _denies(part, evidence)
        and not _is_set_apart(part, evidence, parts)
        for part in _parts(claim.text)
    )


def _tells_all_of_it(part: Claim, claim: Claim, evidence: Source) -> bool:
    """Whether a part of a claim has what the claim has of the nearest sentence, and that is more than one word."""
    best = evidence.best(part)
    shared = claim.stem_set.intersection(best.content) if best else frozenset[str]()
    return len(shared) > 1 and part.stem_set.issuperset(shared)


def _denies_a_half(reference: str, response: str, parts: Sequence[Claim]) -> bool:
    """Whether a half of a sentence of the response, before or after a "but", denies a half of the reference and has
    nothing of the others: "It runs not on Linux" beside "It runs on Linux, but not on Windows".
    """
    halves = _HALF.sub("\n", reference)
    if halves == reference:
        return False
    evidence = source((halves,))
    told = {claim.words for claim in evidence.claims}
    for claim in claims(_HALF.sub("\n", response)):
        best = evidence.best(claim)
        others = {its_stem for each in evidence.claims if each is not best for its_stem in each.content}
        only_there = others - best.stem_set if best else others
        if claim.words in told or not only_there.isdisjoint(claim.content):
            continue
        if _denies(claim, evidence) and not _is_set_apart(claim, evidence, parts):
            return True
    return False


def _denies(claim: Claim, evidence: Source) -> bool:
    best = evidence.best(claim)
    if best is None or not _differ(claim, best) or _tells_a_half(claim, best):
        return False
    denied = (claim.denied - best.negated) & best.stem_set
    affirmed = (best.denied - claim.negated) & claim.stem_set
    if bool(denied or affirmed) and is_about_the_same(claim, best, denied | affirmed):
        return True
    return _has_none(claim, best) or _has_none(best, claim)


def _has_none(claim: Claim, other: Claim) -> bool:
    """Whether a claim has by a "no" none of what another has: "No deposit is required" beside "A deposit is required".

    It has no word that the other lacks ("No log is deleted" does not deny "Logs are kept"), and neither has anything
    else that turns it round.
    """
    turning = [place for place, word in enumerate(claim.words) if word in _TURNING]
    if [claim.words[place] for place in turning] not in (["no"], ["without"]) or not _TURNING.isdisjoint(other.words):
        return False
    behind = claim.words[turning[0] + 1 :]
    names_it = bool(behind) and behind[0] not in FUNCTION_WORDS
    return names_it and other.stem_set.issuperset(claim.content)


def _differ(claim: Claim, other: Claim) -> bool:
    """Whether one of two sentences turns round what the other says: they differ by an odd number of turning words."""
    return sum(word in _TURNING for word in (*claim.words, *other.words)) % 2 == 1


def _tells_a_half(claim: Claim, best: Claim) -> bool:
    """Whether a claim holds a half of a sentence, and says each that it holds as it is said there."""
    held = [half for half in claims(_HALF.sub("\n", best.text)) if _holds(claim, half)]
    return bool(held) and not any(_differ(claim, half) for half in held)


def _holds(claim: Claim, other: Claim, named: Sequence[str] = ()) -> bool:
    """Whether a claim, and what else it names, has all content words of another."""
    return claim.stem_set.union(named).issuperset(other.content)


def _is_set_apart(claim: Claim, evidence: Source, parts: Sequence[Claim]) -> bool:
    """Whether a claim says something beyond the nearest sentence, and a part of the response tells that sentence; "it"
    may be what the claim begins with: "It is not in the free plan" beside "The feature is in the Pro plan".
    """
    best = evidence.best(claim)
    if best is None or len(best.words) <= _BARE or _ADDING_NOTHING.issuperset(set(claim.words) - set(best.words)):
        return False
    return any(
        not _differ(part, best) and _holds(part, best, claim.content[:1] if part.words[0] in _IT else ())
        for part in parts
    )
