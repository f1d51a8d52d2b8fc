"""Pipelines at one time, with their index and adapter as they are then, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from corpora.errors import RunError
from corpora.model import Question
from eval.asking import Asker, Progress
from eval.contest import listed
from eval.identity import digest, in_words
from eval.manifest import Contestant, Manifest, new_manifest
from eval.options import EvaluationOptions
from eval.run import RunFolder
from eval.storage import Journal
from eval.trial import Trial
from service.baking import opened
from service.project import Project
from service.terminal import bars

Trials = Mapping[str, Trial]
"""By question id."""


@dataclass(frozen=True)
class State:
    """A pipeline as it stood at one time, and what it answered."""

    contestant: Contestant
    trials: Trials


async def ask_pipelines(
    options: EvaluationOptions,
    folder: Path,
    project: Project,
    questions: Sequence[Question],
    when: str,
    known: Callable[[Manifest, str], Trials],
) -> dict[str, State]:
    """Asks every pipeline of the project, once, what neither `known` nor its journal holds, or has as failed.

    A journal belongs to a pipeline with its index and adapter as they are, so that no answer is taken for a later one.
    """
    once = options.model_copy(update={"repeat": 1})
    states = {}
    async with opened(project) as (bench, pipelines):
        manifest = new_manifest(project.config, project.corpus, bench.engine.fingerprint(), pipelines)
        answered = {name: known(manifest, name) for name in pipelines}
        for pipeline in pipelines.values():
            await pipeline.check()
        with bars() as on_progress:
            for name, pipeline in pipelines.items():
                key = digest([name, manifest.pipelines[name].fingerprint, manifest.engine])
                with Journal(folder / f"{key[:16]}.jsonl") as journal:
                    asker = Asker(name, pipeline, once, journal, None, failures_again=True)
                    left = [question for question in questions if question.id not in answered[name]]
                    await asker.ask_all(left, partial(_progress, on_progress, when))
                    trials = {trial.question_id: trial for trial in journal.trials.values() if trial.repeat == 0}
                states[name] = State(manifest.pipelines[name], {**trials, **answered[name]})
    return states


def _progress(on_progress: Progress, when: str, doing: str, done: int, total: int) -> None:
    on_progress(f"{doing} {when}", done, total)


def asked_in_run(run: RunFolder, asked: Mapping[str, Trials], manifest: Manifest, name: str) -> Trials:
    """The run's own answers, if its pipelines are what they were; what failed is asked again."""
    changed = [each for each in run.manifest.differences(manifest) if not each.startswith("config.")]
    if changed:
        raise RunError(
            f"Since the run {run.manifest.run_id}, {listed(in_words(changed, manifest.pipelines))} changed.",
            "Prepare them as they were, or start a new run.",
        )
    return _answered(asked[name])


def as_before(asked: Mapping[str, Trials], before: Mapping[str, State], manifest: Manifest, name: str) -> Trials:
    """A pipeline that the change does not reach is not asked again: it would give the answers that it gave."""
    same = manifest.pipelines[name].fingerprint == before[name].contestant.fingerprint
    return _answered({**asked[name], **before[name].trials}) if same else {}


def _answered(trials: Trials) -> Trials:
    return {key: trial for key, trial in trials.items() if trial.failure is None}
