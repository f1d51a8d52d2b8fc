"""Half of the load that can be borne, for a long time: do memory, open files and tasks stay as they are?

    python benchmarks/soak.py [--minutes 10] [--write PAGE]

Engine and cores: pressure.py. Some of the callers leave before their answer, as callers do.
"""

from __future__ import annotations

import asyncio
import os

import httpx2
from pressure import CAPACITY, ENGINE_SECONDS, QUESTION, Reply, Sample, press, service, watch
from processes import PIPELINE
from shown import Figures, arguments

from eval.load.measures import Load

RATE = CAPACITY / 2
EVERY = 60.0
SETTLED = 60.0
"""Seconds after which nothing is loaded any more."""


async def leave_early(url: str) -> None:
    """A caller a second that asks for a stream and leaves before it comes."""
    async with httpx2.AsyncClient(base_url=url, timeout=ENGINE_SECONDS / 2, trust_env=False) as client:
        while True:
            await asyncio.sleep(1)
            try:
                await client.post("/query", json={"question": QUESTION, "pipeline": PIPELINE, "stream": True})
            except httpx2.TimeoutException:
                continue


async def run(url: str, pid: int, minutes: float) -> tuple[list[Reply], list[Sample]]:
    await press(url, Load(rate=RATE), SETTLED, RATE)
    samples: list[Sample] = []
    beside = [asyncio.create_task(watch(url, pid, samples, EVERY)), asyncio.create_task(leave_early(url))]
    replies = await press(url, Load(rate=RATE), minutes * 60, RATE)
    for task in beside:
        task.cancel()
    return replies, samples


def table(replies: list[Reply], samples: list[Sample], before: float) -> str:
    lines = [
        f"{RATE:g} questions a second, and one a second whose caller leaves; {len(replies):,} answered but for "
        f"{sum(reply.status != 200 for reply in replies)}. {os.cpu_count()} cores; processes that wanted a core "
        f"before: {before:.1f}.\n",
        "| minute | memory, MiB | files | tasks |",
        "|--:|--:|--:|--:|",
        *(f"| {each.at / 60:.0f} | {each.memory:.1f} | {each.files} | {each.tasks} |" for each in samples),
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    given = parser.parse_args()
    figures = Figures(given.write, "benchmarks/soak.py")
    before = os.getloadavg()[0]
    with service() as (url, pid):
        figures.show(table(*asyncio.run(run(url, pid, given.minutes)), before))


if __name__ == "__main__":
    main()
