"""What `eval.metrics.support` weighs: how much of a response the evidence does not tell, and what it tells otherwise.

Every feature is 0 where nothing speaks against the response, and grows with what does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from math import log1p
from typing import NamedTuple

from eval.metrics.claims import Claim, claims
from eval.metrics.lexical import stem
from eval.metrics.support_numbers import Numbers
from eval.metrics.word_lists import OPPOSITES, PREFIXES

UNTOLD = ("words", "new_pairs", "best_sentence", "longest_stretch", "speaker", "question")
"""How much of the whole response is not there:

- words: the share of its words that the evidence lacks, 1 minus K-Precision
- new_pairs: how many pairs of neighbouring words are new, as log(1 + n)
- best_sentence: the share of content words that the evidence sentence nearest to each claim lacks
- longest_stretch: how many content words in a row are new, as log(1 + n)
- speaker: it speaks of itself or its reader where the evidence does not, 0 or 1
- question: it asks, 0 or 1
"""

ALTERED = (
    "number",
    "number_elsewhere",
    "unit",
    "name",
    "name_elsewhere",
    "negation",
    "opposite",
    "swapped",
    "turned_round",
)
"""What is told otherwise:

- number, name: one that the evidence does not hold, a day with its month among numbers, 0 or 1
- number_elsewhere, name_elsewhere: one that the nearest sentence does not hold, and others beside other words, 0 or 1
- unit: a number that the evidence has with another unit, per another time, or in the other half of the day, 0 or 1
- negation: more negators than the nearest sentence, or a word affirmed that is negated there, 0 or 1
- opposite: the opposite of a word in the nearest sentence, 0 or 1
- swapped: two words that would fit the evidence better in each other's place, 0 to 1
- turned_round: what stands before and what stands after a word would fit better the other way round, 0 to 1
"""

REACH = 4
"""Words at most this many content words apart count as near each other."""
LONGEST = 60
"""Words of a claim that are tried in each other's place: the effort grows with the square."""


class Source:
    """Evidence, ready to be looked up. The order of its texts and sentences does not matter."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.claims = sorted((claim for text in texts for claim in claims(text)), key=lambda claim: claim.text)
        self.words = Counter(word for claim in self.claims for word in claim.words)
        self.stems = frozenset(its_stem for claim in self.claims for its_stem in claim.stems)
        self.pairs = frozenset(pair for claim in self.claims for pair in pairwise(claim.stems))
        self.near = frozenset(
            (first, second)
            for claim in self.claims
            for place, first in enumerate(claim.content)
            for second in claim.content[place + 1 : place + 1 + REACH]
        )
        self.units: dict[str, set[str]] = {}
        for claim in self.claims:
            for number, unit in claim.numbers:
                self.units.setdefault(number, set()).add(unit)
        self.numbers = Numbers(self.claims)
        self.initials = "".join(word[0] for claim in self.claims for word in claim.words)
        self.speaks = any(claim.speaks for claim in self.claims)

    def best(self, claim: Claim) -> Claim | None:
        """The sentence that shares most with a claim, content words counting most; of equals the shortest."""
        content = frozenset(claim.content)
        return max(
            self.claims,
            key=lambda each: (
                len(content & each.stem_set) + 0.3 * len(claim.stem_set & each.stem_set),
                -len(each.words),
            ),
            default=None,
        )

    def has_number(self, number: str) -> bool:
        return number in self.units or number in self.words

    def has_name(self, name: str) -> bool:
        """Whether it holds the name, its singular, or words of which it is the initials."""
        return name in self.stems or name.removesuffix("s") in self.stems or (len(name) > 2 and name in self.initials)


@lru_cache(maxsize=256)
def source(texts: tuple[str, ...]) -> Source:
    """The same evidence is asked about many responses."""
    return Source(texts)


class Features(NamedTuple):
    untold: tuple[float, ...]
    altered: tuple[float, ...]


def features(found: Sequence[Claim], evidence: Source) -> Features:
    """The features of a response of at least one claim, in the order of `UNTOLD` and `ALTERED`.

    What is altered counts wherever it stands, since one wrong number makes a long answer wrong: of the claims, the
    greatest value.
    """
    beside = [(claim, evidence.best(claim)) for claim in found]
    altered = zip(*(_altered(claim, best, evidence) for claim, best in beside), strict=True)
    return Features(_untold(beside, evidence), tuple(map(max, altered)))


def _untold(beside: Sequence[tuple[Claim, Claim | None]], evidence: Source) -> tuple[float, ...]:
    words: Counter[str] = Counter()
    content = unmatched = stretch = new_pairs = 0
    for claim, best in beside:
        words.update(claim.words)
        telling = claim.content or claim.stems
        run = 0
        for its_stem in telling:
            run = 0 if its_stem in evidence.stems else run + 1
            stretch = max(stretch, run)
        content += len(telling)
        unmatched += sum(best is None or its_stem not in best.stem_set for its_stem in telling)
        new_pairs += sum(pair not in evidence.pairs for pair in pairwise(claim.stems))
    return (
        1 - sum(min(count, evidence.words[word]) for word, count in words.items()) / words.total(),
        log1p(new_pairs),
        unmatched / content,
        log1p(stretch),
        float(any(claim.speaks for claim, _ in beside) and not evidence.speaks),
        float(any(claim.asks for claim, _ in beside)),
    )


def _altered(claim: Claim, best: Claim | None, evidence: Source) -> tuple[float, ...]:
    """Of one claim; all 0 where there is no evidence that it could alter."""
    if best is None:
        return (0.0,) * len(ALTERED)
    there = frozenset(number for number, _ in best.numbers) | best.stem_set
    numbers = frozenset(number for number, _ in claim.numbers)
    number = not all(map(evidence.has_number, numbers)) or evidence.numbers.lacks_a_date(claim)
    name = not all(map(evidence.has_name, claim.names))
    spaced = not claim.in_characters
    return (
        float(number),
        float(not number and any(_is_stranger(each, claim, evidence) for each in numbers - there)),
        float(
            any(has_other_unit(each, unit, evidence) for each, unit in claim.numbers)
            or evidence.numbers.has_otherwise(claim)
        ),
        float(name),
        float(not name and any(_is_stranger(each, claim, evidence) for each in {*claim.names} - best.stem_set)),
        float(_denies(claim, best)),
        float(_has_opposite(claim, best)),
        _swapped(claim, evidence) if spaced else 0.0,
        _turned_round(claim, evidence) if spaced else 0.0,
    )


def _is_stranger(each: str, claim: Claim, evidence: Source) -> bool:
    """Whether a number or name stands beside words here that are near it nowhere in the evidence."""
    content = claim.content
    beside = {
        other
        for place, its_stem in enumerate(content)
        if its_stem == each
        for other in content[max(0, place - 2) : place + 3]
        if other not in claim.names
    }
    return bool(beside) and not any(
        (each, other) in evidence.near or (other, each) in evidence.near for other in beside
    )


def _denies(claim: Claim, best: Claim) -> bool:
    """Whether it has more negators than the best sentence, or says without one what has one there."""
    dropped = claim.negators < best.negators and not (best.negated - claim.negated).isdisjoint(claim.stem_set)
    return claim.negators > best.negators or dropped


def has_other_unit(number: str, unit: str, evidence: Source) -> bool:
    """Whether the evidence has the number, but with other units only."""
    known = evidence.units.get(number, set()) - {""}
    return bool(unit and known and unit not in known)


def _has_opposite(claim: Claim, best: Claim) -> bool:
    only_there = best.stem_set - claim.stem_set
    return any(not only_there.isdisjoint(_opposites(new)) for new in claim.stem_set - best.stem_set)


@lru_cache(maxsize=50_000)
def _opposites(word: str) -> frozenset[str]:
    """The stems of a stem's opposites, as far as there are such words."""
    prefixed = {prefix + word for prefix in PREFIXES}
    bare = {word.removeprefix(prefix) for prefix in PREFIXES if word.startswith(prefix) and len(word) > 5}
    return frozenset(_listed_opposites().get(word, set()) | prefixed | bare)


@cache
def _listed_opposites() -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for first, second in OPPOSITES:
        table.setdefault(stem(first), set()).add(stem(second))
        table.setdefault(stem(second), set()).add(stem(first))
    return table


def _swapped(claim: Claim, evidence: Source) -> float:
    """How many more pairs of neighbours the evidence would hold if two words changed places, as a share of 3."""
    stems, pairs, last = claim.stems, evidence.pairs, len(claim.stems) - 1
    content = frozenset(claim.content) & evidence.stems
    fits = [pair in pairs for pair in pairwise(stems)]
    places = [
        place
        for place, its_stem in enumerate(stems)
        if its_stem in content and not ((place == 0 or fits[place - 1]) and (place == last or fits[place]))
    ][:LONGEST]
    most = 0
    for index, first in enumerate(places):
        for second in places[index + 1 :]:
            trial = {first: stems[second], second: stems[first]}
            gain = 0
            for left in {first - 1, first, second - 1, second}:
                if 0 <= left < last:
                    pair = (trial.get(left, stems[left]), trial.get(left + 1, stems[left + 1]))
                    gain += (pair in pairs) - fits[left]
            most = max(most, gain)
    return min(most, 3) / 3


def _turned_round(claim: Claim, evidence: Source) -> float:
    """How many more near pairs there would be if all before one word and all after it changed places, as a share of 2.

    A passive turns them round and says the same, so a claim with "by" has 0.
    """
    content, near = claim.content, evidence.near
    if len(content) < 3 or "by" in claim.words:
        return 0.0
    most = 0
    for before, pivot, after in zip(content, content[1:], content[2:], strict=False):
        now = ((before, pivot) in near) + ((pivot, after) in near)
        turned = ((content[-1], pivot) in near) + ((pivot, content[0]) in near)
        most = max(most, turned - now)
    return most / 2
