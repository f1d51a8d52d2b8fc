from dataclasses import replace

import pytest
from retrieval_fakes import HARBOUR
from test_retrieval import make_bench

from corpora.errors import ConfigError, EngineUnavailableError, ModelRejectedError, QuestionTooLongError
from corpora.model import Example, Question
from pipelines import clock
from pipelines.indexing import build_index
from pipelines.prompting import PromptingOptions, PromptingPipeline, fill
from pipelines.rag import RagOptions, RagPipeline
from pipelines.workbench import Workbench

EXAMPLES = tuple(Example(prompt=f"Question {number}?", completion=f"Answer {number}.") for number in range(10))
RAG = RagOptions(passage_tokens=8, overlap_tokens=0, top_k=2)


@pytest.fixture
def bench(tmp_path) -> Workbench:
    bench = make_bench(tmp_path)
    corpus = bench.corpus.model_copy(update={"examples": EXAMPLES})
    return Workbench(corpus, bench.engine, bench.embedder, bench.system, bench.base_model, bench.home)


async def open_prompting(bench: Workbench, **options) -> PromptingPipeline:
    return await PromptingPipeline.open("prompting", PromptingOptions(**options), bench)


async def open_rag(bench: Workbench) -> RagPipeline:
    build_index(bench.home.index, bench.corpus, bench.embedder, RAG.splitting)
    return await RagPipeline.open("rag", RAG, bench)


async def test_rag_answers_from_the_passages_that_it_hands_over(bench):
    answer = await clock.answer(await open_rag(bench), "Where do terns nest?")
    assert "Terns" in answer.response
    assert any(answer.response in passage.text for passage in answer.retrieved_contexts)
    assert len(answer.retrieved_contexts) == 2
    assert 0 < answer.timing.retrieval <= answer.timing.ttft
    prompt = "\n".join(message.text for message in bench.engine.prompts[-1])
    assert all(passage.text in prompt for passage in answer.retrieved_contexts)


async def test_the_bare_model_is_shown_nothing(bench):
    answer = await clock.answer(await open_prompting(bench), "Where do terns nest?")
    assert answer.retrieved_contexts == ()
    assert [message.text for message in bench.engine.prompts[-1]] == ["Be brief.", "Where do terns nest?"]


async def test_the_prefix_is_the_same_for_every_question_and_is_cached(bench):
    pipeline = await open_prompting(bench, shots=2, context_tokens=60)
    first, second = [await clock.answer(pipeline, question) for question in ("Who sails?", "When is high water?")]
    one, other = bench.engine.prompts
    assert one[:-1] == other[:-1]
    assert [message.type for message in one] == ["system", "human", "ai", "human", "ai", "human"]
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens == second.usage.prompt_tokens - 4


async def test_context_is_whole_passages_of_all_documents_in_turn_within_the_budget(bench):
    for budget in (10, 40, 80, 1000):
        context = fill(bench.corpus, budget, bench.engine)
        assert sum(len(text.split()) for text in context) <= budget
        texts = [document.text for document in bench.corpus.documents]
        assert all(any(text in whole for whole in texts) for text in context)
        leading = context[: len(texts)]
        assert all(whole.startswith(text) for whole, text in zip(texts, leading, strict=False))
    assert len(fill(bench.corpus, 1000, bench.engine)) >= len(texts)
    assert fill(bench.corpus, 0, bench.engine) == []


async def test_shots_are_spread_over_the_examples_and_always_the_same(bench):
    pipelines = [await open_prompting(bench, shots=2) for _ in range(2)]
    assert pipelines[0].fingerprint() == pipelines[1].fingerprint()
    await clock.answer(pipelines[0], "Who?")
    assert [message.text for message in bench.engine.prompts[-1]][1::2] == ["Question 0?", "Question 5?", "Who?"]
    assert pipelines[0].preparation.training_examples == 2
    assert (await open_prompting(bench)).preparation.training_examples == 0


async def test_no_shot_tells_an_answer_of_the_split_that_is_asked(bench):
    asked = Question(id="q", user_input="What is said?", reference="Answer 0.", split="dev")
    bench = replace(bench, corpus=bench.corpus.model_copy(update={"questions": (asked,)}))
    for split, first in (("test", "Question 0?"), ("dev", "Question 1?")):
        await clock.answer(await open_prompting(replace(bench, split=split), shots=1), "Who?")
        assert bench.engine.prompts[-1][1].text == first
    with pytest.raises(ConfigError, match="9 examples that tell no dev answer"):
        await open_prompting(replace(bench, split="dev"), shots=10)


async def test_shots_are_not_shown_by_a_template_that_leaves_them_out(bench, monkeypatch):
    def refuse(shots):
        raise ModelRejectedError("The chat template leaves out the answer of a shot.", "Use another.")

    monkeypatch.setattr(bench.engine, "require_shots", refuse)
    await open_prompting(bench)
    with pytest.raises(ModelRejectedError, match="the answer of a shot"):
        await open_prompting(bench, shots=2)


async def test_more_shots_than_examples(bench):
    with pytest.raises(ConfigError, match="11 shots, and the corpus has 10 examples that tell no test answer"):
        await open_prompting(bench, shots=11)


async def test_a_prefix_that_leaves_no_room_is_found_on_opening(bench):
    bench.engine.window = 80
    with pytest.raises(ConfigError, match="context_tokens"):
        await open_prompting(bench, context_tokens=1000)


async def test_a_question_longer_than_the_window(bench):
    for pipeline in (await open_prompting(bench), await open_rag(bench)):
        with pytest.raises(QuestionTooLongError):
            await clock.answer(pipeline, "why " * 9000)


async def test_fingerprints_tell_all_options_apart(bench, tmp_path):
    variants = [{}, {"shots": 1}, {"shots": 2}, {"context_tokens": 20}, {"context_tokens": 60}]
    prints = [str((await open_prompting(bench, **options)).fingerprint()) for options in variants]
    prints.append(str((await open_rag(bench)).fingerprint()))
    changed = make_bench(tmp_path / "other", {**HARBOUR, "birds": "Swans swim."})
    prints.append(str((await open_prompting(changed, context_tokens=60)).fingerprint()))
    prints.append(str((await open_rag(changed)).fingerprint()))
    assert len(set(prints)) == len(prints)
    other_tone = Workbench(bench.corpus, bench.engine, bench.embedder, "Sing.", bench.base_model, bench.home)
    assert str((await open_rag(other_tone)).fingerprint()) not in prints


async def test_both_say_when_their_engine_is_down(bench):
    pipelines = [await open_prompting(bench), await open_rag(bench)]
    bench.engine.fault = "unavailable"
    for pipeline in pipelines:
        with pytest.raises(EngineUnavailableError):
            await pipeline.check()
