"""Two pipelines on the same questions: no difference that chance would give, and none missed that is large enough."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest
from eval_fakes import question
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from eval.mcnemar import Discordance, mcnemar, mcnemar_pairs
from eval.paired import Paired
from eval.pairing import compare_pairs, holm, question_clusters
from eval.planning import more_questions, smallest_difference
from eval.statistics import Confidence

QUICK = Confidence(resamples=300)
SCORES = st.lists(st.floats(0, 1), min_size=2, max_size=40)


def pair(a: Mapping[str, float], b: Mapping[str, float], clusters: Mapping[str, str] | None = None) -> Paired:
    alone = {key: key for key in a.keys() | b.keys()}
    return compare_pairs({"a": a, "b": b}, [("a", "b")], clusters or alone, QUICK)["a", "b"]


def test_equal_pipelines_do_not_differ() -> None:
    same = {f"q{n}": n % 2 / 1 for n in range(50)}
    found = pair(same, same)
    assert found.estimate.mean == 0
    assert not found.differs(0.95)
    assert (found.p, found.smallest, found.more) == (None, None, None)


def test_a_steady_gain_on_hard_and_easy_questions_is_found() -> None:
    hard = np.random.default_rng(0).random(30)
    a = {f"q{n}": value * 0.7 + 0.2 for n, value in enumerate(hard)}
    b = {f"q{n}": value * 0.8 for n, value in enumerate(hard)}
    found = pair(a, b)
    assert found.differs(0.95)
    assert found.more == 0
    assert found.p == found.adjusted
    assert found.p is not None
    assert found.p < 0.01


def test_how_many_more_questions_cannot_be_foreseen_where_one_document_has_nearly_all() -> None:
    """So few effective clusters that a quantile of t is beyond what floats can square."""
    clusters = {f"q{n}": "big" if n < 2491 else f"leaf {n}" for n in range(2500)}
    level = dict.fromkeys(clusters, 0.5)
    gained, lost = (
        dict.fromkeys((f"q{n}" for n in place), to) for place, to in ((range(9), 1.0), (range(2491, 2500), 0.0))
    )
    found = pair({**level, **gained, **lost, "q2499": 0.0001}, level, clusters)
    assert (found.smallest, found.more) == (None, None)
    assert not found.differs(0.95)


@pytest.mark.parametrize(("largest", "others", "foreseen"), [(91, 1, False), (60, 4, False), (40, 6, True)])
def test_nothing_is_foreseen_from_what_is_mostly_one_document(largest: int, others: int, foreseen: bool) -> None:
    labels = ["big"] * largest + [f"d{n}" for n in range(10) for _ in range(others)]
    differences = [0.5 * (-1) ** n + 0.05 for n in range(len(labels))]
    assert (more_questions(differences, labels, 0.05, 1.0, 0.95) is not None) is foreseen


def test_a_gain_in_one_of_many_documents_is_not_shown() -> None:
    a = {f"q{n}": 1.0 if n < 12 else 0.5 for n in range(60)}
    b = dict.fromkeys(a, 0.5)
    assert pair(a, b).differs(0.95)
    assert not pair(a, b, {f"q{n}": str(n // 12) for n in range(60)}).differs(0.95)


@pytest.mark.parametrize("clusters", [2, 5, 12, 16])
def test_p_is_exact_where_clusters_are_few(clusters: int) -> None:
    seen = {str(n): float(value) for n, value in enumerate(np.random.default_rng(clusters).integers(-1, 3, clusters))}
    half = np.array(list(seen.values())) / 2
    exact = permutation_test(
        (half, -half), lambda a, b, axis: (a - b).sum(axis=axis), permutation_type="samples", vectorized=True,
        n_resamples=2**clusters,
    )  # fmt: skip
    assert pair(seen, dict.fromkeys(seen, 0.0)).p == pytest.approx(exact.pvalue)


def test_p_near_its_level_does_not_hang_on_the_seed() -> None:
    noise = np.random.default_rng(5).normal(0, 1, 39)
    seen = {str(n): float(value) for n, value in enumerate(noise - noise.mean() + 0.3 * noise.std())}
    nothing, alone = dict.fromkeys(seen, 0.0), {key: key for key in seen}
    chances = [Confidence(resamples=300, seed=seed) for seed in range(6)]
    pairs = [compare_pairs({"a": seen, "b": nothing}, [("a", "b")], alone, each)["a", "b"] for each in chances]
    found = [each.p or 0.0 for each in pairs]
    assert 0.02 < min(found) < max(found) < min(found) + 0.004 < 0.1


def test_only_common_questions_are_paired() -> None:
    assert pair({"q1": 1.0, "q2": 0.0}, {"q2": 0.0, "q3": 1.0}).estimate.n == 1
    assert pair({"q1": 1.0}, {"q2": 0.0}).estimate.n == 0


@given(SCORES)
@settings(max_examples=20, deadline=None)
def test_turning_the_pair_turns_the_sign_and_nothing_else(values: list[float]) -> None:
    a = {str(n): value for n, value in enumerate(values)}
    b = {str(n): 0.5 for n in range(len(values))}
    there, back = pair(a, b), pair(b, a)
    assert there.estimate.mean == pytest.approx(-(back.estimate.mean or 0.0))
    assert there.p == pytest.approx(back.p)
    assert there.smallest == pytest.approx(back.smallest)
    assert there.negated().estimate.mean == pytest.approx(back.estimate.mean)


def test_so_many_more_documents_of_the_same_kind_show_the_difference_and_not_many_fewer() -> None:
    """t is that of the documents there will be: with ten it is a third too large."""
    few = [0.5, -0.2, 0.4, 0.0, -0.3, 0.3, 0.1, 0.0, -0.1, 0.3]

    def shown(times: float) -> bool:
        values = few * round(times)
        return (smallest_difference(values, [f"d{n}" for n in range(len(values))], 0.05) or 1) <= 0.1

    more = more_questions(few, [f"d{n}" for n in range(10)], 0.05, 1.0, 0.95)
    assert more is not None
    needed = next(times for times in range(1, 100) if shown(times))
    assert 10 * (needed - 1) <= 10 + more <= 12 * needed


def test_more_questions_are_asked_for_as_the_square_of_what_is_missing() -> None:
    generator = np.random.default_rng(1)
    noise = generator.normal(0, 0.3, 100)
    noise -= noise.mean()
    seen = {f"q{n}": value + 0.03 for n, value in enumerate(noise)}
    found = pair(seen, dict.fromkeys(seen, 0.0))
    assert not found.differs(0.95)
    assert found.smallest is not None
    assert found.smallest == pytest.approx(float(noise.std(ddof=1)) * (1.984 + 1.290) / 10, rel=0.01)
    then = found.smallest * (1.963 + 1.283) / (1.984 + 1.290)  # with t of as many questions as it gives
    assert found.more == pytest.approx(100 * (then / 0.03) ** 2 - 100, abs=2)


def test_a_difference_that_no_plan_would_show_asks_for_nothing() -> None:
    noise = {f"q{n}": float((-1) ** n) + 1e-4 for n in range(100)}
    assert pair(noise, dict.fromkeys(noise, 0.0)).more is None


def test_holm_against_a_case_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, None, 0.5]) == [pytest.approx(1.0), None, pytest.approx(1.0)]
    assert holm([]) == []


def test_looking_at_more_pairs_asks_for_more() -> None:
    generator = np.random.default_rng(5)
    values = {name: {f"q{n}": float(generator.random()) for n in range(60)} for name in "abcd"}
    clusters = {f"q{n}": f"q{n}" for n in range(60)}
    alone = compare_pairs(values, [("a", "b")], clusters, QUICK)["a", "b"]
    among = compare_pairs(values, [("a", "b"), ("a", "c"), ("a", "d")], clusters, QUICK)["a", "b"]
    assert alone.estimate == among.estimate
    assert alone.smallest is not None
    assert among.smallest is not None
    assert among.smallest > alone.smallest
    assert (among.adjusted or 0) >= (alone.adjusted or 0)


def test_mcnemar_looks_at_disagreements_only() -> None:
    a = {f"q{n}": n < 60 for n in range(100)}
    b = {f"q{n}": n < 50 for n in range(100)}
    found = mcnemar(a, b)
    assert (found.only_a, found.only_b) == (10, 0)
    assert found.p == pytest.approx(2 * 0.5**10)
    assert mcnemar(a, a).p == 1.0
    assert mcnemar({}, {}).p == 1.0


def test_mcnemar_of_several_pairs_is_corrected_for_their_number() -> None:
    yes = {"a": 10, "b": 2, "c": 0}  # the first so many of twelve questions
    outcomes = {name: {f"q{n}": n < right for n in range(12)} for name, right in yes.items()}
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    found = mcnemar_pairs(outcomes, pairs)
    assert [(each.only_a, each.only_b) for each in found.values()] == [(8, 0), (10, 0), (2, 0)]
    assert [each.p for each in found.values()] == pytest.approx([2 * 0.5**8, 2 * 0.5**10, 0.5])
    assert [each.adjusted for each in found.values()] == pytest.approx([2 * 2 * 0.5**8, 3 * 2 * 0.5**10, 0.5])
    (alone,) = mcnemar_pairs(outcomes, pairs[:1]).values()
    assert alone.adjusted == alone.p


def test_disagreements_of_an_earlier_version_are_read_and_turn() -> None:
    old = Discordance.model_validate_json('{"only_a": 7, "only_b": 1, "p": 0.07}')
    assert old.adjusted is None
    assert old.negated() == Discordance(only_a=1, only_b=7, p=0.07)


def test_questions_on_one_document_are_one_cluster_where_there_are_enough_documents() -> None:
    questions = [question(n) for n in range(6)]
    assert len(set(question_clusters(questions).values())) == 6  # one document only: each question stands for itself
    evidence = questions[0].reference_contexts[0]
    many = [
        question(n).model_copy(
            update={"reference_contexts": (evidence.model_copy(update={"document_id": f"d{n // 2}"}),)}
        )
        for n in range(24)
    ]
    assert len(set(question_clusters(many).values())) == 12
    assert len(set(question_clusters([*many, question(99, answerable=False)]).values())) == 13


def test_clusters_that_all_differ_alike_have_no_spread_and_raise_no_warning() -> None:
    a = {f"q{n}": float(n % 2) for n in range(40)}
    found = pair(a, dict.fromkeys(a, 0.0), {f"q{n}": str(n // 2) for n in range(40)})
    assert found.estimate.low is not None
    assert 0 < found.estimate.low < 0.5
    assert (found.smallest, found.more) == (None, 0)


def test_of_too_few_documents_no_difference_would_show_and_more_are_asked_for() -> None:
    """Of five, the permutation test's least p is 2 / 2^5."""
    a = {f"q{n}": 0.7 + n % 3 / 10 for n in range(30)}
    documents = {key: str(n // 6) for n, key in enumerate(a)}
    found = pair(a, dict.fromkeys(a, 0.0), documents)
    assert found.p == pytest.approx(2 / 32)
    assert (found.smallest, found.more) == (None, 6)  # one document more, with as many questions


def test_a_coarse_scale_shows_less_than_a_fine_one_of_the_same_spread() -> None:
    coarse = [1.0] * 4 + [-1.0] * 4 + [0.0] * 32
    labels = [str(n) for n in range(40)]
    fine = np.random.default_rng(2).normal(0, 1, 40)
    fine = (fine - fine.mean()) / fine.std() * np.std(coarse)
    reached, lower = (smallest_difference(list(each), labels, 0.05) for each in (coarse, fine))
    assert reached is not None
    assert lower is not None
    assert reached - lower == pytest.approx(1 / 40, abs=0.005)


def test_a_document_with_half_the_questions_hides_larger_differences() -> None:
    differences = np.random.default_rng(4).normal(0.1, 0.3, 150).tolist()
    alike = [str(n // 15) for n in range(150)]
    heavy = [str(0 if n < 75 else 1 + (n - 75) // 9) for n in range(150)]
    even, uneven = (smallest_difference(differences, labels, 0.05) for labels in (alike, heavy))
    assert even is not None
    assert uneven is not None
    assert uneven > 1.2 * even


def test_a_steady_difference_takes_as_many_questions_as_its_interval_needs() -> None:
    """A tenth on each of twenty questions: Wilson's bound is not yet near enough."""

    def asked(n: int) -> Paired:
        return pair({f"q{k}": 0.9 for k in range(n)}, {f"q{k}": 0.8 for k in range(n)})

    more = asked(20).more
    assert not asked(20).differs(0.95)
    assert more is not None
    assert asked(20 + more).differs(0.95)
    assert not asked(20 + more - 2).differs(0.95)


@pytest.mark.parametrize(("pipelines", "resamples"), [(3, 100), (18, 5000)])
def test_what_differs_by_far_is_found_however_many_pairs_there_are(pipelines: int, resamples: int) -> None:
    """So many flips of signs are drawn that the smallest p stands Holm's correction."""
    rng = np.random.default_rng(0)
    keys = [f"q{n}" for n in range(60)]
    values = {f"p{n}": dict(zip(keys, rng.random(60) < (0.95 if n else 0.05), strict=True)) for n in range(pipelines)}
    values = {name: {key: float(value) for key, value in each.items()} for name, each in values.items()}
    pairs = list(combinations(values, 2))
    found = compare_pairs(values, pairs, {key: key for key in keys}, Confidence(resamples=resamples))
    assert all(found["p0", f"p{n}"].differs(0.95) for n in range(1, pipelines))


def test_of_equals_few_are_cheaper_by_the_interval_for_all_pairs() -> None:
    """Four pipelines whose answers cost the same, a few of them very much: the cheapest by the mean beats none."""
    rng, beaten, pairs = np.random.default_rng(0), 0, list(combinations("abcd", 2))
    alone = {str(n): str(n) for n in range(20)}
    for _ in range(100):
        spread = np.exp(rng.standard_normal(20))
        costs = {name: dict(zip(alone, spread * np.exp(0.2 * rng.standard_normal(20)), strict=True)) for name in "abcd"}
        found = compare_pairs(costs, pairs, alone, QUICK, (-50.0, 50.0), simultaneous=True)
        best = min(costs, key=lambda name: sum(costs[name].values()))
        intervals = [(each.negated() if b == best else each).of_all for (a, b), each in found.items() if best in (a, b)]
        beaten += any(each is not None and each.high is not None and each.high < 0 for each in intervals)
    assert beaten <= 10  # by the bootstrap alone 19
