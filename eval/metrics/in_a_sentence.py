"""Answers in a sentence, where the reference is a mere yes or no: what they say to the question, as far as words tell.

"The warranty does not cover water damage." holds no word of "No", and "Shipping is free with no minimum order." does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import takewhile

from eval.metrics.asked import asks_yes_or_no, parts_of
from eval.metrics.claims import Claim, claims
from eval.metrics.contradiction import contradicts, with_plain_denials
from eval.metrics.lexical import length, stem, tokens
from eval.metrics.opening import Said, opens_with, without_lead_in
from eval.metrics.spelling import written_out
from eval.metrics.word_lists import DENIERS, FUNCTION_WORDS, HINGES, NEGATORS, OF_BEING_THERE, TELLING_NOTHING
from eval.metrics.yes_no import said_alone

_ECHO = re.compile(  # "You can.", "It does, from version 4 onwards."
    r"\W*(?:i|it|you|we|they|he|she|one|that|this|these|those) (?:am|is|are|was|were|do|does|did|can|could|may|might"
    r"|must|shall|should|has|have|had|will|would)\b(?! no\b)( not\b)?",
    re.IGNORECASE,
)
_BINDING = frozenset(map(stem, TELLING_NOTHING))
_DENIALS = DENIERS | {"no"}
_TURNS = NEGATORS | HINGES | {"but", "however", "although", "though", "if", "但"}
_NO = re.compile(r"\bno\b", re.IGNORECASE)
_NO_THING = re.compile(r"\bno\s+\w", re.IGNORECASE)
_ASKS_FOR_A_THING = re.compile(
    r"\b(?:there(?: be)?|have|has|got|need|require|offer|provide|charge|pay)\s+(?:(?:a|an|any|some|the|to pay)\s+)*"
    r"(?P<thing>\w.*)",
    re.IGNORECASE | re.DOTALL,
)
_ADDING_NOTHING = frozenset(map(stem, OF_BEING_THERE))
_OR = re.compile(r"\bor\b|还是|或", re.IGNORECASE)
_FEW = 3
"""Words of a reference that is a mere predicate, at most."""


def may_be_right_in_a_sentence(
    question: str, references: Sequence[str], response: str, usual: Set[str] = frozenset()
) -> bool:
    """Whether an answer may be right that does not say the yes or the no that is all of a reference.

    The question asks for one. The answer opens with the same in another word ("Absolutely!", "You can."), or it has a
    content word of the question, unless it says the opposite: by its opening, or plainly (`says_plainly`).

    Args:
        usual: terms that this pipeline says whatever it is asked (`eval.metrics.terse.usual_words`).
    """
    wanted = {said_alone(reference) for reference in references} - {None}
    if not wanted or not asks_yes_or_no(question):
        return False
    said = opens_with(response) or says_plainly(question, response, usual) or _echoed(response)
    return said in wanted if said else any(_is_about(asked, claims(response)) for asked in _asked(question))


def may_be_right_beside_a_predicate(question: str, references: Sequence[str], response: str) -> bool:
    """Whether an answer that opens with yes or no ("Yes, under Settings.") may be right to a question that asks for
    one, where a reference is neither and has few words: "Supported", "不支持".

    Such a reference is a yes if its words are the question's, and a no if it denies; of others ("Optional", "Free")
    nobody here knows which they are. The answer does not contradict it.
    """
    said = opens_with(response)
    if said is None or not asks_yes_or_no(question) or _OR.search(question):
        return False
    predicates = [each for each in references if length(each) <= _FEW and not said_alone(each)]
    return any(
        _said_by_a_predicate(question, each) in (None, said) and not contradicts(each, response) for each in predicates
    )


def _said_by_a_predicate(question: str, reference: str) -> Said | None:
    words = tokens(with_plain_denials(reference))
    if not _DENIALS.isdisjoint(words):
        return "no"
    asked = {stem(word) for word in tokens(question)}
    return "yes" if all(stem(word) in asked for word in words) else None


def may_deny_in_its_words(question: str, response: str) -> bool:
    """Whether what reads like a refusal may be a no, since it has no content words but the question's: "That is not
    covered.", asked whether it is.
    """
    if not asks_yes_or_no(question):
        return False
    asked = frozenset[str]().union(*(part.stem_set for part in _asked(question)))
    said = [its_stem for claim in claims(with_plain_denials(response)) for its_stem in claim.content]
    return bool(said) and asked.issuperset(said)


def _echoed(response: str) -> Said | None:
    """The yes or no of who takes up the verb of the question alone: "It does.", "Unfortunately, they can't."."""
    echo = _ECHO.match(written_out(without_lead_in(response)))
    return None if echo is None else "no" if echo[1] else "yes"


def denies_in_passing(question: str, reference: str, response: str) -> bool:
    """Whether a response has the word of a mere "No" for something else: "Shipping is free with no minimum order."

    "No credit card is needed" beside "Do I need a credit card?" denies plainly what was asked, and so does "There is no
    pool on site" beside "Does the hotel have a pool?".
    """
    if said_alone(reference) != "no" or opens_with(response) or len(_NO.findall(response)) == 0:
        return False
    in_passing = len(_NO.findall(response)) == len(_NO_THING.findall(response)) and not said_alone(response)
    if not in_passing or not asks_yes_or_no(question):
        return False
    return says_plainly(question, response) != "no" and not _denies_the_thing(question, without_lead_in(response))


def _denies_the_thing(question: str, response: str) -> bool:
    """Whether a response says "no" of the thing that a question asks for, and nothing that may turn it round.

    The question asks whether there is one, or whether somebody has or needs it. What the "no" stands before is that
    thing, or it with fewer words, and the sentence has no other words but the question's and `_ADDING_NOTHING`.
    """
    asked, found = _asked(question), claims(with_plain_denials(response))
    denying = [claim for claim in found if "no" in claim.words]
    turns = _TURNS | {"and", "or"}
    if len(denying) != 1 or sum(word in turns for claim in (*asked, *found) for word in claim.words) != 1:
        return False
    told = denying[0]
    denied = _thing(told.words[told.words.index("no") + 1 :])
    known = frozenset().union(*(claim.stem_set for claim in asked)) | _BINDING | _DENIALS | _ADDING_NOTHING
    things = [_thing(claims(each["thing"])[0].words) for part in asked if (each := _ASKS_FOR_A_THING.search(part.text))]
    return told.stem_set <= known and any(
        thing and thing[-1] in denied and set(denied) <= set(thing) for thing in things
    )


def _thing(words: Sequence[str]) -> list[str]:
    """The stems of the words up to the first that only binds a sentence, but for `_ADDING_NOTHING`."""
    named = takewhile(lambda word: word not in FUNCTION_WORDS, words)
    return [its_stem for its_stem in map(stem, named) if its_stem not in _ADDING_NOTHING]


def says_plainly(question: str, response: str, usual: Set[str] = frozenset()) -> Said | None:
    """The yes or no of a response that repeats the question's words, or denies them once by "not", "no" or "never", and
    adds nothing that may turn it round; None where that cannot be told.

    One sentence of it has the words of the question and no other, but for those that only bind. No sentence beside it
    denies, limits or takes back anything.
    """
    asked = _asked(question)
    if any(not _TURNS.isdisjoint(part.words) for part in asked):
        return None
    found = claims(with_plain_denials(response))
    about = [claim for claim in found if any(_repeats(claim, part, usual) for part in asked)]
    others = [claim for claim in found if claim not in about]
    if len(about) != 1 or any(not _TURNS.isdisjoint(claim.words) for claim in others):
        return None
    denials = sum(word in _DENIALS for word in about[0].words)
    if denials > 1:
        return None
    return "no" if denials else "yes"


def _asked(question: str) -> tuple[Claim, ...]:
    """The sentences of a question that ask for a yes or a no; all where no sentence by itself does."""
    parts = [part.text for part in parts_of(question)]
    asking = [part for part in parts if asks_yes_or_no(part)] or parts
    return tuple(claim for part in asking for claim in claims(with_plain_denials(part)))


def _is_about(asked: Claim, found: Sequence[Claim]) -> bool:
    return any(not claim.stem_set.isdisjoint(asked.content) for claim in found)


def _repeats(claim: Claim, asked: Claim, usual: Set[str]) -> bool:
    """Whether a sentence has all words of a question, and no others but denials."""
    own = claim.stem_set - _BINDING - _DENIALS
    return bool(asked.stem_set - _BINDING) and asked.stem_set - _BINDING <= own <= asked.stem_set | usual
