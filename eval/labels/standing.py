"""What a judge was worth beside people when it was last checked: kept, so that every run that it judges can say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import RootModel

from corpora.errors import RunStorageError
from corpora.model import Record
from eval import numbers
from eval.labels.agreement import Figure, figure
from eval.metrics.judge import JudgeOptions
from eval.metrics.registry import METRICS
from eval.storage import AGAIN, read_model, write_whole

ENOUGH = 10
"""Clusters below which figures tell nothing: resampling so few spreads far too little."""


class Comparison(Record):
    """A judge's AUROC minus that of the metric without a model that did best on the same answers."""

    rival: str
    difference: Figure

    def __str__(self) -> str:
        """Better than token_recall, on the same answers: AUROC +0.041 (+0.012 to +0.070)."""
        shown = f"on the same answers: AUROC {figure(self.difference, signed=True)}"
        if self.difference.value is None:
            return "whether it is better than a metric without a model cannot be told"
        if self.difference.above_zero:
            return f"better than {self.rival}, {shown}"
        worse = self.difference.high is not None and self.difference.high < 0
        return f"{'worse' if worse else 'not shown to be better'} than {self.rival}, which needs no model, {shown}"


class Standing(Record):
    """One judged metric beside people's labels on one data set.

    `answers` are verdicts, repeated ones among them, and `clusters` those of the answers that they were given on; None
    where an earlier version did not count them. `spread` is the standard deviation of repeated verdicts on one answer;
    None where none was given twice. `against` is None where there was nothing to compare with.
    """

    metric: str
    data: str
    answers: int
    clusters: int | None = None
    auroc: Figure
    spread: float | None = None
    against: Comparison | None = None

    @property
    def few(self) -> bool:
        """Whether what was judged is too little to tell anything."""
        return self.clusters is not None and self.clusters < ENOUGH

    @property
    def better(self) -> bool:
        """Whether its AUROC is clearly above that of the best metric without a model."""
        return not self.few and self.against is not None and self.against.difference.above_zero

    def in_words(self) -> list[str]:
        """How its verdicts move, and whether asking the judge is worth it."""
        moved = (
            [] if self.spread is None else [f"asked again, a verdict moves by {self.spread:.3f} (standard deviation)"]
        )
        if self.against is not None and not self.few:
            return [*moved, str(self.against)]
        judged = f" from answers in {numbers.counted(self.clusters, 'cluster')}" if self.clusters and self.few else ""
        return [*moved, f"whether it is better than a metric without a model cannot be told{judged}"]

    def __str__(self) -> str:
        """On EVOUNA NQ: AUROC 0.912 (0.871 to 0.948), with what else is known of it."""
        return f"on {self.data}: AUROC {figure(self.auroc)}, {', '.join(self.in_words())}"


class _Standings(RootModel[dict[str, tuple[Standing, ...]]]):
    """By the judge's name."""


def standings(path: Path, judge: JudgeOptions) -> tuple[Standing, ...]:
    """How the judge stood on every data set that it was checked on; empty where nobody has checked it.

    Raises RunStorageError where the file is broken.
    """
    return _read(path).get(_name(judge), ())


def keep(path: Path, judge: JudgeOptions, new: Sequence[Standing]) -> None:
    """Writes down how the judge stands; what was known of it on other data sets, and of other judges, stays.

    Raises RunStorageError where the file is broken or cannot be written.
    """
    known = _read(path)
    places = {(each.metric, each.data) for each in new}
    old = [each for each in known.get(_name(judge), ()) if (each.metric, each.data) not in places]
    known[_name(judge)] = (*old, *new)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _Standings(known).model_dump_json(indent=1), AGAIN)


def beside_people(metric: str, found: Sequence[Standing]) -> str | None:
    """How a judged metric stood on every data set, for wherever its scores are; None where nobody has checked it."""
    known = "; ".join(str(each) for each in found if each.metric == metric)
    return f"Beside people, {known}" if known else None


def doubts(found: Sequence[Standing], used: Sequence[str]) -> list[str]:
    """What to know of a run's judge before its scores are believed, in sentences.

    Args:
        used: the judged metrics that the run has.
    """
    if not found:
        return [
            "Nobody has compared this judge with people: `bakeoff check-metrics --data LABELS --config CONFIG` does, "
            "and runs say from then on how good it is."
        ]
    said = []
    known = {each.metric for each in found}
    if unknown := [METRICS[name].title for name in used if name not in known]:
        said.append(f"Nobody has compared this judge with people on {', '.join(unknown)}.")
    if few := [each for each in found if each.few]:
        said.append(
            f"What is known of the judge beside people rests on fewer than {ENOUGH} clusters of answers, and tells "
            f"nothing: {_places(few)}. Have `bakeoff check-metrics` judge more."
        )
    if worse := [each for each in found if not each.few and not each.better]:
        said.append(
            f"The judge is not shown to be better, beside people, than a metric without a model: {_places(worse)}."
        )
    return said


def _places(found: Sequence[Standing]) -> str:
    return "; ".join(f"{METRICS[each.metric].title} on {each.data}" for each in found)


def _read(path: Path) -> dict[str, tuple[Standing, ...]]:
    try:
        return read_model(path, _Standings).root if path.is_file() else {}
    except RunStorageError as error:
        raise RunStorageError(
            error.problem, "Delete it, and have `bakeoff check-metrics` set the judge beside people again."
        ) from error


def _name(judge: JudgeOptions) -> str:
    return f"{judge.model} at {judge.base_url}"
