"""The processors' counters: summed over packages, around their end, and unknown where nobody may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.training.energy import EnergyMeter


def count(powercap: Path, zone: str, microjoules: object) -> None:
    folder = powercap / zone
    folder.mkdir(exist_ok=True)
    (folder / "energy_uj").write_text(f"{microjoules}\n")
    (folder / "max_energy_range_uj").write_text("10000000\n")


def test_packages_are_summed_and_their_parts_are_not(tmp_path: Path) -> None:
    for zone in ("intel-rapl", "intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"):
        count(tmp_path, zone, 1_000_000)
    meter = EnergyMeter(tmp_path)
    count(tmp_path, "intel-rapl:0", 3_000_000)
    count(tmp_path, "intel-rapl:0:0", 2_000_000)
    count(tmp_path, "intel-rapl:1", 1_500_000)
    assert meter.sample() == pytest.approx(2.5)
    assert meter.sample() == pytest.approx(2.5)


def test_a_counter_starts_again(tmp_path: Path) -> None:
    count(tmp_path, "intel-rapl:0", 9_000_000)
    meter = EnergyMeter(tmp_path)
    for value in (500_000, 8_000_000, 500_000):
        count(tmp_path, "intel-rapl:0", value)
        total = meter.sample()
    assert total == pytest.approx(1.5 + 7.5 + 2.5)


def test_without_counters_energy_is_unknown(tmp_path: Path) -> None:
    assert EnergyMeter(tmp_path).sample() is None
    assert EnergyMeter(tmp_path / "nowhere").sample() is None


def test_what_can_no_longer_be_read_is_unknown(tmp_path: Path) -> None:
    count(tmp_path, "intel-rapl:0", 1)
    meter = EnergyMeter(tmp_path)
    count(tmp_path, "intel-rapl:0", "none of your business")
    assert meter.sample() is None
    count(tmp_path, "intel-rapl:0", 2)
    assert meter.sample() is None
