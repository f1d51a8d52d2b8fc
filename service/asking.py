"""`bakeoff ask`: one question, the answers side by side."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from textwrap import shorten

from rich.panel import Panel
from rich.text import Text

from corpora.errors import BakeoffError
from eval import numbers
from pipelines.assembly import open_pipeline, open_workbench
from pipelines.clock import answer
from pipelines.contract import Answer
from pipelines.workbench import Workbench
from service.project import Project
from service.terminal import console, waiting


def ask_project(project: Project, question: str, names: list[str]) -> bool:
    """Prints each pipeline's answer; one that fails is shown as failed beside the others. Whether all answered."""
    return asyncio.run(_ask(project, question, names or list(project.config.selected)))


async def _ask(project: Project, question: str, names: list[str]) -> bool:
    good = True
    async with AsyncExitStack() as stack:
        with waiting("Starting the engine"):
            bench = await stack.enter_async_context(open_workbench(project.config, project.corpus, project.home))
        for name in names:
            try:
                with waiting(f"Asking {name}"):
                    reply = await _answer(name, question, project, bench)
            except BakeoffError as error:
                good = False
                console.print(Panel(Text(str(error)), title=Text(name), title_align="left", border_style="red"))
                continue
            console.print(Panel(Text(_text(reply)), title=Text(name), title_align="left", subtitle=_took(reply)))
    return good


async def _answer(name: str, question: str, project: Project, bench: Workbench) -> Answer:
    pipeline = await open_pipeline(name, project.config, bench)
    return await answer(pipeline, question)


def _text(reply: Answer) -> str:
    passages = "\n".join(f"  {each.id}  {shorten(each.text, 80)}" for each in reply.retrieved_contexts)
    return f"{reply.response}\n\n{passages}".strip()


def _took(reply: Answer) -> str:
    usage = reply.usage
    return (
        f"{numbers.seconds(reply.timing.ttft)} to the first token, {numbers.seconds(reply.timing.e2el)} in all; "
        f"{usage.prompt_tokens} tokens in ({usage.cached_tokens} cached), {usage.completion_tokens} out"
    )
