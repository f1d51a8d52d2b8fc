"""Who is level with the best mean, and clearly behind another: headline and recommendation leave it out alike."""

from __future__ import annotations

from eval_fakes import FakePipeline, manifest, question, reply, trial

from eval.metrics.registry import CORRECTNESS
from eval.summary import Summary, summarise
from eval.trial import Score

N = 60
STEADY = [float((n * 7) % N < 0.5 * N) for n in range(N)]
SCORES = {
    "wild": [float((n * 11 + 20) % N < 0.42 * N) for n in range(N)],
    "long": [0.8 * each for each in STEADY],
    "short": [0.8 * each if sum(STEADY[:n]) >= 8 else 0.0 for n, each in enumerate(STEADY)],
}


def compared() -> Summary:
    questions = [question(number) for number in range(N)]
    trials = [
        trial(
            name, f"q{number}", answer=reply("x"), scores={CORRECTNESS: Score(value=min(value, 1.0), status="scored")}
        )
        for name, values in SCORES.items()
        for number, value in enumerate(values)
    ]
    return summarise(manifest(questions, {name: FakePipeline(name, str) for name in SCORES}), questions, trials)


def test_the_headline_names_those_that_nobody_is_ahead_of() -> None:
    verdict = compared().verdict
    assert (verdict.leaders, verdict.clear) == (("wild", "long"), False)
    assert "which of wild (0.43) and long (0.40) is the most correct, but long is ahead of short; " in verdict.headline


def test_the_recommendation_takes_out_who_is_behind_another_than_the_best_mean() -> None:
    found = compared().verdict.recommendation
    out = found.reasons[0]
    assert (out.rule, out.sentence) == ("R5", "long (0.40) is more correct than short (0.29).")
    assert out.numbers["differences.correctness.long − short.low"] > 0
    assert found.pipeline in {"wild", "long"}
