"""What a change of the documents does to each pipeline: refreshed, unchanged, behind, or unavailable."""

from __future__ import annotations

from corpora.errors import BakeoffError
from pipelines.contract import Pipeline
from pipelines.finetuned import FinetunedPipeline
from service.document_schemas import PipelineEffect
from service.problems import problem_of

BEHIND = {
    "documents": "Its weights know the documents as they were when it was trained: run `bakeoff train`, then start the "
    "service again.",
    "examples": "Its weights know what the corpus' examples tell: add some about the change, run `bakeoff train`, then "
    "start the service again.",
    None: "Its adapter was trained elsewhere, and knows nothing of the change.",
}


def effect(name: str, before: Pipeline | BakeoffError, after: Pipeline | BakeoffError) -> PipelineEffect:
    """What became of a pipeline that was opened before and after the change."""
    if isinstance(after, BakeoffError):
        return PipelineEffect(name=name, state="unavailable", error=problem_of(after))
    same = isinstance(before, Pipeline) and before.fingerprint() == after.fingerprint()
    if isinstance(after, FinetunedPipeline):
        state = "unchanged" if after.retrieves and same else "refreshed" if after.retrieves else "behind"
        return PipelineEffect(name=name, state=state, detail=BEHIND[after.trained_on])
    return PipelineEffect(name=name, state="unchanged" if same else "refreshed")
