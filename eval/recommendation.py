"""Which way to take, for a team's own needs: by rules that are written down, each traceable to numbers of the run.

The rules, in their order. A rule takes pipelines out only where the numbers say so clearly; what cannot be told keeps
a pipeline in, and is said.

R1  A pipeline that answered nothing, or nothing rightly, is out.
R2  Where nothing may leave the machine, pipelines on an engine elsewhere are out.
R3  Where there are no training examples at hand for every new version, pipelines that were trained on examples are out.
R4  A pipeline of which clearly more than 5 of 100 answers take longer than is allowed is out.
R5  Of those left, only the most correct and those that cannot be told apart from it stay. Where several do, the choice
    that the next rules make among them is not clear: it may cost right answers. Where correctness is known of too few
    questions, nobody goes for freshness or cost either: wrong answers are no bargain.
R6  Where the knowledge changes and freshness was measured, those clearly less fresh than the freshest left are out.
R7  Of those left, those clearly dearer than the cheapest in a month of such use, its versions of the knowledge
    included, are out.
R8  Where several are left it cannot be told; the one that takes the least to set up is as good as the others, as far
    as is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pydantic import Field

from corpora.model import Record
from eval import numbers
from eval.contest import Contest, correctness_contest, listed, questions
from eval.differences import COST, Difference, find_difference
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.needs import Needs
from eval.planning import FEWEST
from eval.statistics import Estimate

LATE = 0.05
"""The share of answers that may take longer than `Needs.seconds`: what a p95 leaves out."""


class Reason(Record):
    """What one rule did. `numbers` are those it looked at, by their path in report.json."""

    rule: str
    sentence: str
    numbers: dict[str, float | None] = Field(default_factory=dict)


class Recommendation(Record):
    """`pipeline` is None where none may be taken; `clear` is False where another may be better, as far as is known."""

    pipeline: str | None
    clear: bool
    sentence: str
    reasons: tuple[Reason, ...]


@dataclass
class Evidence:
    """What the rules look at.

    Attributes:
        freshness: None where it was not measured.
        late: by pipeline, the share of answers that took longer than is allowed (`late_share`); empty where time does
            not matter.
        local: whether the engine answers on this machine.
        trained_on_examples: pipelines whose weights came from training examples.
    """

    pipelines: Sequence[PipelineSummary]
    differences: Sequence[Difference]
    freshness: Contest | None
    level: float
    local: bool
    trained_on_examples: frozenset[str]
    late: dict[str, Estimate] = field(default_factory=dict)


def recommend(needs: Needs, evidence: Evidence) -> Recommendation:
    """Applies R1 to R8."""
    chooser = _Chooser(needs, evidence)
    for rule in (chooser.answered, chooser.local, chooser.examples, chooser.in_time):
        rule()
        if not chooser.left:
            sentence = f"No pipeline meets these needs: {chooser.reasons[-1].sentence}"
            return Recommendation(pipeline=None, clear=True, sentence=sentence, reasons=tuple(chooser.reasons))
    for rule in (chooser.most_correct, chooser.fresh, chooser.cheapest):
        if len(chooser.left) > 1 and chooser.comparable:
            rule()
    return chooser.result()


class _Chooser:
    """The pipelines still left, and why the others are not.

    Attributes:
        comparable: whether correctness is known well enough for freshness and cost to matter.
        tied: that R5 left several, of which one may be more correct than the others; None where it did not.
        doubts: what speaks against a pipeline that is still left.
    """

    def __init__(self, needs: Needs, evidence: Evidence) -> None:
        self.needs = needs
        self.evidence = evidence
        self.by_name = {each.name: each for each in evidence.pipelines}
        self.left = list(self.by_name)
        self.reasons: list[Reason] = []
        self.comparable = True
        self.tied: Reason | None = None
        self.doubts: dict[str, Reason] = {}

    def answered(self) -> None:
        out = [name for name in self.left if self.by_name[name].answered + self.by_name[name].abstained == 0]
        self._out("R1", out, f"{listed(out)} answered nothing." if out else "")
        wrong = [name for name in self.left if self._nothing_right(name)]
        seen: dict[str, float | None] = {f"{name}.metrics.{CORRECTNESS}.mean": 0.0 for name in wrong}
        self._out("R1", wrong, f"{listed(wrong)} answered nothing rightly." if wrong else "", seen)

    def local(self) -> None:
        if self.needs.local and not self.evidence.local:
            out = list(self.left)
            self._out("R2", out, f"{listed(out)} would send questions away: the engine is not on this machine.")

    def examples(self) -> None:
        if self.needs.examples:
            return
        out = [name for name in self.left if name in self.evidence.trained_on_examples]
        self._out("R3", out, f"{listed(out)} needs training examples, and there are none at hand." if out else "")

    def in_time(self) -> None:
        if self.needs.seconds is None:
            return
        limit = numbers.seconds(self.needs.seconds)
        for name in list(self.left):
            share = self.evidence.late[name]
            seen = {f"{name}.latency.e2el.p95": self.by_name[name].latency.e2el.p95, f"{name}.late": share.mean}
            taken = f"{numbers.percent(share.mean)} of its answers took longer than {limit}, or were given up"
            if share.mean is None:
                self._doubt(name, Reason(rule="R4", sentence=f"The time of {name} is not known.", numbers=seen))
            elif share.low is not None and share.low > LATE:
                self._out("R4", [name], f"{name} is too slow: {taken}.", seen)
            elif share.high is None or share.high > LATE:
                sentence = f"Whether {name} is quick enough cannot be told: {taken}."
                self._doubt(name, Reason(rule="R4", sentence=sentence, numbers=seen))

    def most_correct(self) -> None:
        known = {name: self.by_name[name].metrics.get(CORRECTNESS) for name in self.left}
        means = {name: metric.mean for name, metric in known.items() if metric and metric.mean.n}
        fewest = min((each.n for each in means.values()), default=0)
        if fewest < FEWEST:
            self.comparable = False
            sentence = f"Correctness is known of {questions(fewest)}; at least {FEWEST} are needed to choose by it."
            self.reasons.append(Reason(rule="R5", sentence=sentence))
            return
        contest = correctness_contest(
            means, partial(find_difference, self.evidence.differences, CORRECTNESS), self.evidence.level
        )
        best, *others = contest.order()
        worse = [name for name in others if contest.better(best, name)]
        seen: dict[str, float | None] = {f"{name}.metrics.{CORRECTNESS}.mean": contest.values[name] for name in means}
        if worse:
            ahead, behind = (contest.written(names) for names in ([best], worse))
            self._out("R5", worse, f"{ahead} is more correct than {behind}.", seen)
        if len(self.left) > 1:
            sentence = contest.among(self.left).find().sentence
            self.tied = Reason(rule="R5", sentence=sentence, numbers=seen)
            self.reasons.append(self.tied)

    def fresh(self) -> None:
        measured = self.evidence.freshness
        if not self.needs.updates_per_month or measured is None:
            return
        contest = measured.among(self.left)
        if not contest.values:
            return
        best, *others = contest.order()
        out = [name for name in others if contest.better(best, name)]
        if out:
            seen: dict[str, float | None] = {f"{name}.freshness": value for name, value in contest.values.items()}
            share, written = numbers.score(contest.values[best]), listed(out)
            self._out("R6", out, f"{best} ({share}) is more often right about what has changed than {written}.", seen)

    def cheapest(self) -> None:
        queries, updates = self.needs.queries_per_month, self.needs.updates_per_month
        totals = {name: self.by_name[name].monthly_costs.per_month(queries, updates) for name in self.left}
        known = {name: total for name, total in totals.items() if total is not None}
        seen: dict[str, float | None] = {f"{name}.per_month": total for name, total in totals.items()}
        for name in totals:
            cost = self.by_name[name].cost
            seen |= {f"{name}.cost.per_query": cost.per_query, f"{name}.cost.setup.total": cost.setup.total}
        if known:
            best, *others = sorted(known, key=lambda name: known[name])
            for name in others:
                if (paired := find_difference(self.evidence.differences, COST, best, name)) is not None:
                    extra = f"differences.{COST}.{best} − {name}"
                    seen |= {f"{extra}.low": paired.estimate.low, f"{extra}.high": paired.estimate.high}
            out = [name for name in others if self._surely_cheaper(best, name)]
            if out:
                self._out(
                    "R7", out, f"{self._monthly([best], known)} is cheaper than {self._monthly(out, known)}.", seen
                )
            same = [name for name in known if name in self.left]
            if len(same) > 1:
                sentence = f"{self._monthly(same, known)} cannot be told apart in cost."
                self.reasons.append(Reason(rule="R7", sentence=sentence, numbers=seen))
        if len(known) < len(totals):
            unknown = listed([name for name in totals if name not in known])
            self.reasons.append(
                Reason(rule="R7", sentence=f"What {unknown} would cost in a month is not known.", numbers=seen)
            )

    def result(self) -> Recommendation:
        if len(self.left) == 1:
            return self._take(*self.left)
        simplest, *others = sorted(self.left, key=self._effort)
        least = self._effort(simplest)[0] < self._effort(others[0])[0]
        why = f"{simplest} takes the least to set up" if least else f"none takes less to set up than {simplest}"
        sentence = f"It cannot be told which of {listed(self.left)} suits these needs best; {why}."
        seen = {
            f"{name}.preparation.{what}": getattr(self.by_name[name].preparation, what)
            for name in self.left
            for what in ("training_seconds", "indexing_seconds")
        }
        reason = Reason(rule="R8", sentence=sentence, numbers=seen)
        return Recommendation(pipeline=simplest, clear=False, sentence=sentence, reasons=(*self.reasons, reason))

    def _take(self, name: str) -> Recommendation:
        told = [each for each in self.reasons[-2:] if each is not self.tied]
        doubt = self.doubts.get(name)
        shown = [*told, doubt] if doubt is not None and doubt not in told else told
        why = " ".join(each.sentence for each in shown) or "There is no other."
        clear = self.tied is None and doubt is None and len(self.by_name) > 1
        open_question = "; which is the most correct is open" if self.tied else ""
        sentence = f"Take {name}. {why}" if clear else f"Take {name} for now{open_question}. {why}"
        return Recommendation(pipeline=name, clear=clear, sentence=sentence, reasons=tuple(self.reasons))

    def _nothing_right(self, name: str) -> bool:
        metric = self.by_name[name].metrics.get(CORRECTNESS)
        return metric is not None and metric.mean.n >= FEWEST and not metric.mean.mean

    def _out(self, rule: str, names: Sequence[str], sentence: str, seen: dict[str, float | None] | None = None) -> None:
        if names:
            self.left = [name for name in self.left if name not in names]
            self.reasons.append(Reason(rule=rule, sentence=sentence, numbers=seen or {}))

    def _doubt(self, name: str, reason: Reason) -> None:
        self.reasons.append(reason)
        self.doubts[name] = reason

    def _surely_cheaper(self, a: str, b: str) -> bool:
        """Whether a month with a costs less than one with b, even at the upper end of a's extra cost per answer."""
        paired = find_difference(self.evidence.differences, COST, a, b)
        if paired is None or paired.estimate.high is None or paired.estimate.n < FEWEST:
            return False
        updates = self.needs.updates_per_month
        one, other = (self.by_name[name].monthly_costs.per_month(0, updates) for name in (a, b))
        if one is None or other is None:
            return False
        return paired.estimate.high * self.needs.queries_per_month + one - other < 0

    def _monthly(self, names: Sequence[str], totals: Mapping[str, float]) -> str:
        currency = self.evidence.pipelines[0].cost.currency
        return listed([f"{name} ({numbers.money(totals[name], currency)} a month)" for name in names])

    def _effort(self, name: str) -> tuple[float, int]:
        """Seconds of preparation; a pipeline for which they are not known comes last."""
        made = self.by_name[name].preparation
        if made.training_seconds is None or made.indexing_seconds is None:
            return float("inf"), 0
        return made.training_seconds + made.indexing_seconds, list(self.by_name).index(name)
