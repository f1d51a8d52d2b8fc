"""What the recommendation rests on, and what it says: the run's numbers, reasons, the pipeline to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, product

from pydantic import Field

from corpora.model import Record
from eval import numbers
from eval.break_even import Costs
from eval.contest import Contest, listed
from eval.differences import MADE_UP, Difference, find_difference
from eval.lateness import Late
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS
from eval.needs import Needs
from eval.paired import Paired
from eval.planning import FEWEST
from eval.quality import quality_contest
from eval.spent import COST


class Reason(Record):
    """What one rule did. `numbers` are those it looked at: `rag.metrics.correctness.mean` is in report.json under the
    pipeline rag, and of an interval there it is the mean; `differences.cost.a − b.low` is under the difference of a and
    b in cost; `.right.low`, `.worst.low`, `.worst_right.low` and `.borne_out.low` are of what `Paired` calls so. Made
    for the rules alone: `late`, the share of answers that took longer than is allowed, and
    `late_or_failed`, with those that failed otherwise; `made_up`, that of questions
    without an answer that were answered, among those that all pipelines replied to; `freshness`, that of questions on
    what has changed that are answered rightly after the refresh, and `differences.freshness`, the differences in it;
    `not_counted`, that of such answers that may be right and are not counted; `perhaps_made_up`, that of those that
    count and may be made up; `per_version` and `per_month`, what a
    version of the knowledge and a month as needed cost.
    """

    rule: str
    sentence: str
    numbers: dict[str, float | None] = Field(default_factory=dict)


def difference_numbers(measure: str, a: str, b: str, paired: Paired) -> dict[str, float | None]:
    """The mean of a minus b, its interval and its p, and those of right answers and of the worst cases, by their names
    for `Reason.numbers`.
    """
    found = paired.estimate
    known = {"mean": found.mean, "low": found.low, "high": found.high, "p": paired.adjusted}
    gains = {
        "right": paired.right,
        "worst": paired.worst,
        "worst_right": paired.worst_right,
        "borne_out": paired.borne_out,
    }
    for what, gain in gains.items():
        if gain:
            known |= {f"{what}.{end}": getattr(gain.estimate, end) for end in ("mean", "low", "high")}
    return {f"differences.{measure}.{a} − {b}.{what}": value for what, value in known.items()}


class Recommendation(Record):
    """`pipeline` is None where none may be taken; `clear` is False where another may be better, as far as is known."""

    pipeline: str | None
    clear: bool
    sentence: str
    reasons: tuple[Reason, ...]


@dataclass
class Grounds:
    """What the rules look at.

    Attributes:
        freshness: None where it was not measured.
        on_changes: how many questions on what has changed it is known of.
        made_up: None where no question is unanswerable.
        idle: whether a machine is paid for by the hour, so that its idle hours come on top.
        late: by pipeline, the share of answers that took longer than is allowed (`late_answers`); empty where time does
            not matter.
        elsewhere: pipelines of which something is on another machine.
        of_examples: pipelines whose weights or prompts came from training examples.
        doubt: why correctness shows nothing, whatever it is, as a clause; None where it may.
    """

    pipelines: Sequence[PipelineSummary]
    differences: Sequence[Difference]
    freshness: Contest | None
    made_up: Contest | None
    idle: bool
    level: float
    elsewhere: frozenset[str]
    of_examples: frozenset[str]
    late: dict[str, Late] = field(default_factory=dict)
    on_changes: int = 0
    doubt: str | None = None

    @property
    def monthly(self) -> dict[str, Costs]:
        """What each pipeline costs per version and per query."""
        return {each.name: each.monthly_costs for each in self.pipelines}

    def correctness(self, names: Sequence[str]) -> Contest:
        """Among these, as far as it is known, with what length may have taken of it."""
        lacking = {each.name: each.uncounted.taken for each in self.pipelines}
        return self._contest(CORRECTNESS, "the most correct", names, lacking, self.doubt)

    def faithfulness(self, names: Sequence[str]) -> Contest:
        """Among these, as far as it is known."""
        return self._contest(FAITHFULNESS, "the most faithful", names)

    def _contest(
        self,
        score: str,
        best: str,
        names: Sequence[str],
        lacking: Mapping[str, float] | None = None,
        doubt: str | None = None,
    ) -> Contest:
        known = {each.name: each.metrics.get(score) for each in self.pipelines if each.name in names}
        means = {name: metric.mean for name, metric in known.items() if metric and metric.mean.n}
        compare = partial(find_difference, self.differences, score)
        return quality_contest(means, compare, self.level, best, lacking, doubt)

    def nothing_right(self, name: str) -> bool:
        """Whether it gave no right answer at all, to as many questions as tell something. A mean tells nothing of that:
        a wrong answer may have a part of correctness.
        """
        pipeline = next(each for each in self.pipelines if each.name == name)
        metric = pipeline.metrics.get(CORRECTNESS)
        return metric is not None and metric.mean.n >= FEWEST and pipeline.cost.right == 0

    def surely_cheaper(self, a: str, b: str, needs: Needs) -> bool:
        """Whether a month with a costs less than one with b, even at the upper end of a's extra cost per answer, which
        has to hold for all pairs at once. Where a starts at no higher cost, its answers being cheaper is enough.
        """
        paired = find_difference(self.differences, COST, a, b)
        one, other = (self.monthly[name].per_month(0, needs.updates_per_month) for name in (a, b))
        if paired is None or paired.estimate.n < FEWEST or one is None or other is None:
            return False
        cheaper = (paired.estimate.mean or 0.0) < 0
        if one <= other and paired.differs(self.level) and cheaper and paired.stays_ahead(self.level):
            return True
        if one == other or paired.of_all is None or paired.of_all.high is None:
            return False
        highs = [paired.of_all.high]
        if cheaper and paired.worst:
            highs.append(-(paired.worst.estimate.low or 0.0))
        return max(highs) * needs.queries_per_month + one - other < 0

    def cost_the_same(self, names: Sequence[str], totals: Mapping[str, float]) -> bool:
        """Whether each of these costs the same in a month, to the last digit, and on every question."""
        pairs = [find_difference(self.differences, COST, *pair) for pair in combinations(names, 2)]
        return len({totals[name] for name in names}) == 1 and all(paired and paired.same for paired in pairs)

    def difference(self, measure: str, a: str, b: str) -> dict[str, float | None]:
        """a minus b, by the names for `Reason.numbers`; nothing where they are not compared."""
        paired = find_difference(self.differences, measure, a, b)
        return {} if paired is None else difference_numbers(measure, a, b, paired)

    def invented(self, few: Sequence[str], many: Sequence[str]) -> dict[str, float | None]:
        """How many answers these made up, and by how much the first ones fewer, by the names for `Reason.numbers`."""
        shares = self.made_up.values if self.made_up else {}
        found: dict[str, float | None] = {f"{name}.made_up": shares.get(name) for name in (*few, *many)}
        for a, b in product(few, many):
            found |= self.difference(MADE_UP, a, b)
        return found

    def priced(self, names: Sequence[str], totals: Mapping[str, float]) -> str:
        """rag ($2.38 a month) and finetuned ($217.31 a month)."""
        return listed([f"{name} ({self.a_month(totals[name])})" for name in names])

    def a_month(self, total: float) -> str:
        """$2.38 a month."""
        return f"{numbers.money(total, self.pipelines[0].cost.currency)} a month"

    @property
    def uncounted(self) -> str:
        """What no monthly cost holds, as the end of a sentence."""
        if self.idle:
            return ", idle hours not counted"
        return ", failures not counted" if any(each.failed for each in self.pipelines) else ""
