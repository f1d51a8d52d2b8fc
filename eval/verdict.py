"""The verdict from a bake-off's numbers: who is best at quality, cost, latency and freshness, and what to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpora.model import Record
from eval import numbers
from eval.differences import MADE_UP, Difference
from eval.finding import Finding
from eval.findings import made_up_contest, of_cost, of_latency, of_made_up
from eval.freshness import freshness_contest, of_freshness
from eval.grounds import Grounds, Recommendation
from eval.languages import doubt_of
from eval.lateness import late_answers
from eval.manifest import Contestant, Manifest
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.quality import of_quality
from eval.recommendation import recommend
from eval.replies import Replies
from eval.spent import COST, SECONDS
from eval.staleness import Staleness
from eval.statistics import Draws
from eval.trial import Trial
from pipelines.address import is_here


class Verdict(Record):
    """The outcome. `headline` is the quality's sentence; `leaders` and `clear` are the quality's as well."""

    headline: str
    leaders: tuple[str, ...]
    clear: bool
    findings: tuple[Finding, ...]
    recommendation: Recommendation

    @property
    def advice(self) -> str:
        """The recommendation's sentence as it is read below the headline, whose doubts it need not say again."""
        sentence = self.recommendation.sentence
        for reason in self.recommendation.reasons:
            if reason.sentence.startswith("But ") and reason.sentence in self.headline:
                sentence = sentence.replace(f" {reason.sentence}", "")
        return sentence if sentence == self.recommendation.sentence else f"{sentence} The doubts above hold."


def judge_run(
    manifest: Manifest,
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    trials: Mapping[str, Sequence[Trial]],
    replied: Mapping[str, Replies],
    staleness: Staleness | None,
    spent: Mapping[str, Mapping[str, Mapping[str, float]]],
    drawn: Draws,
    holding: str,
) -> Verdict:
    """Everything that can be said of who is best at what, and which one to take.

    Args:
        trials: by pipeline.
        replied: to questions without an answer, by pipeline.
        staleness: None where it was not measured.
        spent: time and cost of the questions that are compared (`amounts`, `comparable`).
        holding: where it holds that somebody is more correct (`Spread.holding`).
    """
    limit, confidence = manifest.needs.seconds, drawn.confidence
    doubt, of_refusals = (doubt_of(each, manifest.corpus_language) for each in (CORRECTNESS, MADE_UP))
    fresh = freshness_contest(staleness, confidence, doubt)
    invented = made_up_contest(differences, replied, confidence.level, of_refusals)
    findings = (
        of_quality(pipelines, differences, confidence.level, doubt, holding),
        of_made_up(pipelines, invented),
        of_cost(pipelines, differences, spent[COST], confidence.level, manifest.prices.by_token),
        of_latency(pipelines, differences, spent[SECONDS], confidence.level),
        of_freshness(staleness, fresh),
    )
    late = {name: late_answers(each, limit, drawn) for name, each in trials.items() if limit}
    grounds = Grounds(
        pipelines=pipelines,
        differences=differences,
        freshness=fresh,
        made_up=invented,
        idle=not manifest.prices.by_token,
        level=confidence.level,
        elsewhere=_elsewhere(manifest),
        of_examples=frozenset(name for name, each in manifest.pipelines.items() if _of_examples(each)),
        late=late,
        on_changes=len(staleness.kinds) if staleness else 0,
        doubt=doubt,
    )
    return Verdict(
        headline=findings[0].sentence,
        leaders=findings[0].leaders,
        clear=findings[0].clear,
        findings=findings,
        recommendation=recommend(manifest.needs, grounds),
    )


def open_verdict(run_id: str, missing: int, unscored: int) -> Verdict:
    """That of a run that is not finished: none, and how to go on."""
    told: list[str] = []
    for n, what in ((missing, "missing"), (unscored, "not scored yet")):
        if n:
            amount = numbers.count(n) if told else numbers.counted(n, "answer")
            told.append(f"{amount} {'is' if n == 1 else 'are'} {what}")
    sentence = (
        f"The run is not finished: {' and '.join(told)}. Go on with `bakeoff run --config FILE --resume {run_id}`."
    )
    nothing = Recommendation(pipeline=None, clear=False, sentence="Before that nothing is recommended.", reasons=())
    finding = Finding(about="quality", sentence=sentence)
    return Verdict(headline=sentence, leaders=(), clear=False, findings=(finding,), recommendation=nothing)


def _elsewhere(manifest: Manifest) -> frozenset[str]:
    """Pipelines whose engine, or whose vectors, are on another machine."""
    if not is_here(manifest.engine.get("base_url")):
        return frozenset(manifest.pipelines)
    vectors = manifest.config.get("vectors")
    if not isinstance(vectors, dict) or is_here(vectors.get("url")):
        return frozenset()
    return frozenset(name for name, each in manifest.pipelines.items() if each.fingerprint.get("retrieval"))


def _of_examples(contestant: Contestant) -> bool:
    """Whether it was trained on examples, or shows some in every prompt."""
    return contestant.fingerprint.get("trained_on") == "examples" or bool(contestant.shown)
