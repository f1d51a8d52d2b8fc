"""Does `correctness` put whole systems in the order in which people put them? EVOUNA's five, on the same questions.

    python benchmarks/ranked_by_people.py DATA [--write docs/metrics.md]

DATA is what `bakeoff check-metrics --data` takes; EVOUNA is read. A metric may tell right from wrong answers well, and
still put a system that answers in a word ahead of one that answers in a sentence. Each pair of systems is compared by
people's verdicts and by the metric, as two pipelines are in a bake-off. Beside that: of the questions
that only one of the two has right by the metric, on which a difference hangs (`eval.fragility`), how many have people
judged so?
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from statistics import fmean

from correctness_rules import scores
from shown import Figures, arguments

from eval import numbers
from eval.labels.labelled import Labelled
from eval.labels.readers import read_labelled
from eval.metrics.correctness import correctness
from eval.metrics.lexical import terms
from eval.metrics.registry import RIGHT
from eval.paired import Paired
from eval.pairing import compare_pairs
from eval.statistics import Confidence

INTERVALS = Confidence(resamples=2000)
Values = dict[str, dict[str, float]]
"""By system and question."""


def common(rows: list[Labelled]) -> dict[str, dict[str, Labelled]]:
    """By system and question, those questions that every system has an answer to."""
    found: dict[str, dict[str, Labelled]] = {}
    for row in rows:
        question, _, system = row.id.rpartition(":")
        found.setdefault(system, {})[question] = row
    shared = set.intersection(*(set(each) for each in found.values()))
    return {system: {key: each[key] for key in sorted(shared)} for system, each in found.items()}


def compared(values: Values) -> Mapping[tuple[str, str], Paired]:
    questions = {key for each in values.values() for key in each}
    return compare_pairs(values, list(combinations(values, 2)), {each: each for each in questions}, INTERVALS)


def said(paired: Paired) -> str:
    gain = paired.estimate
    sign = "" if not paired.differs(INTERVALS.level) else " differ"
    return f"{numbers.difference(gain.mean)} ({numbers.interval(gain.low, gain.high, signed=True)}){sign}"


def verdict(people: Paired, metric: Paired) -> str:
    """What the metric makes of a difference that people do or do not see."""
    seen, told = (each.differs(INTERVALS.level) for each in (people, metric))
    if seen and told:
        same = (people.estimate.mean or 0.0) * (metric.estimate.mean or 0.0) > 0
        return "the same" if same else "**reversed**"
    return "the same" if seen == told else "not seen" if seen else "**called without need**"


def disputed(people: Values, metric: Values, a: str, b: str) -> tuple[int, int]:
    """Of how many questions the metric has a right and b not, and of how many of these people say so."""
    keys = [key for key in metric[a] if metric[a][key] >= RIGHT > metric[b][key]]
    return sum(people[a][key] > people[b][key] for key in keys), len(keys)


def confirmed(found: tuple[int, int]) -> str:
    """100 of 132 (76 %)."""
    share, total = found
    return f"{share} of {total} ({numbers.percent(share / total)})"


def tables(rows: list[Labelled]) -> str:
    """The systems, and each pair of them."""
    answers = common(rows)
    people = {name: {key: float(row.label) for key, row in each.items()} for name, each in answers.items()}
    metric = {
        name: dict(zip(each, scores(list(each.values()), correctness), strict=True)) for name, each in answers.items()
    }
    order = sorted(answers, key=lambda name: -fmean(people[name].values()))
    lines = [
        f"{numbers.count(len(answers[order[0]]))} questions that all of them answered.\n",
        "| system | words of an answer | people | `correctness` |",
        "|---|--:|--:|--:|",
    ]
    for name in order:
        words = fmean(len(terms(row.response)) for row in answers[name].values())
        shares = (numbers.score(fmean(values[name].values())) for values in (people, metric))
        lines.append(f"| {name} | {words:.1f} | {' | '.join(shares)} |")
    lines += [
        "",
        "| pair | people | `correctness` | | right for the first alone, and for people too | for the second alone |",
        "|---|---|---|---|---|---|",
    ]
    agreed, off = [0, 0], []
    by_metric = compared({name: metric[name] for name in order})
    for pair, of_people in compared({name: people[name] for name in order}).items():
        of_metric = by_metric[pair]
        first, second = (disputed(people, metric, *each) for each in (pair, pair[::-1]))
        agreed = [sum(each) for each in zip(agreed, first, second, strict=True)]
        off.append((of_metric.estimate.mean or 0.0) - (of_people.estimate.mean or 0.0))
        told = (said(of_people), said(of_metric), verdict(of_people, of_metric), confirmed(first), confirmed(second))
        lines.append(f"| {' | '.join((f'{pair[0]} − {pair[1]}', *told))} |")
    share = confirmed((agreed[0], agreed[1]))
    least, most = (numbers.difference(end(off)) for end in (min, max))
    lines += [
        "",
        f"Of questions that only one of two has right by `correctness`, people agree in {share}. A difference by "
        f"`correctness` is {least} to {most} off from people's.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    figures = Figures(given.write, "ranked by people")
    rows = [row for each in read_labelled(given.data) if each.name.startswith("EVOUNA") for row in each.rows]
    if not rows:
        raise SystemExit(f"{given.data} holds no evouna/.")
    figures.show(tables(rows))


if __name__ == "__main__":
    main()
