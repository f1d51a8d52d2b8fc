"""Which pipeline wins at what, by how much, how sure; and no more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from eval import numbers
from eval.finding import About, Finding, Wording
from eval.paired import Paired
from eval.planning import FEWEST
from eval.statistics import EQUAL

Compare = Callable[[str, str], Paired | None]
"""The difference of two pipelines by name, the first minus the second; None where there is none."""


@dataclass(frozen=True)
class Contest:
    """One thing at which pipelines are compared.

    Attributes:
        values: the mean of each pipeline.
        compare: paired differences, in the values' unit.
        level: of confidence, as 0.95.
        high: whether more is better.
        lacking: by how much a value may be better than it is, since answers that may be right, or replies that may be
            refusals, are not counted so; 0 of who is not in it.
        exceeding: by how much a value may be worse than it is, since what counts as a refusal may be made up; 0 of who
            is not in it.
        doubt: why the values show nothing however far apart they are, so that nobody is called better, as a clause;
            None where they may.
    """

    about: About
    values: Mapping[str, float]
    compare: Compare
    level: float
    high: bool
    wording: Wording
    lacking: Mapping[str, float] = field(default_factory=dict)
    exceeding: Mapping[str, float] = field(default_factory=dict)
    doubt: str | None = None

    def order(self) -> list[str]:
        """Best mean first."""
        return sorted(self.values, key=lambda name: -self.values[name] if self.high else self.values[name])

    def better(self, a: str, b: str) -> bool:
        """Whether a may be called better than b, and would be in the worst case: that all is so for b that may be, and
        nothing for a.
        """
        paired = self.compare(a, b)
        stays = paired is not None and paired.stays_ahead(self.level)
        return self.doubt is None and self.seen_better(a, b) and stays

    def seen_better(self, a: str, b: str) -> bool:
        """Whether a may be called better than b by the values as they are, whatever they may lack."""
        paired = self.compare(a, b)
        return self.scores_better(a, b) and paired is not None and paired.differs(self.level)

    def scores_better(self, a: str, b: str) -> bool:
        """Whether a's score is better than b's, be it for parts of right answers alone."""
        paired = self.compare(a, b)
        if paired is None or not paired.differs_in_score(self.level):
            return False
        return ((paired.estimate.mean or 0.0) > 0) == self.high

    def more_right(self, a: str, b: str) -> bool:
        """Whether a surely gives more right answers than b, whatever their scores."""
        paired = self.compare(a, b)
        enough = paired is not None and paired.estimate.n >= FEWEST and paired.surely_right_ahead(self.level)
        return self.doubt is None and enough

    def perhaps_better(self, a: str, b: str) -> bool:
        """Whether a may be called better than b, or could be were their values as good and as bad as they may be."""
        paired = self.compare(a, b)
        enough = paired is not None and paired.estimate.n >= FEWEST
        return self.seen_better(a, b) or (enough and self.weighs(a, b) and self._room(a, b) + self.least(a, b) > 0)

    def least(self, a: str, b: str) -> float:
        """By how much a is ahead of b at least: the nearer end of the interval, 0 where there is none."""
        paired = self.compare(a, b)
        ahead = None if paired is None else paired.estimate if self.high else paired.negated().estimate
        return 0.0 if ahead is None or ahead.low is None else ahead.low

    def weighs(self, a: str, b: str) -> bool:
        """Whether a may be better by as much as the two differ by."""
        room = self._room(a, b)
        return room > EQUAL and room >= abs(self.values[a] - self.values[b]) - EQUAL

    def _room(self, a: str, b: str) -> float:
        """By how much a may be better beside b than their values say."""
        return self.lacking.get(a, 0.0) + self.exceeding.get(b, 0.0)

    def undone(self, a: str, b: str) -> bool:
        """Whether a's score is better than b's, and what a is ahead in would not be so in the worst case."""
        paired = self.compare(a, b)
        return self.scores_better(a, b) and paired is not None and not paired.stays_ahead(self.level)

    @property
    def any_undone(self) -> bool:
        """Whether anybody is seen better than another, and would not be in the worst case."""
        return any(self.undone(a, b) for a in self.values for b in self.values)

    def in_doubt(self, leaders: Sequence[str]) -> list[str]:
        """Of those that lead, best first, of whom answers that are not counted may matter for who is the best."""
        best, *others = leaders
        found = [best] if any(self.weighs(best, name) for name in others) else []
        return found + [name for name in others if self.undone(best, name) or self.weighs(name, best)]

    def outdone(self, better: Callable[[str, str], bool]) -> dict[str, list[str]]:
        """Who is behind whom by `better` or `seen_better`."""
        return outdone(self.order(), better)

    def among(self, names: Sequence[str]) -> Contest:
        """The same between fewer: those of `names` that have a value."""
        return replace(self, values={name: self.values[name] for name in names if name in self.values})

    def written(self, names: Sequence[str]) -> str:
        """Names with their values: a (.44) and b (.33)."""
        return listed([f"{name} ({self.wording.write(self.values[name])})" for name in names])

    def find(self) -> Finding:
        """The finding; who may be level for what its value may lack leads too. A single pipeline leads alone, and
        clearly not.
        """
        best, *others = self.order()
        behind = self.outdone(self.better)
        leaders = [name for name in (best, *others) if not any(name in each for each in behind.values())]
        if not others:
            sentence = f"{best} is alone: {self.wording.write(self.values[best])}."
            return Finding(about=self.about, sentence=sentence, leaders=(best,))
        if len(leaders) == 1:
            return Finding(about=self.about, sentence=self._clear(best, others[0]), leaders=(best,), clear=True)
        same = [name for name in leaders[1:] if (paired := self.compare(best, name)) and paired.same]
        if len(same) == len(leaders) - 1:
            return Finding(about=self.about, sentence=self._level(leaders, behind), leaders=tuple(leaders))
        wanted = self._wanted(leaders)
        more = None if None in wanted.values() else max(filter(None, wanted.values()), default=None)
        plan = self._plan(best, {name: each for name, each in wanted.items() if name not in same})
        level = f"; {listed([best, *same])} {self.wording.alike}" if same else ""
        sentence = f"{self._open(leaders, behind)}; {self._few(leaders) or plan}{level}."
        return Finding(about=self.about, sentence=sentence, leaders=tuple(leaders), more=more)

    def doubted(self, finding: Finding) -> Finding:
        """With the reason why the values of several show nothing, where there is one."""
        return finding.noted(f"But {self.doubt}.") if self.doubt and len(self.values) > 1 else finding

    def _clear(self, best: str, second: str) -> str:
        sentence = f"{best} is {self.wording.best}, {self.wording.write(self.values[best])}"
        paired = self.compare(best, second)
        if paired is None:
            return f"{sentence}."
        sentence += f" on {self.wording.questions(paired.estimate.n)}"
        gain = paired.estimate
        interval = f"{self.wording.write_difference(gain.low)} to {self.wording.write_difference(gain.high)}"
        seen = f"{self.wording.write_difference(gain.mean)} ({interval})"
        return f"{sentence}: {seen} against {second}, the next best.{self._hangs_on(best, second)}"

    def _hangs_on(self, best: str, second: str) -> str:
        """How many answers would have to be misjudged for it not to be clear, of the pair that needs the fewest."""
        pairs = {name: self.compare(best, name) for name in self.values if name != best}
        known = {name: each.fragility for name, each in pairs.items() if each and each.fragility}
        if not known:
            return ""
        behind = min(known, key=lambda name: known[name].enough)
        of_all = "" if behind == second else f"{behind}, though further behind, is the nearest to being level. "
        return f" {of_all}{known[behind].told(best, behind)}"

    def _open(self, leaders: Sequence[str], behind: Mapping[str, Sequence[str]]) -> str:
        paired = self.compare(leaders[0], leaders[1])
        source = f" from {self.wording.questions(paired.estimate.n)}" if paired else ""
        ahead = self._ahead(leaders, behind)
        sentence = f"It cannot be told{source} which of {self.written(leaders)} is {self.wording.best}"
        return f"{sentence}, but {ahead}" if ahead else sentence

    def _level(self, leaders: Sequence[str], behind: Mapping[str, Sequence[str]]) -> str:
        """Of those that lead, of which no value differs."""
        paired, ahead = self.compare(leaders[0], leaders[1]), self._ahead(leaders, behind)
        on = f" on {self.wording.questions(paired.estimate.n)}" if paired else ""
        sentence = f"{listed(leaders)} {self.wording.alike}, {self.wording.write(self.values[leaders[0]])}{on}"
        return f"{sentence}, and {ahead}." if ahead else f"{sentence}."

    def _ahead(self, leaders: Sequence[str], behind: Mapping[str, Sequence[str]]) -> str:
        """Who of those that lead is ahead of whom that does not; nothing where all lead."""
        rest = [name for name in self.order() if name not in leaders]
        if not rest:
            return ""
        everyone = all(self.better(leader, name) for leader in leaders for name in rest)
        each = {"both are" if len(leaders) == 2 else "all are": rest}
        ahead = each if everyone else {f"{name} is": names for name, names in behind.items()}
        return listed([f"{who} ahead of {listed(names)}" for who, names in ahead.items()])

    def _wanted(self, leaders: Sequence[str]) -> dict[str, int | None]:
        """How many more questions would tell the best from each of the others; None where no number would."""
        best, *others = leaders
        pairs = {name: None if self.doubt else self.compare(best, name) for name in others}
        return {name: (paired.more or None) if paired else None for name, paired in pairs.items()}

    def _plan(self, best: str, wanted: Mapping[str, int | None]) -> str:
        """What would settle it, by how many more questions would tell the best from each of the others."""
        known = {name: more for name, more in wanted.items() if more is not None}
        close = [name for name in wanted if name not in known]
        if not known:
            return self._possible(best, close)
        more = max(known.values())
        hangs = any((paired := self.compare(best, name)) and paired.hangs_on_worst_case for name in known)
        held = f", with all against {best} that may count otherwise" if hangs else ""
        about = f"about {numbers.counted(more, 'more question')}{self.wording.asked} would tell"
        if not close:
            return f"if the difference stays as seen{held}, {about}"
        apart = f"{about} {best} from {listed(list(known))}"
        return f"if the differences stay as seen{held}, {apart}; for {listed(close)} it cannot be foreseen"

    def _possible(self, best: str, others: Sequence[str]) -> str:
        """How far apart they may be, whatever was seen: for all pairs at once, where that is known. One pair's own
        interval may leave zero out where the corrected test does not.
        """
        known = [paired.of_all or paired.estimate for name in others if (paired := self.compare(best, name))]
        lows = [each.low for each in known if each.low is not None]
        highs = [each.high for each in known if each.high is not None]
        if not lows or not highs or any(self._open_otherwise(best, name) for name in others):
            return "how many questions would tell cannot be foreseen"
        ends = f"{self.wording.write_difference(min(lows))} to {self.wording.write_difference(max(highs))}"
        if min(lows) > 0 or max(highs) < 0:  # a single interval may be clear where the test is not
            return f"their difference lies within {ends} by its interval, and by its test may be chance"
        return f"all that is known of their difference is that it lies within {ends}"

    def _open_otherwise(self, best: str, other: str) -> bool:
        """Whether it is not for their scores that two which lead cannot be told apart."""
        weighs = self.weighs(best, other) or self.weighs(other, best)
        return self.doubt is not None or weighs or self.scores_better(best, other)

    def _few(self, leaders: Sequence[str]) -> str | None:
        """Of too few questions nothing can be foreseen either."""
        seen = [paired.estimate.n for name in leaders[1:] if (paired := self.compare(leaders[0], name))]
        return f"at least {FEWEST} questions{self.wording.asked} are needed" if seen and min(seen) < FEWEST else None


def outdone(order: Sequence[str], better: Callable[[str, str], bool]) -> dict[str, list[str]]:
    """Who is behind, each under the first of those that are better than it: whoever is level with the best mean may be
    behind another, and every pair was tested.

    Args:
        order: best mean first.
    """
    found: dict[str, list[str]] = {}
    for place, name in enumerate(order):
        ahead = next((other for other in order[:place] if better(other, name)), None)
        if ahead is not None:
            found.setdefault(ahead, []).append(name)
    return found


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
