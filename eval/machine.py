"""The machine that a bake-off runs on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from corpora.model import Record


class Machine(Record):
    """Where it ran. `memory_gib` is None where the system does not tell."""

    cpu: str
    cores: int
    memory_gib: float | None
    gpus: tuple[str, ...]
    system: str
    python: str


def describe_machine() -> Machine:
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gib=_memory_gib(),
        gpus=_gpus(),
        system=platform.platform(),
        python=platform.python_version(),
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError, AttributeError):
        return None


def _gpus() -> tuple[str, ...]:
    """NVIDIA's cards by name, read from the driver's files, so that nothing heavy is imported for it."""
    names = []
    for information in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        names += [line.partition(":")[2].strip() for line in information.read_text().splitlines() if "Model" in line]
    return tuple(names)
