"""Chat templates: what one may do with the messages that it is given, by every engine that has the tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from tiny_models import TEMPLATE, save_model

from corpora.errors import EngineError, ModelRejectedError
from pipelines.engines.base import Decoding, Engine
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.engines.embedded_chat import Template
from pipelines.engines.openai_server import OpenAIEngine, OpenAIOptions
from pipelines.engines.vllm_server import VllmAddress, VllmEngine
from pipelines.engines.vllm_settings import VllmOptions

URL = "http://127.0.0.1:9/v1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(tmp_path)
    return tmp_path


def engine_of(kind: str, folder: Path) -> Engine:
    """None of them starts a server, or asks one."""
    if kind == "embedded":
        return EmbeddedEngine(EmbeddedOptions(threads=1), folder, "tiny", Decoding())
    if kind == "openai":
        return OpenAIEngine(OpenAIOptions(base_url=URL, model="tiny"), folder, "tiny", Decoding())
    engine = VllmEngine(VllmOptions(), folder, "tiny", Decoding())
    engine.join(VllmAddress(base_url=URL, key="none"))
    return engine


@pytest.mark.parametrize("kind", ["embedded", "openai", "vllm"])
async def test_a_chat_template_that_leaves_the_question_out_is_refused(kind: str, folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("hello")
    with pytest.raises(ModelRejectedError, match="leaves out the question"):
        async with engine_of(kind, folder):
            pass
    (folder / "chat_template.jinja").write_text("{{ raise_exception('no system message, no answer') }}")
    async with engine_of(kind, folder) as engine:
        with pytest.raises(EngineError, match="does not take this prompt"):
            engine.count_tokens([HumanMessage("When?")])


LOWERED = "{% for m in messages %}{{ m.role }} {{ m.content | lower }} end {% endfor %}assistant"
NO_SYSTEM = "{% for m in messages if m.role != 'system' %}{{ m.role }} {{ m.content }} end {% endfor %}assistant"
REFUSES_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"


def test_a_chat_template_that_leaves_the_system_message_out_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(NO_SYSTEM)
    with pytest.raises(ModelRejectedError, match="leaves out the system message that it is given") as caught:
        Template(folder)
    assert "whose chat template takes a system message" in caught.value.remedy


def test_a_chat_template_that_takes_no_system_message_is_told_of_with_what_to_do(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(REFUSES_SYSTEM + NO_SYSTEM)
    with pytest.raises(EngineError, match="System role not supported") as caught:
        Template(folder).prompt([SystemMessage("Be brief."), HumanMessage("When?")])
    assert "whose chat template takes a system message" in caught.value.remedy


def test_a_chat_template_may_change_the_case(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(LOWERED)
    template = Template(folder)
    whole, static = template.prompt([SystemMessage("do"), HumanMessage("sail at noon")])
    assert whole == tuple(template.encode("system do end user sail at noon end assistant"))
    assert static == tuple(template.encode("system do end user"))


EACH = "{{ m.role }} {{ m.content }} end "
LAST_ALONE = (
    "{% if messages[0].role == 'system' %}{{ messages[0].content }} {% endif %}{{ messages[-1].content }} assistant"
)
WRONG = {
    "the last alone": (LAST_ALONE, "leaves out the question of a shot and the answer of a shot that"),
    "no answers": (
        "{% for m in messages if m.role != 'assistant' %}" + EACH + "{% endfor %}",
        "the answer of a shot that",
    ),
    "no shots but the last": (
        "{{ messages[0].content }} {% for m in messages[-3:] %}" + EACH + "{% endfor %}",
        "the question of a shot and the answer of a shot that",
    ),
    "no system message above shots": (
        "{% for m in messages if m.role != 'system' or messages | length == 2 %}" + EACH + "{% endfor %}",
        "leaves out the system message that",
    ),
    "the other way round": ("{% for m in messages | reverse %}" + EACH + "{% endfor %}", "puts it out of order"),
}


@pytest.mark.parametrize("kind", ["embedded", "openai", "vllm"])
@pytest.mark.parametrize("case", WRONG)
async def test_a_chat_template_that_does_not_show_shots_is_refused_where_shots_are_shown(
    case: str, kind: str, folder: Path
) -> None:
    template, said = WRONG[case]
    (folder / "chat_template.jinja").write_text(template)
    async with engine_of(kind, folder) as engine:
        with pytest.raises(ModelRejectedError, match=said):
            engine.require_shots(3)


@pytest.mark.parametrize("change", ["m.content[:1000]", "m.content[-1000:]", "m.content | urlencode"])
def test_a_chat_template_that_cuts_or_rewrites_is_refused(change: str, folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(TEMPLATE.replace("m.content", change))
    with pytest.raises(ModelRejectedError, match="leaves out the question and the system message that"):
        Template(folder)


BESIDE_THE_LAST = """{% if messages[0].role == 'system' %}{% set tone = messages[0].content %}
{% set messages = messages[1:] %}{% else %}{% set tone = '' %}{% endif %}{% for m in messages %}
{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}
{{ m.role }} {% if loop.last %}{{ tone }} {% endif %}{{ m.content | trim }} end {% endfor %}"""
OF_THE_LAST_QUESTION = "{% if messages[-1].role != 'user' %}{{ raise_exception('no question') }}{% endif %}"


@pytest.mark.parametrize(
    "template",
    [TEMPLATE, BESIDE_THE_LAST, OF_THE_LAST_QUESTION + TEMPLATE, TEMPLATE.replace("m.content", "m.content | upper")],
)
def test_a_chat_template_that_shows_all_is_taken(template: str, folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(template)
    opened = Template(folder)
    opened.require_shots(3)
    shot = [HumanMessage("When do ships sail"), AIMessage("at noon")]
    assert opened.prompt([SystemMessage("Be brief."), *shot, HumanMessage("or midnight?")])[0]
