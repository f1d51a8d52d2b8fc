"""What answers lack for their length, their few words, or reading like refusals: each once, no more than they lost."""

from __future__ import annotations

from random import Random

import pytest
from test_like_refusals import answered
from test_uncounted import STORED, of

from eval.assessed import assess
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.uncounted import uncounted

DISCLAIMER = " Please note that nobody has read this reply before it was sent to you by the office." * 6


@pytest.mark.parametrize("said", ["The harbour keeps its logs in cold storage for {} days.", "It is {} days."])
def test_what_is_too_long_is_not_too_short(said: str) -> None:
    found = of(STORED, [said.format(number) + DISCLAIMER for number in range(40)])
    assert found.too_short.answers == found.too_short.taken == 0
    assert (found.too_long.answers, found.may_be_right) == (40, 40)
    assert found.too_long.taken > 0.5


def test_what_is_too_long_for_one_reference_may_be_too_short_for_another() -> None:
    numbers = [str(number) for number in range(100)]
    whole, half = " ".join(numbers), " ".join(numbers[:45])
    found = of([STORED[0].model_copy(update={"reference": whole})], [half])
    assert (found.too_long.answers, found.too_short.answers) == (0, 1)
    both = of(
        [STORED[0].model_copy(update={"reference": whole, "reference_aliases": ("0 days 1 day 2 nights 3 nights",)})],
        [half],
    )
    assert (both.too_long.answers, both.too_short.answers, both.too_long.taken) == (0, 1, 0.0)
    assert both.taken == pytest.approx(1 - correctness(whole, half))


@pytest.mark.parametrize("seed", range(60))
def test_no_answer_lacks_more_than_it_has_not_earned(seed: int) -> None:
    """Random words around right, wrong and bare answers of any length, with references of one word or of many."""
    random = Random(seed)
    parts = ["The harbour keeps its logs in cold storage for {} days.", "{} days", "It is {}.", "Yes.", DISCLAIMER]
    parts += ["I don't know.", "The first page does not say.", "cold storage", "Bananas. " * 30]
    tail = random.choice(["", DISCLAIMER])  # of all answers, so that its words do not count
    questions, answers = [], []
    for number, each in enumerate(STORED):
        others = random.sample(
            [str(number), f"{number} days", "Yes, for a while.", f"{each.reference} {DISCLAIMER}"], 2
        )
        questions.append(each.model_copy(update={"reference_aliases": tuple(others[: random.randrange(3)])}))
        chosen = random.choices(parts, k=random.randrange(1, 5))
        answers.append(" ".join(chosen).format(*[random.choice([number, number + 500])] * 4) + tail)
    trials = answered("one", questions, answers)
    found = uncounted(assess(questions, trials))
    assert found.may_be_right <= found.answers <= len(questions)
    mean = sum(each.scores[CORRECTNESS].value or 0.0 for each in trials) / len(trials)
    assert 0 <= found.taken <= 1 - mean + 1e-9
