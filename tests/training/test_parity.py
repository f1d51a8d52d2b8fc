"""Two engines with one adapter: differences are found, placed and written down."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_fakes import SYSTEM

from corpora.errors import EngineError
from corpora.model import Corpus
from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.fake import FakeEngine, FakeOptions, Reply
from pipelines.training.parity import compare_engines, first_difference, parity_prompts, read_parity


def engine(reply: Reply | None = None, **faults: object) -> FakeEngine:
    return FakeEngine(FakeOptions(), Path("model"), "fake", Decoding(), reply=reply, **faults)  # type: ignore[arg-type]


@pytest.fixture
def adapter(good_adapter: Path) -> Adapter:
    return Adapter(name="coast", path=good_adapter, content_hash="a" * 64)


async def test_equal_answers_are_no_difference(adapter: Adapter) -> None:
    parity = await compare_engines(engine(), engine(), adapter, SYSTEM, ["one", "two"])
    assert (parity.prompts, parity.differences) == (2, ())
    assert read_parity(adapter.path) == parity


async def test_a_difference_says_where_the_answers_part(adapter: Adapter) -> None:
    other = engine(lambda messages, _: "It is blue." if messages[-1].text == "two" else "It is green.")
    parity = await compare_engines(engine(lambda *_: "It is green."), other, adapter, SYSTEM, ["one", "two"])
    (difference,) = parity.differences
    assert (difference.prompt, difference.first, difference.second) == ("two", "It is green.", "It is blue.")
    assert difference.position == len("It is ")
    assert read_parity(adapter.path) == parity


async def test_both_are_asked_through_the_adapter(adapter: Adapter) -> None:
    seen: list[Adapter | None] = []

    def reply(messages: object, given: Adapter | None) -> str:
        seen.append(given)
        return "yes"

    await compare_engines(engine(reply), engine(reply), adapter, SYSTEM, ["one"])
    assert seen == [adapter, adapter]


async def test_an_engine_that_fails_leaves_no_result(adapter: Adapter) -> None:
    with pytest.raises(EngineError):
        await compare_engines(engine(), engine(fault="error"), adapter, SYSTEM, ["one two"])
    assert read_parity(adapter.path) is None


@pytest.mark.parametrize(("one", "other", "place"), [("ab", "ac", 1), ("a", "ab", 1), ("", "b", 0)])
def test_first_difference(one: str, other: str, place: int) -> None:
    assert first_difference(one, other) == place == first_difference(other, one)


def test_prompts_are_spread_over_the_examples(corpus: Corpus) -> None:
    assert parity_prompts(corpus, 4) == tuple(example.prompt for example in corpus.examples[::4])
    assert len(parity_prompts(corpus, 100)) == len(corpus.examples)
    assert parity_prompts(corpus.model_copy(update={"examples": ()})) == ("Coast",)
