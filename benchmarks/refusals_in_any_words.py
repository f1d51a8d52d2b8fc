"""Replies to questions without an answer, in all manner of words: what do the rules make of them?

    python benchmarks/refusals_in_any_words.py [--write docs/metrics.md]

The replies stand in `replies_without_answer.jsonl`, made up for it, and worded as people and assistants do.
The rules for what may be otherwise (`eval.metrics.perhaps_refusal`) were made with the set "seen" in sight; they
were not changed by what they miss of "held out".
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from shown import Figures, arguments

from eval.metrics.abstention import declines
from eval.metrics.perhaps_refusal import may_be_invention, may_be_refusal

REPLIES = Path(__file__).with_name("replies_without_answer.jsonl")
HEADS = ("a refusal", "a refusal, perhaps made up", "made up, perhaps a refusal", "made up")


def taken_for(question: str, reply: str) -> str:
    """One of `HEADS`."""
    if declines(reply, ()):
        return HEADS[1] if may_be_invention(question, reply) else HEADS[0]
    return HEADS[2] if may_be_refusal(question, reply) else HEADS[3]


def table() -> str:
    found: dict[tuple[str, str], Counter[str]] = {}
    for line in REPLIES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault((row["set"], row["kind"]), Counter())[taken_for(row["question"], row["reply"])] += 1
    lines = [f"| set | replies | each of them | {' | '.join(HEADS)} |", "|---|---:|---|---:|---:|---:|---:|"]
    for (name, kind), counts in found.items():
        cells = " | ".join(str(counts[head]) for head in HEADS)
        lines.append(f"| {name} | {counts.total()} | {kind} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    args = arguments(__doc__).parse_args()
    Figures(args.write, "refusals in any words").show(table())


if __name__ == "__main__":
    main()
