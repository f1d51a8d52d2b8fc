"""Which answers may be right and are not counted: for their length, for how they say it, or as refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from corpora.model import Question, Record
from eval.metrics.abstention import declines
from eval.metrics.contradiction import contradicts_perhaps
from eval.metrics.correctness import correctness, correctness_at_any_length
from eval.metrics.in_a_sentence import may_be_right_in_a_sentence, may_deny_in_its_words
from eval.metrics.lexical import brevity, coverage, length, tokens
from eval.metrics.own_words import tells_most
from eval.metrics.registry import CORRECTNESS, RIGHT
from eval.metrics.terse import may_be_right, usual_words
from eval.metrics.yes_no import may_be_right_alone
from eval.outcomes import gives_nothing_asked
from eval.trial import Trial
from pipelines.contract import Answer

COPIED = 0.9
"""The share of an answer's words that stand in one text, in their order, from which it is called copied."""

MOST = 0.5
"""The share of that text which a copy has at least: a sentence or two that are quoted from it are no copy."""

SENTENCE = 8
"""Words from which a reference says more than what was asked for, so that a false answer may repeat most of it."""


class Lost(NamedTuple):
    """What the score of an answer may lack for its length, its few words, or since it reads like a refusal: for one of
    these, and no more than it has not earned.

    Attributes:
        share: 0 to 1.
        uncounted: whether it does not count as right, and would, or may be.
        why: it is too long, has too few words, does not say the yes or the no that is all of the reference, or is taken
            for a denial of it.
    """

    share: float = 0.0
    uncounted: bool = False
    why: Literal["too_long", "too_short", "in_a_sentence", "denying"] = "too_long"


class Lengths(Record):
    """Of one pipeline's answers to questions that have a right one: what may be right and is not counted, and why.

    What is copied from what was shown, or from the evidence, is not long for having much to say, and does not count so.
    What is too short has too few words of its reference (`eval.metrics.terse`), or is a bare yes or no; what is
    in a sentence may say what such a reference says (`eval.metrics.in_a_sentence`). What is taken for a denial of its
    reference may be none where more than one word turns it round (`eval.metrics.denials`). What reads like a refusal
    earns nothing and may be right where it holds most of what its reference adds to the question: "The first page does
    not say. The second says 30 days."

    Attributes:
        answers: how many there are, those that read like refusals and may be right among them.
        too_long: that would count as right if they were shorter, or may be right, as with a disclaimer after few words.
        too_short: that may be right and have too few words to count so.
        in_a_sentence: that may be right and say neither yes nor no, where the reference is one of these alone.
        denying: that may be right and are taken for denials of their references.
        like_refusals: that may be right and read like refusals.
        giving_nothing: that have a right answer's score, give nothing of what was asked and so do not count: the word
            of a mere "No" for something else, the words of the question.
        taken_from_long: what `brevity` takes from the mean correctness, 0 to 1, and what it may lack because of
            those that are too long and may be right.
        taken_from_short: what the mean may lack because of those that are too short, were all of them right, 0 to 1.
        taken_from_sentences: the same of those that say neither yes nor no.
        taken_from_denials: what it lacks because of those that are taken for denials.
        taken_from_refusals: the same of those that read like refusals.
    """

    answers: int = 0
    too_long: int = 0
    too_short: int = 0
    in_a_sentence: int = 0
    denying: int = 0
    like_refusals: int = 0
    giving_nothing: int = 0
    taken_from_long: float = 0.0
    taken_from_short: float = 0.0
    taken_from_sentences: float = 0.0
    taken_from_denials: float = 0.0
    taken_from_refusals: float = 0.0

    @property
    def taken(self) -> float:
        """What the mean correctness may lack of answers that are not counted, or not whole, at most."""
        otherwise = self.taken_from_sentences + self.taken_from_denials + self.taken_from_refusals
        return self.taken_from_long + self.taken_from_short + otherwise

    @property
    def uncounted(self) -> int:
        """How many answers may be right, and do not count so."""
        return self.too_short + self.too_long + self.in_a_sentence + self.denying + self.like_refusals

    @property
    def why(self) -> str:
        """What is with those that are uncounted: "are too short to count, or read like refusals"."""
        of_length = [what for what in ("too_long", "too_short") if getattr(self, what)]
        told = [f"are {' or '.join(of_length).replace('_', ' ')} to count"] if of_length else []
        return ", or ".join([*told, *self.said_otherwise(one=False)])

    def said_otherwise(self, one: bool) -> list[str]:
        """What is with those that are neither too long nor too short, of one answer or of several."""
        told = ["says neither yes nor no" if one else "say neither yes nor no"] if self.in_a_sentence else []
        told += ["is taken for a denial" if one else "are taken for denials"] if self.denying else []
        return told + (["reads like a refusal" if one else "read like refusals"] if self.like_refusals else [])

    def numbers(self, name: str) -> dict[str, float | None]:
        """What says that something is not counted, by its names in a reason of the recommendation."""
        kinds = ("too_long", "too_short", "in_a_sentence", "denying", "like_refusals")
        told = (*kinds, *(f"taken_from_{each}" for each in ("long", "short", "sentences", "denials", "refusals")))
        return {f"{name}.lengths.{what}": getattr(self, what) for what in told}


def lengths(questions: Mapping[str, Question], trials: Sequence[Trial]) -> Lengths:
    """Of the trials of one pipeline. What is taken is a mean over refusals and failures too, which lose nothing."""
    scores = [trial for trial in trials if (score := trial.scores.get(CORRECTNESS)) and score.value is not None]
    replies = [
        (question, trial.answer, trial.abstained)
        for trial in scores
        if trial.answer and (question := questions[trial.question_id]).right_answers
    ]
    said = [(question, answer) for question, answer, abstained in replies if not abstained]
    usual = usual_words(answer.response for _, answer in said)
    lost = [_lost(question, answer, usual) for question, answer in said]
    counted = Counter(each.why for each in lost if each.uncounted)
    like_refusals = sum(abstained and _tells(question, answer) for question, answer, abstained in replies)

    def taken(why: str) -> float:
        return sum(each.share for each in lost if each.why == why) / len(scores) if scores else 0.0

    return Lengths(
        answers=len(said) + like_refusals,
        too_long=counted["too_long"],
        too_short=counted["too_short"],
        in_a_sentence=counted["in_a_sentence"],
        denying=counted["denying"],
        like_refusals=like_refusals,
        giving_nothing=sum(gives_nothing_asked(question, answer.response) for question, answer in said),
        taken_from_long=taken("too_long"),
        taken_from_short=taken("too_short"),
        taken_from_sentences=taken("in_a_sentence"),
        taken_from_denials=taken("denying"),
        taken_from_refusals=like_refusals / len(scores) if scores else 0.0,  # they have earned 0
    )


def what_may_lack(question: Question, answer: Answer | None, usual: frozenset[str]) -> Lost:
    """What an answer may lack that is too long or too short to count whole, or reads like a refusal; nothing of a
    failure.

    Args:
        usual: what its pipeline says whatever it is asked (`usual_words`).
    """
    if answer is None or not question.right_answers:
        return Lost()
    if declines(answer.response, question.right_answers):
        tells = _tells(question, answer)
        return Lost(float(tells), uncounted=tells)  # refusals have earned 0
    return _lost(question, answer, usual)


def is_sentence(reference: str) -> bool:
    """Whether it has `SENTENCE` words or more."""
    return length(reference) >= SENTENCE


def _lost(question: Question, answer: Answer, usual: frozenset[str]) -> Lost:
    """What it loses by `brevity`, or all that it lacks where it may be right and has too few words of its reference,
    says neither yes nor no, or is taken for a denial.

    Who is too long for every reference is not too short, though a disclaimer may be all of that length.
    """
    as_long, rights = _lost_as_long(question, answer), question.right_answers
    too_long = all(_is_too_long(right, answer.response) for right in rights)
    if as_long.uncounted or (too_long and _is_copy(question, answer)):
        return as_long
    counted, response = max(correctness(right, answer.response) for right in rights), answer.response
    if counted < RIGHT and _may_be_too_short(question, response, usual):
        return Lost(1 - counted, uncounted=True, why="too_long" if too_long else "too_short")
    if counted < RIGHT and (whole := _if_it_denies_nothing(question, response)) >= RIGHT:
        return Lost(whole - counted, uncounted=True, why="denying")
    is_right = counted >= RIGHT and not gives_nothing_asked(question, response)
    if not is_right and may_be_right_in_a_sentence(question.user_input, rights, response, usual):
        return Lost(1 - counted, uncounted=True, why="too_long" if too_long else "in_a_sentence")
    return as_long


def _lost_as_long(question: Question, answer: Answer) -> Lost:
    """What an answer loses by `brevity`, and whether it would count as right without."""
    rights, response = question.right_answers, answer.response
    if not any(_is_too_long(right, response) for right in rights) or _is_copy(question, answer):
        return Lost()
    whole = max(correctness_at_any_length(right, response) for right in rights)
    counted = max(correctness(right, response) for right in rights)
    right_but_for_it = counted < RIGHT <= whole and not gives_nothing_asked(
        question, response, correctness_at_any_length
    )
    return Lost(whole - counted, right_but_for_it)


def _if_it_denies_nothing(question: Question, response: str) -> float:
    """The correctness of what is taken for a denial and may be none, were it none; 0 where it contradicts otherwise."""
    if gives_nothing_asked(question, response, coverage):
        return 0.0
    perhaps = (right for right in question.right_answers if contradicts_perhaps(right, response))
    return max((coverage(right, response) for right in perhaps), default=0.0)


def _may_be_too_short(question: Question, response: str, usual: frozenset[str]) -> bool:
    rights, asked = question.right_answers, question.user_input
    return any(may_be_right(asked, right, response, usual) for right in rights) or may_be_right_alone(
        asked, rights, response, usual
    )


def _is_too_long(reference: str, response: str) -> bool:
    return brevity(reference, response) < 1


def _tells(question: Question, answer: Answer) -> bool:
    """Whether a reply that reads like a refusal holds most of what a right answer adds to the question, or may say no
    in the question's words.
    """
    asked, response = question.user_input, answer.response
    told = any(tells_most(asked, right, response) for right in question.right_answers)
    return (told or may_deny_in_its_words(asked, response)) and not _is_copy(question, answer)


def _is_copy(question: Question, answer: Answer) -> bool:
    """Whether an answer is copied from what was shown, or from the evidence."""
    shown = [each.text for each in answer.retrieved_contexts]
    texts = {*shown, "\n".join(shown), *(each.text for each in question.reference_contexts)}
    return any(_copied(text, answer.response) for text in texts)


def _copied(text: str, response: str) -> bool:
    from rapidfuzz.distance import LCSseq

    words, said = tokens(text), tokens(response)
    common = LCSseq.similarity(words, said)
    return common >= COPIED * len(said) and common >= MOST * len(words)
