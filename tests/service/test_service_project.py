"""A project's prices: from a list with sources and dates, and never half of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpora.errors import ConfigError
from service.project import open_project

LIST = """
machine: {machine_per_hour: 3.6, source: an invoice, date: 2026-01-01, assumption: true}
tokens: {prompt_per_million: 1, cached_per_million: 0.1, completion_per_million: 4, source: a list, date: 2026-02-01}
"""


def project(folder: Path, cost: str, listed: str = LIST) -> Path:
    (folder / "corpus" / "documents").mkdir(parents=True)
    (folder / "corpus" / "documents" / "a.md").write_text("# A\n\nSome text.\n")
    (folder / "corpus" / "corpus.yaml").write_text("name: small\nlanguage: en\n")
    (folder / "prices.yaml").write_text(listed)
    config = folder / "bakeoff.yaml"
    config.write_text(f"corpus: corpus\npipelines: {{plain: {{kind: prompting}}}}\ncost: {cost}\n")
    return config


def test_an_entry_of_the_list_is_taken_whole(tmp_path: Path) -> None:
    prices = open_project(project(tmp_path, "{entry: tokens}")).config.cost
    assert (prices.entry, prices.prompt_per_million, prices.cached_per_million) == ("tokens", 1, 0.1)
    assert (prices.completion_per_million, prices.machine_per_hour) == (4, None)
    assert (prices.source, prices.date, prices.assumption) == ("a list", date(2026, 2, 1), False)


def test_prices_may_stand_in_the_configuration_itself(tmp_path: Path) -> None:
    assert open_project(project(tmp_path, "{machine_per_hour: 1.5}")).config.cost.machine_per_hour == 1.5


@pytest.mark.parametrize(
    ("cost", "listed", "said"),
    [
        ("{entry: nobody}", LIST, "It has machine, tokens"),
        ("{entry: machine, machine_per_hour: 1}", LIST, "give it alone"),
        ("{entry: machine}", "machine: {machine_per_hour: 1, date: 2026-01-01}", "source"),
        ("{entry: machine}", "machine: {machine_per_hour: -1, source: a, date: 2026-01-01}", "prices.yaml:1"),
        ("{entry: machine}", "", "prices.yaml has no entries"),
        (
            "{entry: machine}",
            f"{LIST}other: {{entry: machine, source: a, date: 2026-01-01}}",
            "prices.yaml:4: other names",
        ),
        (
            "{entry: machine}",
            f"{LIST}other: {{machine_per_hour: 1, source: ' ', date: 2026-01-01}}",
            "prices.yaml:4: other has an empty source; say where its prices are from",
        ),
        (
            "{entry: machine}",
            "machine: {currency: EUR, source: a, date: 2026-01-01}",
            "prices.yaml:1: machine has no price",
        ),
        (
            "{entry: machine}",
            "machine: {machine_per_hour: true, source: a, date: 2026-01-01}",
            "prices.yaml:1: machine.machine_per_hour: must be a number, not true",
        ),
        ("{machine_per_hour: yes}", LIST, "bakeoff.yaml:3: cost.machine_per_hour: must be a number, not true"),
        ("{}\nevaluation: {confidence: 0.5}", LIST, "bakeoff.yaml:4: evaluation.confidence: must be .* 0.8, not 0.5"),
        ("{machine_per_hour: -1}", LIST, "bakeoff.yaml:3"),
        ("{prompt_per_million: 1}", LIST, "come together"),
    ],
)
def test_bad_prices_are_told(tmp_path: Path, cost: str, listed: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        open_project(project(tmp_path, cost, listed))
