"""The table of `score_trial`, cell by cell."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from eval_fakes import evidence, passage, plain_scorers, question, reply, trial

from corpora.model import Question
from eval.metrics.giving_up import GivenUpError
from eval.metrics.judge import JudgeUsage
from eval.metrics.registry import METRICS
from eval.scoring import Scorer, score_trial
from eval.trial import Failure, Score, Trial

SHOWN = (passage("It was shown in 2019."),)
DOWN = Failure(code="engine-error", message="down")


async def score(trial: Trial, asked: Question | None = None, **scorers: Scorer) -> Trial:
    return await score_trial(asked or question(1), trial, scorers or plain_scorers(), limit=5)


async def test_an_answer_is_scored_by_every_metric() -> None:
    done = await score(trial(answer=reply("number 1", SHOWN)))
    assert {name: each.status for name, each in done.scores.items()} == dict.fromkeys(plain_scorers(), "scored")
    assert done.scores["token_recall"].value == 1
    assert done.scores["recall_at_1"].value == 1
    assert not done.abstained


async def test_a_refusal_costs_correctness_and_buys_no_faithfulness() -> None:
    done = await score(trial(answer=reply("I don't know.", SHOWN)))
    assert done.abstained
    assert done.scores["token_recall"] == Score(value=0, status="abstained")
    assert done.scores["k_precision_gold"] == Score(value=None, status="abstained")
    assert done.scores["k_precision_shown"] == Score(value=None, status="abstained")
    assert done.scores["recall_at_4"].status == "scored"


async def test_a_right_answer_that_reads_like_a_refusal_is_scored() -> None:
    asked = question(1).model_copy(update={"reference": "Pending", "reference_aliases": ("Unknown",)})
    done = await score(trial(text="Unknown"), asked)
    assert not done.abstained
    assert done.scores["correctness"] == Score(value=1, status="scored")
    assert (await score(trial(text="I don't know."), asked)).abstained


async def test_a_failure_costs_correctness() -> None:
    done = await score(trial(failure=DOWN))
    assert not done.abstained
    assert done.scores["token_recall"] == Score(value=0, status="failed")
    assert done.scores["k_precision_gold"] == Score(value=None, status="failed")
    assert done.scores["recall_at_4"] == Score(value=None, status="failed")


async def test_an_unanswerable_question_has_no_gold_to_compare_with() -> None:
    for each in (trial(), trial(failure=DOWN), trial(text="I don't know.")):
        done = await score(each, question(1, answerable=False))
        assert set(done.scores) == set(plain_scorers())
        for name in ("k_precision_shown", "support_shown"):  # what the pipeline saw can be compared all the same
            assert done.scores.pop(name).value is None
        assert all(found == Score(value=None, status="skipped") for found in done.scores.values())


async def test_who_saw_nothing_is_not_measured_by_what_it_saw() -> None:
    done = await score(trial())
    assert done.scores["k_precision_gold"].status == "scored"
    for name in ("k_precision_shown", "support_shown", "recall_at_1", "recall_at_4", "recall_shown", "reciprocal_rank"):
        assert done.scores[name] == Score(value=None, status="skipped")


async def test_who_looked_and_found_nothing_is_measured_by_that() -> None:
    """Before, a question for which nothing was found was left out of recall, whose mean rose for it."""
    judged = ("judged_context_recall", "judged_faithfulness_shown")
    scorers: dict[str, Scorer] = {**plain_scorers(), **dict.fromkeys(judged, Broken("raises"))}

    async def looked(trial: Trial, answerable: bool = True) -> Trial:
        return await score_trial(question(1, answerable), trial, scorers, limit=5, retrieves=True)

    done = await looked(trial(text="number 1"))
    found = ("recall_at_1", "recall_at_4", "recall_shown", "reciprocal_rank", "judged_context_recall")
    borne_out = ("k_precision_shown", "support_shown", "judged_faithfulness_shown")
    assert {name: done.scores[name] for name in (*found, *borne_out)} == dict.fromkeys(
        (*found, *borne_out), Score(value=0, status="scored")
    )
    assert done.scores["token_recall"].value == 1
    assert done.scores["k_precision_gold"].status == "scored"
    refusal = await looked(trial(text="I don't know."))
    assert refusal.scores["recall_at_4"] == Score(value=0, status="scored")
    assert {refusal.scores[name] for name in borne_out} == {Score(value=None, status="abstained")}
    failure = await looked(trial(failure=DOWN))
    assert failure.scores["recall_at_4"] == Score(value=None, status="failed")
    unanswerable = await looked(trial(), answerable=False)
    assert unanswerable.scores["recall_at_4"] == Score(value=None, status="skipped")


async def test_the_best_of_several_references_counts() -> None:
    asked = question(1).model_copy(update={"reference": "Kueue", "reference_aliases": ("number 1", "x")})
    assert (await score(trial(), asked)).scores["token_recall"].value == 1


class Broken:
    """A judge's metric that goes wrong in one way."""

    def __init__(self, how: str) -> None:
        self.how = how

    async def ascore(self, **inputs: Any) -> Any:
        if self.how == "raises":
            raise ValueError("no JSON in the reply")
        if self.how == "hangs":
            await asyncio.sleep(60)
        return SimpleNamespace(value={"nan": float("nan"), "infinite": float("inf"), "none": None}[self.how])


async def test_a_broken_metric_fails_alone_and_says_why() -> None:
    for how in ("raises", "hangs", "nan", "infinite", "none"):
        scorers: dict[str, Scorer] = {"judged_accuracy": Broken(how), **plain_scorers()}
        done = await score_trial(question(1), trial(), scorers, limit=0.05)
        broken = done.scores["judged_accuracy"]
        assert (broken.value, broken.status) == (None, "failed")
        assert broken.reason
        assert done.scores["token_recall"].value == 1


async def test_each_metric_is_given_what_it_asks_for_and_no_more() -> None:
    given: dict[str, set[str]] = {}

    class Spy:
        def __init__(self, name: str) -> None:
            self.name = name

        async def ascore(self, **inputs: Any) -> Any:
            given[self.name] = set(inputs)
            return SimpleNamespace(value=1.0)

    asked = question(1).model_copy(update={"reference_contexts": (evidence("It was shown in 2019."),)})
    await score_trial(asked, trial(answer=reply("number 1", SHOWN)), {name: Spy(name) for name in METRICS}, limit=5)
    assert given == {name: set(metric.inputs) for name, metric in METRICS.items()}


async def test_a_judge_does_not_always_see_the_best_passage_first() -> None:
    seen: list[tuple[str, ...]] = []

    class Judge:
        async def ascore(self, retrieved_contexts: list[str], **rest: Any) -> Any:
            seen.append(tuple(retrieved_contexts))
            return SimpleNamespace(value=1.0)

    shown = tuple(passage(text) for text in ("Dragon", "deep learning", "scheduler", "utilisation"))
    for number in [*range(20), 0]:
        await score(trial(answer=reply("number 1", shown)), question(number), judged_faithfulness_shown=Judge())
    assert {tuple(sorted(each)) for each in seen} == {tuple(each.text for each in shown)}
    assert len({each[0] for each in seen}) == 4
    assert seen[0] == seen[-1]


async def test_a_judge_that_was_left_alone_was_called_no_time() -> None:
    class GivenUp:
        async def ascore(self, **inputs: Any) -> Any:
            raise GivenUpError("not asked: the judge failed 20 times in a row.", "See why it failed before.")

    found = await score(trial(answer=reply("number 1", SHOWN)), question(1), judged_accuracy=GivenUp())
    assert found.scores["judged_accuracy"].status == "failed"
    assert found.judge == JudgeUsage()


async def test_who_repeats_the_name_in_the_question_is_as_faithful_as_who_does_not() -> None:
    asked = question(1).model_copy(update={"user_input": "When was the ad of Acme 300 shown?"})
    plain, named = [
        (await score(trial(answer=reply(text)), asked)).scores["support_gold"].value
        for text in ("The ad was shown in 2019.", "The ad of Acme 300 was shown in 2019.")
    ]
    assert plain == named


OPEN = evidence("It was shown in 2019.").model_copy(update={"text": "It is open from 9:00 to 18:00 on Fridays."})


async def test_a_time_is_as_faithful_however_it_is_written() -> None:
    hours = question(1).model_copy(update={"reference_contexts": (OPEN,)})
    plain, same, other = [
        (await score(trial(answer=reply(text)), hours)).scores["support_gold"].value
        for text in (
            "It is open to 18:00 on Fridays.",
            "It is open to 6 p.m. on Fridays.",
            "It is open to 7 p.m. on Fridays.",
        )
    ]
    assert plain == same
    assert other is not None
    assert same is not None
    assert other < 0.5 < same
