"""`bakeoff`, with a fake engine that says the same sixteen words whatever it is asked, as `instant_server.py` does.

The fake engine looks for its answer in the prompt, which is work of an engine and not of the service. Here it has none,
so that what `benchmarks/overhead.py` measures in one process is the service's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from instant_server import WORDS
from langchain_core.messages import BaseMessage

from pipelines.engines import fake
from pipelines.engines.base import Adapter
from service.cli import main


def sixteen_words(messages: Sequence[BaseMessage], adapter: Adapter | None) -> str:
    """The answer to everything."""
    return "".join(WORDS)


if __name__ == "__main__":
    fake.best_sentence = sixteen_words
    main()
