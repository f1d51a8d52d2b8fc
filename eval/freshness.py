"""Who is the most often right about what has changed, as a finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from eval import numbers
from eval.contest import Contest, listed
from eval.finding import Finding, Wording
from eval.paired import Paired
from eval.pairing import FEWEST_CLUSTERS, document_clusters
from eval.right_answers import Rights, compare_answers
from eval.staleness import NOT_COUNTED, PERHAPS_MADE_UP, Asked, PipelineStaleness, Staleness
from eval.statistics import Confidence


def of_freshness(staleness: Staleness | None, contest: Contest | None) -> Finding:
    if staleness is None:
        sentence = "Freshness was not measured: `bakeoff staleness RUN --changes PATH` changes the documents and asks."
        return Finding(about="freshness", sentence=sentence)
    if contest is None:
        return Finding(about="freshness", sentence="No pipeline was refreshed, so that freshness is unknown.")
    finding = _beyond_length(contest, staleness)
    by_name = {each.name: each for each in staleness.pipelines}
    if nothing_else := [name for name in finding.leaders if _refused_everything(by_name[name], staleness)]:
        finding = finding.noted(f"{listed(nothing_else)} refused everything: only what was withdrawn is right.")
    failures = {each.name: each.after.failed for each in staleness.pipelines if each.after and each.after.failed}
    if failures:
        failed = [f"{numbers.count(count)} of {name}" for name, count in failures.items()]
        finding = finding.noted(f"Failures on what has changed, after the refresh, count as wrong: {listed(failed)}.")
    finding = finding.without(
        [each.name for each in staleness.pipelines if each.name not in contest.values], "freshness"
    )
    documents = len(set(staleness.documents.values()))
    if not 0 < documents < FEWEST_CLUSTERS:
        return finding
    only = "1 document" if documents == 1 else f"{documents} documents"
    note = f"What changed is in {only} only: this holds for further questions on the same."
    return finding.noted(note)


def _refused_everything(pipeline: PipelineStaleness, staleness: Staleness) -> bool:
    """Whether it refused all that has an answer now, so that what it is right about is what has none any more."""
    asked = pipeline.after
    answerable = {key for key, kind in staleness.kinds.items() if kind != "withdrawn"}
    if asked is None or not asked.right or not answerable or not answerable <= set(asked.refused):
        return False
    return not any(asked.outcomes[key] == "new" for key in answerable)


def _beyond_length(contest: Contest, staleness: Staleness) -> Finding:
    """With the answers that are not counted, of those of whom they matter."""
    finding = contest.doubted(contest.find())
    known = {each.name: each.after for each in staleness.pipelines if each.after}

    def shares(names: Sequence[str], keys: Callable[[Asked], tuple[str, ...]]) -> str:
        of = {name: (keys(asked), asked.outcomes) for name in names if (asked := known[name])}
        told = [
            f"{numbers.count(len(some))} of {numbers.counted(len(every), 'answer')} of {name}"
            for name, (some, every) in of.items()
            if some
        ]
        return listed(told) if told else ""

    if uncounted := shares(contest.in_doubt(finding.leaders), lambda asked: asked.uncounted):
        finding = finding.noted(f"But {uncounted} may be right and {NOT_COUNTED}.")
    made_up = "" if finding.clear else shares(finding.leaders, lambda asked: asked.perhaps_made_up)
    return finding.noted(f"But {made_up} {PERHAPS_MADE_UP}.") if made_up else finding


def freshness_contest(staleness: Staleness | None, confidence: Confidence, doubt: str | None = None) -> Contest | None:
    """Of the questions whose answer changed or is new: how many are answered rightly once the pipeline is refreshed.

    None where that was not measured.

    Args:
        doubt: why that shows nothing (`Contest.doubt`).
    """
    if staleness is None:
        return None
    asked = {each.name: each.after for each in staleness.pipelines if each.after is not None and each.after.outcomes}
    if not asked:
        return None
    known = {name: _rights(each) for name, each in asked.items()}
    new = {name: each.sure for name, each in known.items()}
    clusters = document_clusters({key for each in new.values() for key in each}, staleness.documents)
    pairs = compare_answers(new, known, list(combinations(new, 2)), clusters, confidence)

    def compare(a: str, b: str) -> Paired:
        return pairs[a, b] if (a, b) in pairs else pairs[b, a].negated()

    return Contest(
        about="freshness",
        values={name: each.share_right for name, each in asked.items()},
        compare=compare,
        level=confidence.level,
        high=True,
        wording=Wording(
            "the most often right about what has changed", numbers.score, numbers.difference, " on what has changed"
        ),
        lacking={name: len(each.uncounted) / len(each.outcomes) for name, each in asked.items()},
        exceeding={name: len(each.perhaps_made_up) / len(each.outcomes) for name, each in asked.items()},
        doubt=doubt,
    )


def _rights(asked: Asked) -> Rights:
    sure = {key: float(outcome == "new") for key, outcome in asked.outcomes.items()}
    perhaps = dict.fromkeys(asked.uncounted, 1.0)
    return Rights(sure, sure | perhaps, perhaps, surely=dict.fromkeys(asked.perhaps_made_up, 0.0))
