"""What a judge was worth beside people when it was last checked: kept, so that every run that it judges can say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import RootModel

from corpora.model import Record
from eval.labels.agreement import Figure, figure
from eval.metrics.judge import JudgeOptions
from eval.storage import read_model, write_whole


class Standing(Record):
    """One judged metric beside people's labels on one data set.

    `better` says whether its AUROC is higher than that of the best metric without a model on the same answers: the
    whole interval of the difference is on one side. False is worse or not shown; None where nothing could be compared.
    `told` is what `bakeoff check-metrics` said of it.
    """

    metric: str
    data: str
    answers: int
    auroc: Figure
    better: bool | None
    told: tuple[str, ...]

    def __str__(self) -> str:
        """On EVOUNA NQ: AUROC 0.912 (0.871 to 0.948), better than without a model."""
        known = {True: ", better than", False: ", not shown to be better than", None: ", not to be compared with"}
        return f"on {self.data}: AUROC {figure(self.auroc)}{known[self.better]} a metric without a model"


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
    write_whole(path, _Standings(known).model_dump_json(indent=1))


def beside_people(metric: str, found: Sequence[Standing]) -> str | None:
    """How a judged metric stood on every data set, for wherever its scores are; None where nobody has checked it."""
    known = "; ".join(str(each) for each in found if each.metric == metric)
    return f"Beside people, {known}" if known else None


def doubts(found: Sequence[Standing]) -> list[str]:
    """What to know of a run's judge before its scores are believed, in sentences."""
    if not found:
        return [
            "Nobody has compared this judge with people: `bakeoff check-metrics --data LABELS --config CONFIG` does, "
            "and runs say from then on how good it is."
        ]
    told = [f"{each.data}, {text}" for each in found if not each.better for text in each.told]
    return [f"The judge, beside people on labelled answers: {' '.join(told)}"] if told else []


def _read(path: Path) -> dict[str, tuple[Standing, ...]]:
    return read_model(path, _Standings).root if path.is_file() else {}


def _name(judge: JudgeOptions) -> str:
    return f"{judge.model} at {judge.base_url}"
