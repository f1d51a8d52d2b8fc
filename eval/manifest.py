"""What was run: enough to run it again, and to see why two runs differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import BaseModel, Field, JsonValue, ValidationError, ValidationInfo, field_validator

from corpora.errors import RunStorageError
from corpora.leakage import Leakage
from corpora.model import Corpus, Record
from eval.conditions import FairnessCheck, Warmup
from eval.identity import digest, flatten, in_words
from eval.labels.standing import Standing, doubts
from eval.machine import Machine, describe_machine
from eval.metrics.registry import METRICS
from eval.needs import Needs
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.turns import count_turns
from pipelines.address import is_here
from pipelines.contract import Pipeline, Preparation

PACKAGES = (
    "bakeoff",
    "torch",
    "transformers",
    "peft",
    "trl",
    "sentence-transformers",
    "chromadb",
    "langchain-core",
    "langchain-openai",
    "ragas",
)

_SHOWN = 3  # names and runs in a warning


Options = TypeVar("Options", bound=BaseModel)


class Contestant(Record):
    """One pipeline of the run. `fingerprint` is all that its answers depend on, its index and adapter among it."""

    kind: str
    fingerprint: dict[str, JsonValue]
    preparation: Preparation = Preparation()

    @field_validator("preparation")
    @classmethod
    def _with_those_shown(cls, made: Preparation, read: ValidationInfo) -> Preparation:
        """Runs of earlier versions counted no examples that a prompt shows."""
        shown = len(_shown(read.data.get("fingerprint", {})))
        return made.model_copy(update={"training_examples": shown}) if shown and made.training_examples == 0 else made

    @property
    def shown(self) -> frozenset[tuple[str, str]]:
        """The examples that stand in its prompt before every question, each as prompt and completion."""
        return _shown(self.fingerprint)

    @property
    def retrieves(self) -> bool:
        """Whether it searches for passages; for some questions it may find none."""
        return bool(self.fingerprint.get("retrieval"))


class EarlierRun(Record):
    """A run that asked the same test questions, and whose results could be seen.

    `changed` says what answers depend on and was not as now.
    """

    run_id: str
    changed: tuple[str, ...]


class Manifest(Record):
    """A run's head. Times are in UTC, ISO 8601; `finished` is None while trials or scores are missing, and `resumed`
    counts how often it was taken up again. `config` is the whole configuration; keys to servers are not in it.

    `warmups` are the requests that came before each pipeline's counted ones, over all its turns, and `fairness`
    what was checked of the comparison when the run was finished; what was then to be compared stands in `config`,
    `engine` and `pipelines`. `leakage` is what the guard saw. `test_runs_before` are empty on the split `dev`.
    `judge_standings` is what the judge was worth beside people when the run began. `turns` is in how many turns each
    pipeline is asked (`question_turns`); of runs of earlier versions these are not known, and times not compared. Nor
    is `corpus_language`, the tag that the corpus gives, which is then taken to be English.
    """

    run_id: str
    started: str
    finished: str | None = None
    resumed: int = 0
    config: dict[str, JsonValue]
    corpus_name: str
    corpus_hash: str
    corpus_language: str = "en"
    questions: int
    turns: int = 1
    engine: dict[str, JsonValue]
    pipelines: dict[str, Contestant]
    versions: dict[str, str]
    machine: Machine
    leakage: Leakage | None = None
    warmups: dict[str, Warmup] = Field(default_factory=dict)
    fairness: tuple[FairnessCheck, ...] = ()
    test_runs_before: tuple[EarlierRun, ...] = ()
    judge_standings: tuple[Standing, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the results less believable than they look, in sentences."""
        found = [f"Not a fair comparison: {check.found}." for check in self.fairness if check.holds is False]
        if self.test_runs_before:
            newest = self.test_runs_before[-_SHOWN:]
            runs = "; ".join(f"{each.run_id}: {_first(in_words(each.changed, self.pipelines))}" for each in newest)
            runs = f"the last {_SHOWN}: {runs}" if len(self.test_runs_before) > _SHOWN else runs
            times = "once" if len(self.test_runs_before) == 1 else f"{len(self.test_runs_before)} times"
            found.append(
                f"The test questions were asked {times} before with other configurations ({runs}), so that what came "
                "out may have guided the choice: choose on dev, and report on test once."
            )
        judge = self.evaluation.judge
        if judge is not None:
            found += doubts(self.judge_standings, self._judged)
            if self.needs.local and not is_here(judge.base_url):
                found.append("Nothing may leave the machine, and the judge is on another: it was sent every answer.")
        return tuple(found)

    @property
    def _judged(self) -> list[str]:
        """The metrics that a judge gives; none of what was shown where nothing is retrieved."""
        retrieves = any(each.retrieves for each in self.pipelines.values())
        return [
            name
            for name, each in METRICS.items()
            if each.judged and (retrieves or "retrieved_contexts" not in each.inputs)
        ]

    @property
    def evaluation(self) -> EvaluationOptions:
        return self._part("evaluation", EvaluationOptions)

    @property
    def prices(self) -> Prices:
        return self._part("cost", Prices)

    @property
    def needs(self) -> Needs:
        return self._part("needs", Needs)

    def differences(self, other: Manifest) -> list[str]:
        """What answers or scores depend on and is not the same in both, as dotted names; none for the same bake-off."""
        mine, theirs = self._identity(), other._identity()
        return [key for key in sorted(mine.keys() | theirs.keys()) if mine.get(key) != theirs.get(key)]

    def _part(self, name: str, options: type[Options]) -> Options:
        """Raises RunStorageError where it is broken, or of another version."""
        try:
            return options.model_validate(self.config.get(name, {}))
        except ValidationError as error:
            raise RunStorageError(
                f"`{name}` in the configuration of the run {self.run_id} is broken, or of another version: "
                f"{error.errors()[0]['msg']}.",
                "Restore the run's manifest.json from a copy, or start a new run.",
            ) from error

    def _identity(self) -> dict[str, Any]:
        flat = {"corpus": self.corpus_hash} | flatten({"config": self.config, "engine": self.engine})
        for name, contestant in self.pipelines.items():
            flat |= flatten({f"pipelines.{name}": contestant.fingerprint})
        return flat


def new_manifest(
    config: BaseModel,
    corpus: Corpus,
    engine: Mapping[str, Any],
    pipelines: Mapping[str, Pipeline],
) -> Manifest:
    """The manifest of a bake-off that begins now.

    Args:
        config: the whole configuration, with `evaluation` and `cost` in it.
        engine: the engine's fingerprint.
    """
    now = datetime.now(UTC)
    contestants = {
        name: Contestant(
            kind=pipeline.kind,
            fingerprint=_as_json(pipeline.fingerprint()),
            preparation=pipeline.preparation,
        )
        for name, pipeline in pipelines.items()
    }
    manifest = Manifest(
        run_id="",
        started=now.isoformat(timespec="seconds"),
        config=config.model_dump(mode="json"),
        corpus_name=corpus.name,
        corpus_hash=corpus.content_hash,
        corpus_language=corpus.language,
        questions=0,
        engine=_as_json(engine),
        pipelines=contestants,
        versions=_versions(PACKAGES),
        machine=describe_machine(),
    )
    asked = corpus.split(manifest.evaluation.split)
    return manifest.model_copy(
        update={
            "run_id": f"{now:%Y%m%d-%H%M%S}-{digest(manifest._identity())[:6]}",
            "questions": len(asked),
            "turns": count_turns(asked, manifest.evaluation),
        }
    )


def _shown(fingerprint: Mapping[str, JsonValue]) -> frozenset[tuple[str, str]]:
    """What the model is shown to have answered, with the question before it."""
    prefix = fingerprint.get("prefix")
    rows = prefix if isinstance(prefix, list) else []
    messages = [each for each in rows if isinstance(each, list) and len(each) == 2]
    return frozenset((str(one[1]), str(other[1])) for one, other in pairwise(messages) if other[0] == "ai")


def _as_json(values: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The values as a file gives them back: tuples as lists, paths as text."""
    plain: dict[str, JsonValue] = json.loads(json.dumps(values, default=str))
    return plain


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _versions(packages: Iterable[str]) -> dict[str, str]:
    found = dict.fromkeys(packages, "not installed")
    for package in found:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
