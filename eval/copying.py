"""What mere copying would have earned: the control beside a correctness that counts shared words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from corpora.model import Question, Record
from eval import numbers
from eval.metrics.bare_answers import deciding
from eval.metrics.correctness import correctness
from eval.metrics.lexical import LONGEST_ANSWER, opening
from eval.metrics.registry import CORRECTNESS
from eval.statistics import Draws, Estimate, mean_interval
from eval.trial import Trial


class Copying(Record):
    """Mean correctness of a pipeline that retrieves, over its answerable `questions`; one that was asked repeatedly
    counts once, by the mean of its answers.

    `answers` is that of its answers, `copies` that of the first `LONGEST_ANSWER` words of the best passage that it was
    shown, taken for the answer: short enough to lose nothing for their length, and understood by nobody. `gain` is the
    mean of the first minus the second, and `room` what it would be were all answers wholly right.
    """

    questions: int
    answers: float
    copies: float
    gain: Estimate
    room: Estimate

    @property
    def as_good(self) -> bool:
        """Whether copying would have earned as much, as far as these questions show."""
        return self.gain.low is None or self.gain.low <= 0

    @property
    def tells_nothing(self) -> bool:
        """Whether the passages hold so much of the references that no answers could be shown to earn more."""
        return self.room.low is None or self.room.low <= 0

    def told_of(self, name: str) -> str:
        if self.gain.high is not None and self.gain.high < 0:
            earns = "earns less"
        else:
            earns = "earns no more" if self.answers <= self.copies else "is not shown to earn more"
        at_most = ", than which no answers could be shown to have more" if self.tells_nothing else ""
        return (
            f"{name} {earns} than copying would: its answers have a correctness of {numbers.score(self.answers)} on "
            f"{numbers.counted(self.questions, 'question')}, and the first {LONGEST_ANSWER} words of its best passage, "
            f"taken for the answer, {numbers.score(self.copies)}{at_most}. Read some answers before believing in it."
        )


def copying(trials: Sequence[Trial], questions: Mapping[str, Question], drawn: Draws) -> Copying | None:
    """None where no passage was shown for an answerable question; `questions` by id."""
    earned: dict[str, list[tuple[float, float]]] = {}
    for trial in trials:
        question, score = questions[trial.question_id], trial.scores.get(CORRECTNESS)
        shown = trial.answer.retrieved_contexts if trial.answer else ()
        if not shown or question.reference is None or score is None or score.value is None:
            continue
        copy = opening(shown[0].text, LONGEST_ANSWER)
        rights = deciding(question.right_answers, copy)
        copied = max(correctness(reference, copy) for reference in rights)
        earned.setdefault(question.id, []).append((score.value, copied))
    pairs = [tuple(map(fmean, zip(*each, strict=True))) for each in earned.values()]
    labels = [drawn.clusters[each] for each in earned]
    if not pairs:
        return None
    gains, rooms = [answer - copy for answer, copy in pairs], [1 - copy for _, copy in pairs]
    return Copying(
        questions=len(pairs),
        answers=fmean(answer for answer, _ in pairs),
        copies=fmean(copy for _, copy in pairs),
        gain=mean_interval(gains, drawn.confidence, (-1.0, 1.0), labels),
        room=mean_interval(rooms, drawn.confidence, (0.0, 1.0), labels),
    )
