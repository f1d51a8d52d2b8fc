"""How many answers of a pipeline may be right and are not counted, why, and what its correctness may lack of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from corpora.model import Record
from eval.assessed import Assessed
from eval.lacking import Lacking, Why
from eval.numbers import count, counted, score
from eval.outcomes import gives_nothing_asked

SAID_OTHERWISE: Mapping[Why, tuple[str, str]] = {
    "in_a_sentence": ("says neither yes nor no", "say neither yes nor no"),
    "denying": ("is taken for a denial", "are taken for denials"),
    "like_refusals": ("reads like a refusal", "read like refusals"),
    "cut_off": ("was cut off before it said anything", "were cut off before they said anything"),
}
"""What is with an answer, and with several, that are neither too long nor too short."""


UNCOUNTED_MATTERS = 0.05
"""What may be lacking of a mean correctness, for one reason, without being told of."""


class Kind(Record):
    """What is not counted for one reason.

    Attributes:
        answers: that may be right.
        taken: what the mean correctness may lack because of them, were all of them right, 0 to 1.
    """

    answers: int = 0
    taken: float = 0.0


class Uncounted(Record):
    """Of one pipeline's answers to questions that have a right one.

    Attributes:
        asked: how often such questions were asked.
        answers: how many there are, those that read like refusals and may be right among them.
        giving_nothing: that have a right answer's score, give nothing of what was asked and so do not count: the word
            of a mere "No" for something else, the words of the question.
        in_other_words: that may be right in other words, as far as `eval.borne_out` tells, and are none of those below.
            What the mean lacks of them is in no number here.
        too_long: that would count as right if they were shorter, or may be right, as with a disclaimer after few words;
            `taken` is also what `brevity` takes from those that count. What is copied from what was shown, or from the
            evidence, is not long for having much to say.
        too_short: that have too few words of their reference (`eval.metrics.terse`), are a bare yes or no, or open
            with one beside a reference of few words that is neither (`may_be_right_beside_a_predicate`), deny what was
            asked beside a mere "None", "No support" or "0" (`eval.metrics.beside_none`), or lift a limit beside
            "Unlimited projects", or a mere "Unlimited" and say more (`may_give_no_limit`).
        in_a_sentence: that say neither yes nor no, where the reference is one of these alone
            (`eval.metrics.in_a_sentence`).
        denying: that are taken for denials of their references, and may be none where more than one word turns them
            round (`eval.metrics.denials`).
        like_refusals: that read like refusals, which earn nothing, and hold most of what their reference adds to the
            question: "The first page does not say. The second says 30 days."
        cut_off: that ran into the limit of tokens before they said anything, as reasoning does.
        failed: that never came, and are none of `answers`.
        cut_short: how many ran into the limit of tokens and do not count as right, those that said something among
            them. What these lack is in no number here: a rambling answer is cut off, too.
    """

    asked: int = 0
    answers: int = 0
    giving_nothing: int = 0
    in_other_words: int = 0
    too_long: Kind = Kind()
    too_short: Kind = Kind()
    in_a_sentence: Kind = Kind()
    denying: Kind = Kind()
    like_refusals: Kind = Kind()
    cut_off: Kind = Kind()
    failed: Kind = Kind()
    cut_short: int = 0

    @property
    def kinds(self) -> dict[Why, Kind]:
        return {why: getattr(self, why) for why in get_args(Why)}

    @property
    def taken(self) -> float:
        """What the mean correctness may lack of answers that are not counted, or not whole, and of failures, at
        most.
        """
        return sum(kind.taken for kind in self.kinds.values())

    @property
    def may_be_right(self) -> int:
        """How many answers may be right, and do not count so."""
        return sum(kind.answers for kind in self.kinds.values()) - self.failed.answers

    @property
    def perhaps(self) -> int:
        """How many may be right, and do not count so, for how they are worded too."""
        return self.may_be_right + self.in_other_words

    @property
    def failing(self) -> str:
        """How often it failed: 7 of 32 times."""
        return f"{count(self.failed.answers)} of {counted(self.asked, 'time')}"

    @property
    def unsettled(self) -> bool:
        """Whether any answer may be right and does not count so, or never came."""
        return bool(self.perhaps or self.failed.answers)

    @property
    def why(self) -> str:
        """What is with those that may be right: "are too short to count, or read like refusals"."""
        one = self.perhaps == 1
        of_length = [why for why in ("too_long", "too_short") if self.kinds[why].answers]
        told = [f"{'is' if one else 'are'} {' or '.join(of_length).replace('_', ' ')} to count"] if of_length else []
        reworded = [f"{'says' if one else 'say'} it in other words"] if self.in_other_words else []
        return ", or ".join([*told, *self._said_otherwise(one), *reworded])

    def _said_otherwise(self, one: bool) -> list[str]:
        """What is with those that are neither too long nor too short, of one answer or of several."""
        return [told[not one] for why, told in SAID_OTHERWISE.items() if self.kinds[why].answers]

    def why_too_low(self, name: str) -> Iterator[str]:
        """Why the correctness of the pipeline of that name may be too low, in sentences: for the length of its answers,
        for how they say what is right, for its failures.
        """
        taken = self.taken - self.failed.taken
        if taken > 2 * self.too_long.taken or (self.may_be_right and not taken):
            unsure = self.may_be_right - self.too_long.answers
            one = unsure == 1
            short = "has too few of its reference's words" if one else "have too few of their references' words"
            why = [f"{short} to count so"] if self.too_short.answers else []
            why += self._said_otherwise(one)
            share = f"{count(unsure)} of {counted(self.answers, 'answer')} of {name}"
            yield f"But {share} may be right and {', or '.join(why)}."
        elif taken:
            some = self._said_otherwise(one=False)
            because = f" and because some {' or '.join(some)}" if some else ""
            why_low = f"of the length of its answers{because}"
            yield f"But the correctness of {name} may be up to {score(taken)} too low because {why_low}."
        if self.failed.answers:
            yield f"But {name} failed {self.failing}, which counts as wrong: what it would have said nobody knows."

    def told_of(self, name: str) -> Iterator[str]:
        """What is not counted of the pipeline of that name, where it is much, in sentences that say what to do."""

        def so_many(kind: Kind) -> str:
            return f"{kind.answers} of {name}'s {self.answers} answers"

        def too_low(kind: Kind) -> str:
            alone = "this" if kind.answers == 1 else "these"
            return f"its correctness may be {score(kind.taken)} too low for {alone} alone"

        if self.cut_short >= UNCOUNTED_MATTERS * self.answers and self.cut_short:
            share = f"{self.cut_short} of {name}'s {self.answers} answers"
            was = "was" if self.cut_short == 1 else "were"
            nothing = f", {self.cut_off.answers} of them before they said anything" if self.cut_off.answers else ""
            yield (
                f"{share} {was} cut off at the limit of tokens{nothing}, and do not count as right: read some, and "
                "raise `decoding.max_new_tokens` if they had more to say."
            )
        if (kind := self.like_refusals).taken >= UNCOUNTED_MATTERS:
            yield (
                f"{so_many(kind)} may be right and read like refusals, which earn nothing: {too_low(kind)}. Have it "
                "answer first, and say after that what it does not know."
            )
        if (kind := self.in_a_sentence).answers and kind.answers >= UNCOUNTED_MATTERS * self.answers:
            # by their count: those with a "no" for something else have the score, and still do not count as right
            low = too_low(kind) if kind.taken else "none of them counts as right"
            yield (
                f"{so_many(kind)} may be right and say neither yes nor no, where the reference is one of these alone: "
                f"{low}. Have it open with yes or no."
            )
        if (kind := self.denying).taken >= UNCOUNTED_MATTERS:
            yield (
                f"{so_many(kind)} may be right and are taken for denials of their references, by rules that know "
                f"little of what turns a denial round: {too_low(kind)}. Read them."
            )
        if (kind := self.too_short).taken >= UNCOUNTED_MATTERS:
            yield (
                f"{so_many(kind)} may be right and have too few of their references' words to count so: "
                f"{too_low(kind)}. Give the bare answers, and other wordings, as `reference_aliases`."
            )
        elif (kind := self.too_long).taken >= UNCOUNTED_MATTERS:
            yield (
                f"The length of its answers alone takes {score(kind.taken)} of {name}'s correctness; "
                f"{so_many(kind)} would be right if they were shorter, or may be (docs/metrics.md). Have it answer "
                "briefly, or read token recall beside correctness."
            )

    def numbers(self, name: str) -> dict[str, float | None]:
        """What says that something is not counted, by its names in a reason of the recommendation."""
        numbers: dict[str, float | None] = {f"{name}.uncounted.in_other_words": self.in_other_words}
        for why, kind in self.kinds.items():
            numbers |= {
                f"{name}.uncounted.{why}.answers": kind.answers,
                f"{name}.uncounted.{why}.taken": kind.taken,
            }
        return numbers


def uncounted(assessed: Sequence[Assessed]) -> Uncounted:
    """Of the answers of one pipeline. What is taken is a mean over refusals and failures too."""
    scored = [each for each in assessed if each.scored]
    said = [(each.question, answer) for each in scored if (answer := each.trial.answer) and not each.trial.abstained]
    lacking = [each.lacks for each in scored]
    kinds = {why: _kind([each for each in lacking if each.why == why], len(scored)) for why in get_args(Why)}
    return Uncounted(
        asked=len(scored),
        answers=len(said) + kinds["like_refusals"].answers + kinds["cut_off"].answers,
        cut_short=sum(each.trial.cut_off and not each.right for each in scored),
        giving_nothing=sum(gives_nothing_asked(question, answer.response) for question, answer in said),
        in_other_words=sum(each.beside_several.reworded and not each.lacks.uncounted for each in scored),
        **kinds,
    )


def _kind(lacking: Sequence[Lacking], scored: int) -> Kind:
    if not lacking:
        return Kind()
    return Kind(answers=sum(each.uncounted for each in lacking), taken=sum(each.share for each in lacking) / scored)
