"""The pipelines of a corpus that has changed: opened anew, and told from those that have lost their index."""

from __future__ import annotations

from dataclasses import replace

from corpora.errors import IndexMissingError, NotReadyError
from corpora.model import Corpus
from pipelines.assembly import open_each
from service.job_work import Bakery


async def opened(bakery: Bakery, corpus: Corpus) -> Bakery:
    """All pipelines on the corpus as it is now; an error in place of each that cannot be opened."""
    project, bench = replace(bakery.project, corpus=corpus), replace(bakery.bench, corpus=corpus)
    return Bakery(project, bench, await open_each(project.config.selected, project.config, bench))


async def with_lacking(bakery: Bakery) -> Bakery | None:
    """With what could not be opened, where what it lacked is there by now, else with why not; None if all is open."""
    lacking = [name for name, found in bakery.pipelines.items() if isinstance(found, NotReadyError)]
    if not lacking:
        return None
    found = await open_each(lacking, bakery.project.config, bakery.bench)
    return replace(bakery, pipelines={**bakery.pipelines, **found})


def has_lost(before: Bakery, after: Bakery) -> bool:
    """Whether the index of a pipeline that answers is not there for the corpus as it is now."""
    return any(
        isinstance(each, IndexMissingError) and not isinstance(before.pipelines[name], IndexMissingError)
        for name, each in after.pipelines.items()
    )


def waiting(bakery: Bakery) -> Bakery:
    """While a change that was cut off is completed, what lacks an index says so."""
    told = IndexMissingError(
        "The last change of the documents was cut off, and is being completed.",
        "Wait until it is; GET /health/ready says so.",
    )
    lacking = [name for name, each in bakery.pipelines.items() if isinstance(each, IndexMissingError)]
    return replace(bakery, pipelines={**bakery.pipelines, **dict.fromkeys(lacking, told)})
