"""What training takes from the socket's processors, as they count it themselves (RAPL, through Linux' powercap)."""

from __future__ import annotations

from pathlib import Path

POWERCAP = Path("/sys/class/powercap")


class EnergyMeter:
    """Adds up the energy of all processor packages, memory where they count it among theirs.

    A counter starts again at 0 after `max_energy_range_uj` (some 40 minutes of a busy server), so `sample` must be
    called more often than that. Most systems let only root read the counters, and virtual machines have none.
    """

    def __init__(self, powercap: Path = POWERCAP) -> None:
        # intel-rapl:0 is a package, intel-rapl:0:1 a part of it
        self._zones = sorted(zone for zone in powercap.glob("intel-rapl:*") if zone.name.count(":") == 1)
        self._joules: float | None = 0.0 if self._zones else None
        self._last = self._read()

    def sample(self) -> float | None:
        """Joules since the meter was made; None where they cannot be read."""
        now = self._read()
        if self._joules is not None:
            steps = ((new - old) % span for (new, span), (old, _) in zip(now, self._last, strict=True))
            self._joules += sum(steps) / 1e6
        self._last = now
        return self._joules

    def _read(self) -> list[tuple[int, int]]:
        """Counter and range of each package, in microjoules; none once one of them could not be read."""
        try:
            return [(_number(zone / "energy_uj"), _number(zone / "max_energy_range_uj")) for zone in self._zones]
        except (OSError, ValueError):
            self._zones, self._joules = [], None
            return []


def _number(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))
