"""Whether a trial counts as right: the one yes/no that is made of its scores."""

from __future__ import annotations

from collections.abc import Callable

from corpora.model import Question
from eval.metrics.bare_answers import deciding
from eval.metrics.correctness import correctness
from eval.metrics.how_much import gives_no_number
from eval.metrics.in_a_sentence import denies_in_passing
from eval.metrics.own_words import only_repeats
from eval.metrics.registry import CORRECTNESS, METRICS, RIGHT
from eval.trial import Trial


def is_right(question: Question, trial: Trial) -> bool:
    """Correctness at its threshold, with something of what was asked for, or a refusal where there is no answer; a
    failure is never right.
    """
    said = trial.answering(question).answer
    if said is None:
        return False
    if not question.answerable:
        return trial.abstained
    score = trial.scores.get(CORRECTNESS)
    says_yes = score is not None and METRICS[CORRECTNESS].says_yes(score.value)
    return says_yes and not gives_nothing_asked(question, said.response)


def gives_nothing_asked(
    question: Question, response: str, measure: Callable[[str, str], float] = correctness, threshold: float = RIGHT
) -> bool:
    """Whether a response reaches the threshold and gives nothing of what was asked for.

    It holds no more than the question's own words: "It keeps its logs in cold storage", asked for how long, where the
    reference is that sentence with "for 30 days"; no number where one is asked for: "... for several days"; or the
    word of a mere "No" for something else: "Shipping is free with no minimum order".

    Args:
        measure: how well a response, the second, gives a reference, 0 to 1.
    """
    rights = deciding(question.right_answers, response)
    missed = {right for right in rights if _misses(question.user_input, right, response)}
    if not missed:
        return False
    reached = {right for right in rights if measure(right, response) >= threshold}
    return bool(reached) and reached <= missed


def _misses(asked: str, reference: str, response: str) -> bool:
    return (
        only_repeats(asked, reference, response)
        or gives_no_number(asked, reference, response)
        or denies_in_passing(asked, reference, response)
    )
