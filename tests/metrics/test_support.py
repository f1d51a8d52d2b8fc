"""Is a response borne out by the evidence? The metric without a model, as properties and as a table of cases."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from eval.metrics.lexical import k_precision, tokens
from eval.metrics.registry import METRICS
from eval.metrics.support import load_weights, support
from eval.metrics.support_features import ALTERED, UNTOLD

SUPPORTED = METRICS["support_gold"].threshold or 0

DRAGON = "Dragon was developed by Chan-Yi Lin, Ting-An Yeh and Jerry Chou, and presented at CLOSER 2019 in Greece."
TAINT = "Under a taint with the effect NoExecute, running pods that do not tolerate the taint are evicted."
WAIT = "By default the Coscheduling plugin lets a pod wait 60 seconds for the rest of its group."
TIERS = "An Ebb job that has been preempted 5 times is moved to the Neap tier."
RELEASED = "Version 2 was released on 18 May 2018. Backups are kept for 30 days."
RANGE = "It is open from 3 to 14 May 2018, and closed in March."
PRICES = "Plan A costs $49 per month, or $490 per year. The office opens at 9 am, on Fridays from 9 am to 9 pm."
FOUNDED = "José García founded Acme in Zürich in 1999."
ZH = "默认情况下，协同调度插件让容器组等待60秒，直到同组的其他成员都找到节点。"

OTHER_DATES = (
    *("18 March 2018", "Mar 18, 2018", "March 18, 2018", "18 Jun 2018", "18/03/2018", "2018-03-18"),
    *("19 May 2018", "May 19, 2018", "19/05/2018", "2018-05-19", "30 May 2018"),
)
SENTENCES = (DRAGON, TAINT, WAIT, TIERS)
TEXT = st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*SENTENCES, ZH, "not", "?", "7", "I"])).map(" ".join))


@pytest.mark.parametrize(
    ("evidence", "response"),
    [
        (WAIT, WAIT),
        (WAIT, "60 seconds"),
        ("A free plan has 5 GB of storage, 20 USD of credit.", "A free plan has 5 GB of storage, 20 USD of credit."),
        ("Loans may not be used for shares.", "No, loans may not be used for shares."),
        (WAIT, "The Coscheduling plugin lets a pod wait 60 seconds."),
        (WAIT, "The Coscheduling plugin lets a pod wait sixty seconds."),
        (WAIT, "Yes. By default the Coscheduling plugin lets pods wait 60 seconds."),
        (DRAGON, "It was presented at CLOSER 2019."),
        (DRAGON, "- Chan-Yi Lin\n- Ting-An Yeh\n- Jerry Chou"),
        (DRAGON, "Dragon was developed by Chan-Yi Lin, Ting-An Yeh and Jerry Chou."),
        (TIERS, "After it was preempted 5 times, an Ebb job is moved to the Neap tier."),
        (TAINT, "Running pods that don't tolerate the taint are evicted."),
        (RELEASED, "It was released on May 18, 2018."),
        (RELEASED, "It was released on the 18th of May 2018."),
        (RELEASED, "It was released on 18/05/2018."),
        (RELEASED, "It was released on 05/18/2018."),
        (RELEASED, "It was released on 18.5.2018."),
        (RELEASED, "It was released on 2018-05-18."),
        (RANGE, "It is open from 3 May to 14 May 2018."),
        ("In May 2018, on the 18th, it was released.", "It was released on 18 May 2018."),
        ("Employees can carry over up to 5 days.", "Up to 5 may be carried over."),
        (PRICES, "Plan A costs $49 per month."),
        (PRICES, "Plan A costs 49 dollars a month."),
        (PRICES, "Plan A is $49 monthly."),
        (PRICES, "Plan A costs $49/month, or $490 per year."),
        (PRICES, "The office opens at 9 am."),
        (PRICES, "The office opens at 9 a.m."),
        (PRICES, "The office is open from 9 am to 9 pm on Fridays."),
        (FOUNDED, "Jose Garcia founded Acme in Zurich in 1999."),
        (FOUNDED.replace("í", "i").replace("ü", "u"), FOUNDED),
        (FOUNDED.replace("ü", "u\u0308"), FOUNDED),
        ("Всё хранится в Йошкар-Оле.", "Всё хранится в Йошкар-Оле."),
        (ZH, "协同调度插件让容器组等待60秒。"),
        (ZH, "60秒"),
        ("房间内不允许携带宠物。", "不，房间内不允许携带宠物。"),
        ("房间内不允许携带宠物。", "不行，房间内不允许携带宠物。"),
        ("房间内不允许携带宠物。", "不是的，房间内不允许携带宠物。"),
        (ZH, "是的，协同调度插件让容器组等待60秒。"),
    ],
)
def test_supported(evidence: str, response: str) -> None:
    assert support([evidence], response) >= SUPPORTED


@pytest.mark.parametrize(
    ("evidence", "response"),
    [
        (WAIT, "The Coscheduling plugin lets a pod wait 90 seconds."),
        (WAIT, "The Coscheduling plugin lets a pod wait 60 minutes."),
        (WAIT, "The Coscheduling plugin does not let a pod wait 60 seconds."),
        (WAIT, "The Coscheduling plugin lets a pod wait 60 seconds, a limit that an auditor of the bank asked for."),
        (WAIT, "The Volcano plugin lets a pod wait 60 seconds."),
        *((RELEASED, f"It was released on {date}.") for date in OTHER_DATES),
        (RANGE, "It is open from 3 May to 14 March 2018."),
        (f"{RELEASED} Version 1 was released on 3 March 2018.", "Version 2 was released on 18 March 2018."),
        (PRICES, "Plan A costs $49 per year."),
        (PRICES, "Plan A costs 49 dollars a week."),
        (PRICES, "Plan B costs $490 per month."),
        ("The office opens at 9 am.", "The office opens at 9 pm."),
        ("The office opens at 9 am.", "The office opens at 9 p.m."),
        ("It is closed after 17:30 every day.", "It is closed after 5:30 am every day."),
        (FOUNDED, "Jose Garcia founded Acme in Munich in 1999."),
        (FOUNDED, "Jose Perez founded Acme in Zurich in 1999."),
        (WAIT, "I think that you should ask somebody else."),
        (WAIT, "Have you tried to wait?"),
        (WAIT, "7"),
        (WAIT, " ".join(["pod"] * 40)),
        ("Mooring first ran on 17 October 2022.", "Mooring first ran on October 18, 2022."),
        ("It looks again every 1 second.", "It looks again every 1 minute."),
        (DRAGON, "Dragon was developed by Jerry Chou, and presented at KubeCon 2019 in Greece."),
        (DRAGON, "Dragon was developed by Jerry Chou. It was presented at CLOSER 2018."),
        (TAINT, "Under a taint with the effect NoExecute, running pods that tolerate the taint are evicted."),
        (TIERS, "A Neap job that has been preempted 5 times is moved to the Ebb tier."),
        (ZH, "协同调度插件让容器组等待90秒。"),
        (ZH, "是的，协同调度插件让容器组等待90秒。"),
        (ZH, "节点由管理员在上海的机房里手动重启。"),
    ],
)
def test_not_supported(evidence: str, response: str) -> None:
    assert support([evidence], response) < SUPPORTED


@pytest.mark.parametrize("evidence", [*SENTENCES, ZH])
def test_a_copied_sentence_scores_high(evidence: str) -> None:
    assert support([evidence], evidence) > 0.8
    assert support(["Something else.", evidence], evidence) > 0.8


@given(st.integers(3, 999), st.integers(3, 999))
def test_a_changed_number_lowers_it(right: int, wrong: int) -> None:
    assume(right != wrong)
    evidence = f"The wet test takes {right} minutes."
    assert support([evidence], f"It takes {wrong} minutes.") < support([evidence], f"It takes {right} minutes.")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The node is drained.", "The node is not drained."),
        ("The node is drained.", "The node isn't drained."),
        ("The node is drained.", "The node is never drained."),
        ("The node is not drained.", "The node is drained."),
        ("节点被清空。", "节点没有被清空。"),
    ],
)
def test_a_negation_lowers_it(right: str, wrong: str) -> None:
    assert support([right], wrong) < support([right], right) / 2


@pytest.mark.parametrize("said", ["不，", "不可以，", "否。", "是的，", "对！"])
def test_an_opening_yes_or_no_in_chinese_claims_nothing_of_the_evidence(said: str) -> None:
    assert support([ZH], said + ZH) == support([ZH], ZH)


def test_one_wrong_claim_lowers_a_long_answer() -> None:
    right = " ".join(SENTENCES)
    assert support(SENTENCES, right.replace("60 seconds", "95 seconds")) < support(SENTENCES, right) / 2


def test_it_sees_what_shared_words_do_not() -> None:
    swapped = "A Neap job that has been preempted 5 times is moved to the Ebb tier."
    assert k_precision([TIERS], swapped) > 0.9
    assert support([TIERS], swapped) < support([TIERS], TIERS) / 2


@given(
    st.permutations(SENTENCES), st.sampled_from(["A pod waits 60 seconds.", "Jerry Chou moved to Greece.", *SENTENCES])
)
def test_the_order_of_the_evidence_does_not_matter(evidence: list[str], response: str) -> None:
    assert support(evidence, response) == support(SENTENCES, response)
    assert support([" ".join(evidence)], response) == support(SENTENCES, response)


@given(st.lists(TEXT, max_size=3), TEXT)
@example([WAIT], "ª")  # the letter a to Unicode's unified forms, and by itself no article
@example([WAIT], "the.\na")
def test_any_text_has_a_score(evidence: list[str], response: str) -> None:
    score = support(evidence, response)
    assert 0 <= score <= 1
    assert tokens(response) or score == 1


@pytest.mark.parametrize("evidence", [[], [""], ["…"]])
def test_without_evidence_nothing_is_supported(evidence: list[str]) -> None:
    assert support(evidence, WAIT) < SUPPORTED


def test_the_weights_are_those_of_the_features_and_of_one_sign() -> None:
    weights = load_weights()
    for logistic, names in (
        (weights.told_in_words, UNTOLD),
        (weights.told_in_characters, UNTOLD),
        (weights.unaltered, ALTERED),
    ):
        assert tuple(logistic.weights) == names
        assert min(logistic.weights.values()) >= 0


def test_it_is_the_same_in_every_process() -> None:
    code = (
        f"from eval.metrics.support import support; print(support({list(SENTENCES)!r}, 'Jerry Chou waits 5 seconds.'))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_it_is_fast() -> None:
    answers = [f"The Coscheduling plugin number {n} lets a pod wait {n} seconds for its group." for n in range(1000)]
    support(SENTENCES, WAIT)
    started = time.process_time()
    for answer in answers:
        support(SENTENCES, answer)
    assert time.process_time() - started < 2  # four times what is promised, for slow and busy machines


@pytest.mark.parametrize("marked", ["{} [1]", "{} [2][4].", "1. {}", "- {}"])
def test_a_citation_or_a_place_in_a_list_takes_nothing_from_an_answer(marked: str) -> None:
    assert support((DRAGON,), marked.format(DRAGON)) == pytest.approx(support((DRAGON,), DRAGON), abs=0.02)
