"""What a job does: a bake-off over the pipelines that the service has open, as `bakeoff run` does it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from corpora.checking import check_corpus
from corpora.errors import AdapterMissingError, BakeoffError
from corpora.model import Split
from eval.asking import Progress
from eval.manifest import Manifest
from eval.report.build import build_report
from eval.run import LOCK, RunFolder, locked_run
from eval.storage import storage_errors
from eval.threads import to_end
from pipelines.assembly import open_one, open_pipeline
from pipelines.contract import Pipeline
from pipelines.finetuned import FinetunedPipeline
from pipelines.prompting import PromptingPipeline
from pipelines.workbench import Workbench
from service.bakeoffs import bake, create_run, manifest_of
from service.jobs import Job, new_job
from service.project import Project
from service.run_schemas import RunRequest


@dataclass(frozen=True)
class Bakery:
    """The service's project, engine and pipelines; in place of one that could not be opened, its error."""

    project: Project
    bench: Workbench
    pipelines: Mapping[str, Pipeline | BakeoffError]

    def job_of(self, request: RunRequest) -> Job:
        """What is asked for, with all that the request leaves out.

        Raises:
            UnknownPipelineError: it names one that there is not.
            BakeoffError: it names one that could not be opened, or none could; this is why.
        """
        evaluation = self.project.config.evaluation
        are_open = [name for name, found in self.pipelines.items() if isinstance(found, Pipeline)]
        names = dict.fromkeys(request.pipelines or are_open or self.pipelines)
        for name in names:
            self._fair_one(name)
        return new_job(request.split or evaluation.split, request.repeat or evaluation.repeat, tuple(names))

    async def bake(self, job: Job, on_progress: Progress) -> None:
        """Runs the job, or goes on with it where it was begun before. Cancelled, it can be called again.

        Raises:
            RunError: something changed since it was begun, so that it cannot go on.
            BakeoffError: it cannot start or go on; what was asked is kept.
        """
        project = self._as_asked(job)
        pipelines = {name: await self._for_split(name, job.split) for name in job.pipelines}
        leakage = await to_end(check_corpus, project.corpus, project.config.system, job.split)
        manifest = await to_end(manifest_of, project, leakage, self.bench, pipelines)
        manifest = manifest.model_copy(update={"run_id": job.id})
        begun = (project.runs / job.id / "manifest.json").is_file()
        run = await to_end(RunFolder.open, project.runs / job.id) if begun else await to_end(_begin, project, manifest)
        with run.lock():
            await bake(project, self.bench, pipelines, run, manifest if begun else None, on_progress)
            await to_end(build_report, run, run.documents)

    async def _for_split(self, name: str, split: Split) -> Pipeline:
        """The pipeline; where its shots were chosen for another split's questions, one with others."""
        found = self._fair_one(name)
        if isinstance(found, PromptingPipeline) and split != self.bench.split:
            return await open_pipeline(name, self.project.config, replace(self.bench, split=split))
        return found

    def _fair_one(self, name: str) -> Pipeline:
        found = open_one(self.pipelines, name)
        if isinstance(found, FinetunedPipeline) and found.outdated:
            raise AdapterMissingError(
                f"{name} was trained on documents that have changed since, and a comparison would not be fair.",
                "Run `bakeoff train` and start the service again, or name the other pipelines.",
            )
        return found

    def _as_asked(self, job: Job) -> Project:
        config = self.project.config
        given = {"split": job.split, "repeat": job.repeat}
        changes = {"evaluation": config.evaluation.model_copy(update=given)}
        # all of them in a new order would be another configuration to `bakeoff run --resume`
        run = config.run if set(job.pipelines) == set(config.selected) else job.pipelines
        return replace(self.project, config=config.model_copy(update={**changes, "run": run}))


def _begin(project: Project, manifest: Manifest) -> RunFolder:
    """A new folder under the job's own id; one that a kill left half made has no trial in it yet."""
    path = project.runs / manifest.run_id
    with storage_errors(path):
        if path.exists():
            shutil.rmtree(path)
    return create_run(project, manifest)


def discard(path: Path) -> None:
    """Removes a run's files but for its manifest, which tells later reports that its test questions were seen.

    Raises RunLockedError where another process works on the run: `bakeoff run --resume` may, or `bakeoff report`.
    """
    if not path.exists():
        return
    with storage_errors(path, "delete the run again"), locked_run(path):
        for entry in path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name not in ("manifest.json", LOCK):
                entry.unlink()
        (path / LOCK).unlink(missing_ok=True)
