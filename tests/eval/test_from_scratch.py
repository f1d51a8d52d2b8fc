"""The arithmetic of a training from scratch, and what stays unknown."""

from __future__ import annotations

import pytest

from eval.from_scratch import from_scratch
from eval.prices import Prices
from pipelines.contract import Preparation

MACHINE = Prices(machine_per_hour=0.36)


def made(parameters: int | None, tokens: int | None, seconds: float | None) -> Preparation:
    return Preparation(base_parameters=parameters, training_tokens=tokens, training_seconds=seconds)


def test_six_n_d_at_twenty_tokens_a_parameter() -> None:
    row = from_scratch([Preparation(), made(135_000_000, 120_000, 648.0)], MACHINE)
    assert row is not None
    assert (row.parameters, row.tokens) == (135_000_000, 2_700_000_000)
    assert row.flops == pytest.approx(2.187e18)
    assert row.flops_per_second == pytest.approx(1e11)  # 4 x 135e6 x 120e3 / 648
    assert row.seconds == pytest.approx(2.187e7)
    assert row.cost == pytest.approx(2187.0)


@pytest.mark.parametrize(
    "preparation", [made(1000, None, 5.0), made(1000, 10, None), made(1000, 10, 0.0), made(1000, 0, 5.0)]
)
def test_without_a_counted_training_only_the_operations_are_known(preparation: Preparation) -> None:
    row = from_scratch([preparation], MACHINE)
    assert row is not None
    assert row.flops == 6 * 1000 * 20_000
    assert (row.flops_per_second, row.seconds, row.cost) == (None, None, None)


def test_the_fastest_training_counts() -> None:
    row = from_scratch([made(1000, 10, 5.0), made(1000, 10, 2.0)], MACHINE)
    assert row is not None
    assert row.flops_per_second == 20_000


def test_without_a_price_of_the_machine_the_cost_is_unknown() -> None:
    row = from_scratch([made(1000, 10, 5.0)], Prices(prompt_per_million=1, completion_per_million=2))
    assert row is not None
    assert row.seconds is not None
    assert row.cost is None


def test_without_a_model_of_known_size_nothing_is_said() -> None:
    assert from_scratch([], MACHINE) is None
    assert from_scratch([Preparation(), made(None, 10, 5.0)], MACHINE) is None
