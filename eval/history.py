"""Earlier runs of the same test questions: results that were seen before a configuration was changed."""

from __future__ import annotations

from collections.abc import Collection, Set
from pathlib import Path

from pydantic import JsonValue

from corpora.errors import RunStorageError
from corpora.model import Question
from eval.manifest import EarlierRun, Manifest
from eval.storage import read_lines, read_model
from eval.trial import Trial

REPORTS = ("report.html", "report.json")
"""What is written of a run for people to read, finished or not."""


def earlier_test_runs(runs: Path, manifest: Manifest, questions: Collection[Question]) -> tuple[EarlierRun, ...]:
    """The runs in a folder that asked these test questions with other configurations, and of which results could be
    seen, oldest first. They need not be finished: all but one of the trials tell as much as all.

    What counts is what answers depend on: the corpus, engine, decoding, and the pipelines that are asked now. Documents
    may be edited after results were seen, as a configuration may; a question is the same by its wording. A run on
    another corpus counts if it asked half of these: one wording may well be found in an unrelated one. A run that is
    broken, or of another version, is passed over. A run on `dev` has none: there one may look as often as one likes.
    """
    if manifest.evaluation.split != "test":
        return ()
    asked = {question.user_input for question in questions}
    found = []
    for path in sorted(runs.glob("*/manifest.json")):
        try:
            earlier = read_model(path, Manifest)
            if _split(earlier) != "test":
                continue
            same = earlier.corpus_hash == manifest.corpus_hash
            if same or _asks_half(path.parent / "questions.jsonl", asked):
                changed = (*(() if same else ("corpus",)), *_changed(manifest, earlier))
                if changed and _could_be_seen(path.parent, earlier):
                    found.append(EarlierRun(run_id=earlier.run_id, changed=changed))
        except RunStorageError:
            continue
    return tuple(found)


def _asks_half(path: Path, asked: Set[str]) -> bool:
    """Whether half of these wordings, at least, are among the questions of a file."""
    return 0 < len(asked) <= 2 * len(asked & {each.user_input for each in read_lines(path, Question)})


def _could_be_seen(folder: Path, manifest: Manifest) -> bool:
    """Whether a run is finished, or has a report or scores. Raises RunStorageError where it has no journal either: then
    it has asked nothing.
    """
    if manifest.finished or any((folder / name).exists() for name in REPORTS):
        return True
    return any(trial.scores for trial in read_lines(folder / "journal.jsonl", Trial, torn_end=True))


def _split(manifest: Manifest) -> JsonValue:
    """Its options may be those of another version, of which no more than the split is read."""
    options = manifest.config.get("evaluation")
    return options.get("split", "test") if isinstance(options, dict) else "test"


def _changed(manifest: Manifest, earlier: Manifest) -> tuple[str, ...]:
    """Pipelines that only the earlier run had are no change; those that only this one has are one each."""
    asked = tuple(f"pipelines.{name}." for name in manifest.pipelines)
    names = [each for each in manifest.differences(earlier) if each.startswith(("engine.", *asked))]
    new = [name for name in manifest.pipelines if name not in earlier.pipelines]
    kept = [each for each in names if not each.startswith(tuple(f"pipelines.{name}." for name in new))]
    inner = [each for each in kept if ".engine." not in each]  # the run's own engine says it once
    return (*inner, *(f"pipelines.{name}" for name in new))
