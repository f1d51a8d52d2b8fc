"""A bake-off over pipelines that are open: what `bakeoff run` and the service's jobs have in common."""

from __future__ import annotations

from collections.abc import Mapping

from corpora.leakage import Leakage
from eval.answers import AnswerCache
from eval.asking import Progress
from eval.history import earlier_test_runs
from eval.labels.standing import standings
from eval.manifest import Manifest, new_manifest
from eval.placing import placed
from eval.run import RunFolder
from eval.runner import run_bakeoff
from eval.summary import Summary
from pipelines.contract import Pipeline
from pipelines.workbench import Workbench
from service.project import Project


def manifest_of(project: Project, leakage: Leakage, bench: Workbench, pipelines: Mapping[str, Pipeline]) -> Manifest:
    """The manifest of the project's bake-off, were it begun now."""
    manifest = new_manifest(project.config, project.corpus, bench.engine.fingerprint(), pipelines)
    questions = project.corpus.split(manifest.evaluation.split)
    seen = {"leakage": leakage, "test_runs_before": earlier_test_runs(project.runs, manifest, questions)}
    if manifest.evaluation.judge is not None:
        seen["judge_standings"] = standings(project.home.judges, manifest.evaluation.judge)
    return manifest.model_copy(update=seen)


def create_run(project: Project, manifest: Manifest) -> RunFolder:
    """The folder of a new run, with the questions that it asks. Raises what `RunFolder.create` raises."""
    questions = project.corpus.split(manifest.evaluation.split)
    documents = project.corpus.documents
    return RunFolder.create(project.runs, manifest, placed(questions, documents), documents)


async def bake(
    project: Project,
    bench: Workbench,
    pipelines: Mapping[str, Pipeline],
    run: RunFolder,
    resumed: Manifest | None,
    on_progress: Progress,
) -> Summary:
    """Asks, scores and sums up what is left of a run; call it under `run.lock()`.

    Args:
        resumed: where the run was begun before, the manifest that it would have now.

    Raises:
        RunError: it cannot be resumed, since something changed.
        BakeoffError: whatever `run_bakeoff` raises.
    """
    if resumed is not None:
        run.resume(resumed)
    with AnswerCache(project.home.answers) as answers:
        return await run_bakeoff(run, pipelines, bench.embedder, answers, on_progress)
