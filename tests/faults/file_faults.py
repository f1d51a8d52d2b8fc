"""Files that are broken: the index, an adapter, the list of runs, earlier answers, keys, a run's journal."""

from __future__ import annotations

import json
import logging
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from fault_world import Outcome
from staleness_fakes import MODULE, train_by_heart

from corpora.errors import AdapterRejectedError, BakeoffError, ConfigError, RunStorageError
from corpora.model import Corpus, Document
from eval.answers import AnswerCache
from eval.storage import Journal
from eval.trial import Failure, Trial
from pipelines.contract import Answer, Timing, Usage
from pipelines.home import Home
from pipelines.training.adapter import load_adapter
from pipelines.training.adapter_settings import CONFIG
from pipelines.training.options import TrainingOptions
from pipelines.training.servable import WEIGHTS
from service.jobs import JobStore, new_job
from service.keys import KeyRing

Damage = Callable[[Path, random.Random], None]


def truncated(path: Path, chance: random.Random) -> None:
    """Some of its end is missing."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * chance.uniform(0.1, 0.9))])


def emptied(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def garbage(path: Path, chance: random.Random) -> None:
    """Random bytes in the place of all."""
    path.write_bytes(chance.randbytes(max(path.stat().st_size, 100)))


def headless(path: Path, chance: random.Random) -> None:
    """Random bytes in the place of its first hundred."""
    content = bytearray(path.read_bytes())
    content[:100] = chance.randbytes(min(len(content), 100))
    path.write_bytes(content)


def flipped(path: Path, chance: random.Random) -> None:
    """A bit in every hundredth byte or so."""
    content = bytearray(path.read_bytes())
    for place in chance.sample(range(len(content)), max(len(content) // 100, 1)):
        content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


DAMAGES: tuple[Damage, ...] = (truncated, emptied, garbage, headless, flipped)

BOATS = Corpus(
    name="boats",
    root=Path(),
    documents=(Document(id="boats", title="Boats", text="Boat 1 carries salt.", source="boats.md"),),
    content_hash="0",
)


def adapter(root: Path, times: int) -> Iterator[Outcome]:
    """Its weights and its settings."""
    base, options = tiny_base(root / "base"), TrainingOptions()
    home = Home(root / "home")
    train_by_heart(BOATS, base, "b" * 64, "Be brief.", options, home, lambda *_: None)
    (whole,) = home.adapters.iterdir()
    for number in range(times):
        chance = random.Random(number)
        name, damage = (WEIGHTS, CONFIG)[number % 2], DAMAGES[number // 2 % len(DAMAGES)]
        folder = root / f"adapter-{number}"
        shutil.copytree(whole, folder)
        damage(folder / name, chance)
        try:
            load_adapter(folder, base, "b" * 64)
        except AdapterRejectedError as error:
            told = "train" in error.remedy.lower()
            yield Outcome(_shown(error, folder), lost=int(not told), by_itself=False)
        else:  # a broken file passes for a good one
            yield Outcome("", lost=1)


def _shown(error: BakeoffError, folder: Path) -> str:
    """What is told, without the places of this machine, and without what differs each time."""
    problem = error.problem.replace(f"{folder}/", "").replace(folder.name, "NAME")
    return f"{problem.partition(': ')[0].rstrip('.')}. {error.remedy}"


def jobs(root: Path, times: int) -> Iterator[Outcome]:
    """The list of the service's runs: the folders of the runs are not in it."""
    for number in range(times):
        chance = random.Random(number)
        path = root / f"jobs-{number}" / "jobs.sqlite"
        store = JobStore(path)
        for _ in range(40):
            store.add(new_job("test", 1, ["rag"]), "", None, "", 100)
        store.close()
        damage = DAMAGES[number % len(DAMAGES)]
        damage(path, chance)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        with logged("bakeoff.jobs") as lines:
            store = JobStore(path)  # it serves again, and says where the old list is
        store.add(new_job("test", 1, ["rag"]), "", None, "", 100)
        kept = len(store.newest(100, None)) - 1
        store.close()
        aside = list(path.parent.glob("*.broken-*"))
        if damage is emptied:  # an empty file is a list that nobody has written to
            assert not lines
        else:
            assert "set aside" in lines[0], lines
        passes = damage is not emptied and (kept > 0 or not aside)
        told = "jobs.sqlite is broken and was set aside; a new list of runs is begun" if lines else ""
        yield Outcome(told, lost=int(passes))


def answers(root: Path, times: int) -> Iterator[Outcome]:
    """The answers of earlier runs, which are only there to be reused."""
    trial = Trial(
        pipeline="rag",
        question_id="q",
        asked_at="2026-01-01T00:00:00.000+00:00",
        answer=Answer(
            response="nine " * 50,
            usage=Usage(prompt_tokens=1, cached_tokens=0, completion_tokens=1),
            timing=Timing(ttft=1, e2el=1, retrieval=0, generation=1),
            model="m",
            finish_reason="stop",
        ),
    )
    for number in range(times):
        chance = random.Random(number)
        path = root / f"answers-{number}" / "answers.sqlite"
        with AnswerCache(path) as cache:
            for key in range(200):
                cache.put(f"key {key}", trial)
        DAMAGES[number % len(DAMAGES)](path, chance)
        with logged("bakeoff.answers") as lines, AnswerCache(path) as cache:
            found = [cache.get(f"key {key}", "q") for key in range(200)]
            cache.put("another", trial)
            assert cache.get("another", "q")
        wrong = sum(one is not None and one.answer != trial.answer for one in found)
        yield Outcome(
            "answers.sqlite is broken and was set aside; nothing is reused of it" if lines else "", lost=wrong
        )


def keys(root: Path, times: int) -> Iterator[Outcome]:
    """keys.json: nobody is let in until it is whole again."""
    for number in range(times):
        ring = KeyRing(root / f"keys-{number}.json")
        secret = ring.add("ada", "ask")
        whole = ring.path.read_bytes()
        damage = (truncated, emptied, garbage, headless)[number % 4]
        damage(ring.path, random.Random(number))
        message, lost = "", 1
        try:
            ring.find(secret)
        except ConfigError as error:
            message, lost = f"keys.json is broken. {error.remedy}", 0
        ring.path.unlink()
        ring.path.write_bytes(whole)
        assert ring.find(secret), "it is read again as soon as it is whole"
        yield Outcome(message, lost, by_itself=False)


def journal(root: Path, times: int) -> Iterator[Outcome]:
    """A line of a run's journal that was cut off, and one in its midst that is broken."""
    for number in range(times):
        chance = random.Random(number)
        path = root / f"journal-{number}.jsonl"
        with Journal(path) as written:
            for question in range(10):
                written.append(failed_trial(f"q{question}"))
        content = path.read_bytes()
        if number % 2:
            path.write_bytes(content[: -chance.randint(2, len(content) // 10)])
            with Journal(path) as again:
                yield Outcome("the line is cut off, and its question asked again", lost=9 - len(again.trials))
            continue
        place = content.index(b"\n") + chance.randint(1, 40)
        path.write_bytes(content[:place] + b"\xff\x00{" + content[place + 3 :])
        with pytest.raises(RunStorageError, match="line 2 is broken") as caught:
            Journal(path)
        untouched = path.read_bytes().count(b"\n") == 10
        yield Outcome(f"line 2 is broken. {caught.value.remedy}", lost=int(not untouched), by_itself=False)


def failed_trial(question: str) -> Trial:
    failure = Failure(code="engine-error", message="It failed.")
    return Trial(pipeline="rag", question_id=question, failure=failure, asked_at="2026-01-01T00:00:00.000+00:00")


def tiny_base(folder: Path) -> Path:
    """A base model of one linear layer, for adapters to be judged by."""
    from safetensors.numpy import save_file

    folder.mkdir()
    save_file({f"{MODULE}.weight": np.zeros((4, 6), np.float32)}, folder / "model.safetensors")
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {}}, "added_tokens": []}))
    return folder


@contextmanager
def logged(name: str) -> Iterator[list[str]]:
    """What is logged under that name meanwhile."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
