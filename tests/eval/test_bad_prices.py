"""Prices in `bakeoff.yaml` that make no sense are refused by file and line; missing ones are unknown, never free."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.errors import ConfigError
from corpora.yaml_file import read_yaml
from eval.config import BakeoffConfig

HEAD = "corpus: corpus\npipelines: {plain: {kind: prompting}}\n"


def read(folder: Path, cost: str) -> BakeoffConfig:
    path = folder / "bakeoff.yaml"
    path.write_text(f"{HEAD}cost: {cost}\n")
    return read_yaml(path, BakeoffConfig)


@pytest.mark.parametrize(
    ("cost", "named"),
    [
        ("{machine_per_hour: -1}", "machine_per_hour"),
        ("{prompt_per_million: -0.5, completion_per_million: 1}", "prompt_per_million"),
        ("{prompt_per_million: 1, completion_per_million: -1}", "completion_per_million"),
        ("{prompt_per_million: 1, completion_per_million: 1, cached_per_million: -1}", "cached_per_million"),
        ("{writing_per_example: -2}", "writing_per_example"),
        ("{machine_per_hour: .nan}", "machine_per_hour"),
        ("{machine_per_hour: .inf}", "machine_per_hour"),
        ("{machine_per_hour: a lot}", "machine_per_hour"),
        ("{prompt_per_million: 1}", "come together"),
    ],
)
def test_prices_that_make_no_sense_are_refused_by_line(tmp_path: Path, cost: str, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, cost)
    assert f"{tmp_path / 'bakeoff.yaml'}:3: " in str(caught.value)
    assert named in str(caught.value)
    assert "bakeoff validate" in str(caught.value)


def test_missing_prices_are_unknown(tmp_path: Path) -> None:
    prices = read(tmp_path, "{}").cost
    assert prices.machine_per_hour is None
    assert prices.of_seconds(1.0) is None
