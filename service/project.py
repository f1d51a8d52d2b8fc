"""A project as the command line sees it: its configuration, its corpus, and where its prepared things and runs lie."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from corpora.errors import ConfigError
from corpora.model import Corpus
from corpora.reading import read_corpus
from corpora.yaml_file import line_of, read_yaml
from eval.config import BakeoffConfig
from eval.prices import ListedPrices, PriceList, Prices
from eval.run import RunFolder
from pipelines.home import Home
from service.keys import KeyRing
from service.settings import ServiceSettings

PRICES = "prices.yaml"


class ProjectConfig(BakeoffConfig):
    """The whole of `bakeoff.yaml`. How it is served changes no answer, and so stands in no run's manifest."""

    service: ServiceSettings = ServiceSettings()


@dataclass(frozen=True)
class Project:
    """What a command works on. `path` is the configuration's, `runs` is where bake-offs are written."""

    path: Path
    settings: ServiceSettings
    config: BakeoffConfig
    corpus: Corpus
    home: Home
    runs: Path

    @property
    def jobs(self) -> Path:
        """The list of the runs that are asked of a service of this configuration and engine; none else may do them."""
        served = f"{self.path.resolve()}\n{self.config.engine}"
        return self.home.root / f"jobs-{hashlib.sha256(served.encode()).hexdigest()[:12]}.sqlite"


def open_project(
    path: Path,
    engine: str | None = None,
    split: str | None = None,
    repeat: int | None = None,
    resume: str | None = None,
) -> Project:
    """Reads a configuration and its corpus.

    Prepared things lie in `.bakeoff` and runs in `runs` of the working folder; BAKEOFF_HOME names another one for both.

    Args:
        engine: takes the place of the configuration's `engine`.
        split, repeat: take the place of those of its `evaluation`.
        resume: the run to go on with; engine, split and repeat are as it was started with where none is given.

    Raises:
        ConfigError: the configuration is broken, or has no such engine or split.
        CorpusError: the corpus is broken.
        RunStorageError: there is no such run.
    """
    runs = _base() / "runs"
    if resume is not None:
        started = RunFolder.open(runs / resume).manifest
        engine, split = engine or str(started.config["engine"]), split or started.evaluation.split
        repeat = repeat or started.evaluation.repeat
    whole = read_yaml(path, ProjectConfig)
    config = BakeoffConfig.model_validate(whole.model_dump(exclude={"service"}, exclude_unset=True))
    if engine is not None:
        if engine not in config.engines:
            raise ConfigError(f"{path} has no engine {engine!r}.", f"It has {', '.join(config.engines)}.")
        config = config.model_copy(update={"engine": engine})
    if split is not None and split not in ("dev", "test"):
        raise ConfigError(f"There is no split {split!r}.", "Take dev or test.")
    given = {key: value for key, value in (("split", split), ("repeat", repeat)) if value is not None}
    config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update=given)})
    config = config.model_copy(update={"cost": _prices(path, config.cost)})
    return Project(
        path=path,
        settings=whole.service,
        config=config,
        corpus=read_corpus(path.parent / config.corpus),
        home=replace(open_home(), vectors=config.vectors, beside=path.parent.resolve()),
        runs=runs,
    )


def _prices(config: Path, prices: Prices) -> Prices:
    """The prices themselves where the configuration names an entry of the list beside it."""
    if prices.entry is None:
        return prices
    path = config.parent / PRICES
    if prices.model_fields_set != {"entry"}:
        raise ConfigError(
            f"{config}: cost.entry stands beside other prices.", f"It takes all of them from {path}: give it alone."
        )
    listed = read_yaml(path, PriceList, missing="Write one, or give the prices themselves under `cost`.").root
    if not listed:
        raise ConfigError(f"{path} has no entries.", "Write one, or give the prices themselves under `cost`.")
    faults = [
        f"{path}:{line_of(path, (name,))}: {name} {fault}" for name, each in listed.items() if (fault := _fault(each))
    ]
    if faults:
        raise ConfigError("\n".join(faults) + "\n", "Mend what is named, then run `bakeoff validate`.")
    if prices.entry not in listed:
        raise ConfigError(f"{path} has no entry {prices.entry!r}.", f"It has {', '.join(listed)}.")
    return Prices.model_validate(listed[prices.entry].model_dump() | {"entry": prices.entry})


def _fault(entry: ListedPrices) -> str | None:
    if entry.entry is not None:
        return "names an entry itself; give the prices in its place."
    if not entry.source.strip():
        return "has an empty source; say where its prices are from, a page or an offer, that readers may look them up."
    known = entry.model_dump(include={name for name in Prices.model_fields if "_per_" in name}, exclude_none=True)
    return None if known else "has no price."


def open_home() -> Home:
    """Where prepared things lie, whatever the configuration."""
    return Home((_base() / ".bakeoff").absolute())


def open_keys() -> KeyRing:
    """Who may use the service, whatever the configuration."""
    return KeyRing(_base() / "keys.json")


def _base() -> Path:
    return Path(os.environ.get("BAKEOFF_HOME", "."))
