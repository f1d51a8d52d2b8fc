"""A whole bake-off: ask, score, sum up. The asking comes first, so that no scoring disturbs its clock."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from functools import partial
from importlib import import_module

from langchain_core.embeddings import Embeddings

from corpora.model import Question
from eval.answers import AnswerCache
from eval.asking import Asker, Progress, ask_in_turns, for_each
from eval.exports import export
from eval.fairness import require_fair
from eval.metrics.giving_up import giving_up
from eval.metrics.registry import METRICS, available
from eval.options import EvaluationOptions
from eval.run import RunFolder
from eval.scoring import SCORING_LIMIT, score_trial
from eval.storage import Journal
from eval.summary import Summary, summarise_run
from eval.threads import to_end
from eval.trial import Trial
from eval.turns import question_turns
from pipelines.contract import Pipeline


async def run_bakeoff(
    run: RunFolder,
    pipelines: Mapping[str, Pipeline],
    embeddings: Embeddings | None,
    answers: AnswerCache | None,
    on_progress: Progress,
) -> Summary:
    """Asks what is still to be asked, scores what is still to be scored, and writes the exports.

    Call it under `run.lock()`. The pipelines are asked in turns, so that each has the machine to itself. Cancelled or
    killed at any moment, it goes on from there when called again.

    Args:
        embeddings: the corpus' embedder, for similarity; None leaves that metric out.
        answers: where answers are kept for later runs, and taken from where `reuse_answers` says so.

    Raises:
        NotReadyError, EngineError: a pipeline could not answer now; nothing was asked.
        RunError: a pipeline has another model, decoding or tone than the run; nothing was asked.
        ConfigError: the judge's key is missing; nothing was asked.
        RunStorageError: the disk is full, or the journal is broken.
    """
    options = run.manifest.evaluation
    require_fair(run.manifest)
    if options.judge is not None:
        options.judge.api_key()
    for pipeline in pipelines.values():
        await pipeline.check()
    await _ask_and_score(run, pipelines, embeddings, answers, on_progress)
    return await to_end(_sum_up, run)


async def _ask_and_score(
    run: RunFolder,
    pipelines: Mapping[str, Pipeline],
    embeddings: Embeddings | None,
    answers: AnswerCache | None,
    on_progress: Progress,
) -> None:
    """As in `run_bakeoff`. The journal ends here: summing up reads the trials anew, and they need not be held twice."""
    options = run.manifest.evaluation
    with run.journal() as journal:
        askers = []
        for name, pipeline in pipelines.items():
            fingerprint = run.manifest.pipelines[name].fingerprint
            known = answers.of(name, fingerprint, run.manifest.engine) if answers else None
            askers.append(Asker(name, pipeline, options, journal, known, partial(run.note_warmup, name)))
        turns = question_turns(run.questions, run.manifest.turns, options.seed)
        await ask_in_turns(askers, run.questions, turns, on_progress)
        await _score(run, journal, options, embeddings, on_progress)


def _sum_up(run: RunFolder) -> Summary:
    run.finish()
    summary = summarise_run(run)
    export(run, summary)
    return summary


async def score_anew(run: RunFolder, on_progress: Progress) -> None:
    """Gives the answers of a finished run the scores that it lacks, since metrics come with new versions.

    Call it under `run.lock()`. Nobody is asked: similarity and the judge's scores stay as they are. A run whose answers
    have all scores is not touched.

    Raises:
        RunStorageError: the disk is full, or the journal is broken or has lost answers; nothing has been written then.
    """
    options = run.manifest.evaluation.model_copy(update={"judge": None})
    await to_end(run.trials)  # a journal that is lost would be begun anew
    with run.journal() as journal:
        await _score(run, journal, options, None, on_progress)


async def _score(
    run: RunFolder,
    journal: Journal,
    options: EvaluationOptions,
    embeddings: Embeddings | None,
    on_progress: Progress,
) -> None:
    """Gives every trial the scores that it lacks, and puts it into the journal again."""
    wanted = set(available(similarity=embeddings is not None, judge=options.judge is not None))
    unscored = [trial for trial in journal.trials.values() if wanted - trial.scores.keys()]
    if not unscored:
        return
    # a judge that changes, or is given up in the middle, does so to all pipelines alike
    random.Random(options.seed).shuffle(unscored)
    asked = {question.id: question for question in run.questions}
    retrieving = {name for name, each in run.manifest.pipelines.items() if each.retrieves}
    on_progress("scoring", 0, len(unscored))
    metrics = await asyncio.to_thread(import_module, "eval.metrics.ragas_metrics")  # takes many seconds
    table = None
    if embeddings is not None:
        table = metrics.EmbeddingTable(embeddings)
        embedding = partial(on_progress, "embedding answers")
        await asyncio.to_thread(table.add, _texts(unscored, asked), embedding)
    done = 0
    limit = options.judge.timeout if options.judge else SCORING_LIMIT
    async with metrics.open_metrics(table, options.judge) as opened:
        judged = giving_up({name: scorer for name, scorer in opened.items() if METRICS[name].judged})
        scorers = opened | judged

        async def score(trial: Trial) -> None:
            nonlocal done
            lacking = {name: scorer for name, scorer in scorers.items() if name not in trial.scores}
            retrieves = trial.pipeline in retrieving
            journal.append(await score_trial(asked[trial.question_id], trial, lacking, limit, retrieves))
            done += 1
            on_progress("scoring", done, len(unscored))

        await for_each(unscored, options.concurrency, score)


def _texts(trials: Iterable[Trial], questions: Mapping[str, Question]) -> list[str]:
    """Every text that similarity compares."""
    texts = []
    for trial in trials:
        question = questions[trial.question_id]
        said = trial.answering(question).answer
        if said is not None and question.reference is not None:
            texts += [said.response, *question.right_answers]
    return texts
