"""Does the evidence bear out what a response claims? A faithfulness metric without a model, beyond shared words.

K-Precision counts words and so misses what a single word can turn round: a number, a name, a negation, who does what to
whom. Here two things must hold. The evidence tells it: not much of the response is missing from it. And nothing is
altered: no claim of the response says it otherwise. Each is a logistic function of the features in
`eval.metrics.support_features`, and the score is their product, fitted as one to people's labels and to altered true
sentences by `benchmarks/fit_support.py`, which writes `support.json` beside this module.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from corpora.model import Record
from eval.metrics import support_features
from eval.metrics.claims import Claim, claims
from eval.metrics.courtesies import without_courtesies
from eval.metrics.lexical import tokens
from eval.metrics.opening import without_opening
from eval.metrics.spelling import without_accents

WEIGHTS = Path(__file__).with_suffix(".json")


class Logistic(Record):
    """The chance that all is well, which falls with each feature: weights are 0 or more, in the features' order."""

    bias: float
    weights: dict[str, float]

    def __call__(self, features: Sequence[float]) -> float:
        weighted = sum(weight * value for weight, value in zip(self.weights.values(), features, strict=True))
        return 1 / (1 + math.exp(weighted - self.bias))


class Weights(Record):
    """What was fitted. Text without spaces, whose words are characters, has its own weights for what is missing."""

    told_in_words: Logistic
    told_in_characters: Logistic
    unaltered: Logistic


def support(evidence: Sequence[str], response: str) -> float:
    """The chance that people would call the whole response borne out by the evidence, 0 to 1.

    How much is missing is taken over the whole response; what is altered counts wherever it stands, since one wrong
    number makes a long answer wrong. The order of the evidence does not matter. A response copied from the evidence
    scores high whether or not it answers. An empty response, which claims nothing, has 1.
    """
    found = claimed(response) if tokens(response) else ()
    if not found:
        return 1.0
    weights = load_weights()
    in_characters = 2 * sum(claim.in_characters for claim in found) > len(found)
    told = weights.told_in_characters if in_characters else weights.told_in_words
    untold, altered = support_features.features(found, evidence_of(evidence))
    return told(untold) * weights.unaltered(altered)


def claimed(response: str) -> tuple[Claim, ...]:
    """The sentences of a response that claim something: courtesies and lead-ins do not, nor does the yes or no that it
    opens with, which answers the question and denies nothing of the evidence; unless they are all of it.
    """
    plain = without_accents(response)
    said = without_courtesies(plain)
    return claims(without_opening(said)) or claims(said) or claims(plain)


def evidence_of(texts: Sequence[str]) -> support_features.Source:
    """The evidence that claims are looked up in, without accents as they are: Jose stands in "José"."""
    return support_features.source(tuple(map(without_accents, texts)))


@cache
def load_weights() -> Weights:
    return Weights.model_validate(json.loads(WEIGHTS.read_text(encoding="utf-8")))
