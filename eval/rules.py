"""The rules of the recommendation (`eval.recommendation`), each a method: what it takes out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from eval import numbers
from eval.contest import Contest, listed, outdone
from eval.freshness_reasons import less_fresh, perhaps_less_fresh
from eval.grounds import Grounds, Reason
from eval.honesty_reasons import makes_up_more, perhaps_makes_up_more, unknown_made_up
from eval.lateness import LATE
from eval.metrics.registry import CORRECTNESS
from eval.needs import Needs
from eval.planning import FEWEST
from eval.spent import COST


class Chooser:
    """The pipelines still left, and why the others are not.

    Attributes:
        ruled_out: what the team's needs took out, and what answered nothing.
        silent: that some answered nothing, of which nobody knows what they can do.
        never_right: what R1 took out of the others, since it answered nothing rightly.
        comparable: whether correctness is known well enough for freshness and cost to matter.
        tied: that R5 left several, of which one may be more correct than the others; None where it did not.
        level: those that it left then.
        less_correct: what R5 took out.
        outdone: what R6 and R7 took out.
        doubts: what speaks against a pipeline that is still left.
    """

    def __init__(self, needs: Needs, grounds: Grounds) -> None:
        self.needs = needs
        self.grounds = grounds
        self.by_name = {each.name: each for each in grounds.pipelines}
        self.left = list(self.by_name)
        self.reasons: list[Reason] = []
        self.ruled_out: list[str] = []
        self.silent: list[Reason] = []
        self.never_right: list[str] = []
        self.comparable = True
        self.tied: Reason | None = None
        self.level: list[str] = []
        self.less_correct: list[str] = []
        self.outdone: list[str] = []
        self.doubts: dict[str, list[Reason]] = {}

    def answered(self) -> None:
        out = [name for name in self.left if self.by_name[name].answered + self.by_name[name].abstained == 0]
        self._out("R1", out, f"{listed(out)} answered nothing." if out else "")
        self.silent = list(self.reasons)

    def some_right(self) -> None:
        self.ruled_out = [name for name in self.by_name if name not in self.left]
        never = [name for name in self.left if self.grounds.nothing_right(name)]
        self.never_right = out = [name for name in never if not self._hangs_on_words(name, never)]
        wrong = [name for name in out if not self.by_name[name].uncounted.unsettled and not self.grounds.doubt]
        seen: dict[str, float | None] = {f"{name}.cost.right": 0.0 for name in wrong}
        self._out("R1", wrong, f"{listed(wrong)} answered nothing rightly." if wrong else "", seen)
        for name in [each for each in out if each not in wrong]:
            found = self.by_name[name].uncounted
            share = f"{numbers.count(found.perhaps)} of {numbers.counted(found.answers, 'answer')}"
            perhaps = f"; {share} may be right, and {found.why}" if found.perhaps else ""
            perhaps += f"; it failed {found.failing}" if found.failed.answers else ""
            seen = {f"{name}.cost.right": 0.0, **found.numbers(name)}
            self._out("R1", [name], f"{name} gave no answer that counts as right{perhaps}.", seen)

    def _hangs_on_words(self, name: str, never: Sequence[str]) -> bool:
        """Whether one that has right answers clearly has fewer that are surely right than this one may have, so that R5
        tells nothing of them.
        """
        contest = self.grounds.correctness(self.left)
        others = [other for other in contest.values if other not in never and contest.seen_better(other, name)]
        return any(not self._tells(contest, other, name) for other in others)

    def local(self) -> None:
        out = [name for name in self.left if name in self.grounds.elsewhere]
        if self.needs.local and out:
            where = "engine or vectors are not on this machine"
            self._out("R2", out, f"{listed(out)} would send questions away: {where}.")

    def examples(self) -> None:
        if self.needs.examples:
            return
        out = [name for name in self.left if name in self.grounds.of_examples]
        need = "needs" if len(out) == 1 else "need"
        self._out("R3", out, f"{listed(out)} {need} training examples, and there are none at hand." if out else "")

    def in_time(self) -> None:
        if self.needs.seconds is None:
            return
        limit = numbers.seconds(self.needs.seconds)
        for name in list(self.left):
            late = self.grounds.late[name]
            taken, high = late.told(limit), late.at_most.high
            seen = {
                f"{name}.latency.e2el.p95": self.by_name[name].latency.e2el.p95,
                f"{name}.late": late.share.mean,
                f"{name}.late_or_failed": late.at_most.mean,
            }
            if late.share.mean is None:
                self._doubt(name, Reason(rule="R4", sentence=f"The time of {name} is not known.", numbers=seen))
            elif late.share.low is not None and late.share.low > LATE:
                self._out("R4", [name], f"{name} is too slow: {taken}.", seen)
            elif high is None or high > LATE:
                further = "" if high is None else f"; of further ones more than {numbers.percent(LATE)} may"
                told = f"about {numbers.counted(late.more or 0, 'more question')} would tell"
                more = f"; if as many of them are late, {told}" if late.more else ""
                sentence = f"Whether {name} is quick enough cannot be told: {taken}{further}{more}."
                self._doubt(name, Reason(rule="R4", sentence=sentence, numbers=seen))

    def most_correct(self) -> None:
        contest = self.grounds.correctness(self.left)
        fewest = min((self.by_name[name].metrics[CORRECTNESS].mean.n for name in contest.values), default=0)
        if fewest < FEWEST:
            self.comparable = False
            known = numbers.counted(fewest, "question")
            sentence = f"Correctness is known of {known}; at least {FEWEST} are needed to choose by it."
            self.reasons.append(Reason(rule="R5", sentence=sentence))
            return
        seen: dict[str, float | None] = {
            f"{name}.metrics.{CORRECTNESS}.mean": value for name, value in contest.values.items()
        }
        for pair in combinations(contest.order(), 2):
            seen |= self.grounds.difference(CORRECTNESS, *pair)
        for best, worse in contest.outdone(partial(self._tells, contest)).items():
            self.less_correct += worse
            surely = [name for name in worse if contest.better(best, name)]
            counted = [name for name in worse if name not in surely]
            told = [contest.written(surely)] if surely else []
            told += [f"{contest.written(counted)} by the answers that count"] if counted else []
            sentence = f"{contest.written([best])} is more correct than {', and than '.join(told)}."
            self._out("R5", worse, sentence, seen)
        if len(self.left) > 1:
            sentence = contest.among(self.left).find().sentence
            self.tied = Reason(rule="R5", sentence=sentence, numbers=seen)
            self.reasons.append(self.tied)
            self.level = list(self.left)
            self._more_right(contest)

    def _tells(self, contest: Contest, a: str, b: str) -> bool:
        """Whether a is more correct than b by the answers that count, and b not as clearly by those that are surely
        right. Of what failed nobody knows what it would have been: that turns nothing round.
        """
        paired = contest.compare(a, b)
        turned = paired is not None and paired.turned_round(self.grounds.level) and not self.by_name[b].failed
        return contest.seen_better(a, b) and not turned

    def _more_right(self, contest: Contest) -> None:
        """Of those that the score does not tell apart, right answers may; what is right is what is asked for."""
        share = {name: self.by_name[name].cost.right or 0.0 for name in self.left}
        order = sorted(self.left, key=lambda name: -share[name])
        for best, fewer in outdone(order, contest.more_right).items():
            self.less_correct += fewer
            seen: dict[str, float | None] = {f"{name}.cost.right": share[name] for name in (best, *fewer)}
            for name in fewer:
                seen |= self.grounds.difference(CORRECTNESS, best, name)
            few = listed([f"{name} ({numbers.score(share[name])})" for name in fewer])
            sentence = f"{best} ({numbers.score(share[best])}) gives more right answers than {few}."
            self._out("R5", fewer, sentence, seen)

    def honest(self) -> None:
        contest = self.grounds.made_up.among(self.left) if self.grounds.made_up else None
        if contest is None or not contest.values or contest.doubt:
            return
        for best, out in contest.outdone(contest.better).items():
            reason = makes_up_more(contest, best, out, self.grounds)
            self.outdone += out
            self._out("R6", out, reason.sentence, reason.numbers)
        for name, perhaps in self._perhaps_better(contest):
            self._doubt(name, perhaps_makes_up_more(name, perhaps, self.grounds))
        for name in [each for each in self.left if each not in contest.values]:
            self._doubt(name, unknown_made_up(name, self.grounds))

    def fresh(self) -> None:
        measured = self.grounds.freshness
        if not self.needs.updates_per_month or measured is None:
            return
        contest = measured.among(self.left)
        if not contest.values:
            return
        for best, out in contest.outdone(contest.better).items():
            reason = less_fresh(contest, best, out)
            self.outdone += out
            self._out("R7", out, reason.sentence, reason.numbers)
        for name, perhaps in self._perhaps_better(contest):
            self._doubt(name, perhaps_less_fresh(contest, name, perhaps))

    def cheapest(self) -> None:
        queries, updates = self.needs.queries_per_month, self.needs.updates_per_month
        totals = {name: self.grounds.monthly[name].per_month(queries, updates) for name in self.left}
        known = {name: total for name, total in totals.items() if total is not None}
        seen: dict[str, float | None] = {f"{name}.per_month": total for name, total in totals.items()}
        for name in totals:
            cost = self.grounds.monthly[name]
            seen |= {f"{name}.cost.compared": cost.per_query, f"{name}.per_version": cost.per_version}
        if known:
            order = sorted(known, key=lambda name: known[name])
            for pair in combinations(order, 2):
                seen |= self.grounds.difference(COST, *pair)
            for best, out in outdone(order, self._cheaper).items():
                cheap, dear = self.grounds.priced([best], known), self.grounds.priced(out, known)
                self._out("R8", out, f"{cheap} is cheaper than {dear}{self.grounds.uncounted}.", seen)
            same = [name for name in known if name in self.left]
            if len(same) > 1:
                sentence = f"Which of {self.grounds.priced(same, known)} is the cheapest cannot be told."
                if self.grounds.cost_the_same(same, known):
                    total = self.grounds.a_month(known[same[0]])
                    sentence = f"{listed(same)} cost the same, {total}{self.grounds.uncounted}."
                self.reasons.append(Reason(rule="R8", sentence=sentence, numbers=seen))
        if len(known) < len(totals):
            unknown = listed([name for name in totals if name not in known])
            self.reasons.append(
                Reason(rule="R8", sentence=f"What {unknown} would cost in a month is not known.", numbers=seen)
            )

    def _cheaper(self, a: str, b: str) -> bool:
        return self.grounds.surely_cheaper(a, b, self.needs)

    def _perhaps_better(self, contest: Contest) -> Iterator[tuple[str, list[str]]]:
        """Each that is left, with those of which it cannot be told whether they are better than it."""
        for name in [each for each in contest.values if each in self.left]:
            rivals = [other for other in contest.values if other != name and not contest.better(other, name)]
            if perhaps := [other for other in rivals if contest.perhaps_better(other, name)]:
                yield name, perhaps

    @property
    def all_unanswerable(self) -> bool:
        """Whether no question has a correctness at all: then made-up answers are all that can be compared."""
        known = (each.metrics.get(CORRECTNESS) for each in self.grounds.pipelines)
        return not any(metric is not None and metric.mean.n for metric in known)

    def _out(self, rule: str, names: Sequence[str], sentence: str, seen: dict[str, float | None] | None = None) -> None:
        if names:
            self.left = [name for name in self.left if name not in names]
            self.reasons.append(Reason(rule=rule, sentence=sentence, numbers=seen or {}))

    def _doubt(self, name: str, reason: Reason) -> None:
        self.reasons.append(reason)
        self.doubts.setdefault(name, []).append(reason)
