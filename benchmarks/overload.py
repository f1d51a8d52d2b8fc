"""Four times as many questions as can be answered, for two minutes; and whether all is well again afterwards.

    python benchmarks/overload.py [--seconds 120] [--times 4] [--write PAGE]

Engine and cores: pressure.py. Needs the demo's model (`bakeoff index`), two cores, and nothing else that runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os

from pressure import CAPACITY, ENGINE_SECONDS, LOST, PLACES, Reply, Sample, p99, press, service, watch
from shown import Figures, arguments

from eval.load.measures import Load

Phase = tuple[str, list[Reply], list[Sample]]


async def run(url: str, pid: int, given: argparse.Namespace) -> list[Phase]:
    phases: list[Phase] = []

    async def phase(name: str, load: Load, rate: float, seconds: float) -> None:
        print(f"{name}: {seconds:g} seconds", flush=True)
        samples: list[Sample] = []
        watching = asyncio.create_task(watch(url, pid, samples, 5.0))
        replies = await press(url, load, seconds, rate)
        watching.cancel()
        phases.append((name, replies, samples))

    calm = given.seconds / 2
    await phase("before: half of what can be answered", Load(rate=CAPACITY / 2), CAPACITY / 2, calm)
    await phase(f"{PLACES} callers, each asking again at once", Load(concurrency=PLACES), CAPACITY, calm)
    await phase("as many as can be answered", Load(rate=CAPACITY), CAPACITY, calm)
    most = CAPACITY * given.times
    await phase(f"{given.times:g} times as many", Load(rate=most), most, given.seconds)
    await phase("after: half of what can be answered", Load(rate=CAPACITY / 2), CAPACITY / 2, calm)
    return phases


def table(phases: list[Phase], before: float) -> str:
    lines = [
        f"{PLACES} places, {ENGINE_SECONDS:g} s an answer: {CAPACITY:g} a second can be answered. {os.cpu_count()} "
        f"cores; processes that wanted a core before: {before:.1f}.\n",
        "| asked | questions | answered | a second | p99, s | refused (503) | p99 of a refusal, s | anything else "
        "| memory at the end, MiB | files | tasks |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, replies, samples in phases:
        count = {status: sum(reply.status == status for reply in replies) for status in (200, 503)}
        seconds = samples[-1].at
        refusal = f"{p99(replies, 503):.3f}" if count[503] else ""
        lines.append(
            f"| {name} | {len(replies):,} | {count[200]:,} | {count[200] / seconds:.1f} | {p99(replies, 200):.2f} "
            f"| {count[503]:,} | {refusal} | {len(replies) - sum(count.values())} "
            f"| {samples[-1].memory:.0f} | {samples[-1].files} | {samples[-1].tasks} |"
        )
    by_name = {name: replies for name, replies, _ in phases}
    at, over = (p99(by_name[name], 200) for name in list(by_name)[2:4])
    lost = sum(reply.status == LOST for replies in by_name.values() for reply in replies)
    lines.append(
        f"\nThe p99 of what was answered is {over / at:.2f} times that at capacity. Questions without a reply: {lost}."
    )
    return "\n".join([*lines, ""])


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="of the overload; half of it for each other phase")
    parser.add_argument("--times", type=float, default=4.0, help="what can be answered")
    given = parser.parse_args()
    figures = Figures(given.write, "benchmarks/overload.py")
    before = os.getloadavg()[0]
    with service() as (url, pid):
        figures.show(table(asyncio.run(run(url, pid, given)), before))


if __name__ == "__main__":
    main()
