"""docs/configuration.md names every option that there is, with its default, and its example can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from corpora.model import Example
from corpora.reading import CorpusFile, QuestionRow, Quote
from service.project import ProjectConfig

PAGE = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """Every model within a field's type, however deep."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    for part in get_args(kind):
        yield from models(part)


OPTIONS = {
    (model.__name__, name): field.default
    for model in models(ProjectConfig)
    for name, field in model.model_fields.items()
    if name != "kind"
}


@pytest.mark.parametrize(("option", "default"), [(name, each) for (_, name), each in OPTIONS.items()], ids=str)
def test_every_option_stands_there_with_its_default(option: str, default: object) -> None:
    mentions = re.findall(rf"^.*`{option}`.*$", PAGE, re.MULTILINE)
    assert mentions, option
    if isinstance(default, int | float) and not isinstance(default, bool):
        assert any(re.search(rf"(?<![\d.]){re.escape(f'{default:.12g}')}(?![\d.]\d)", line) for line in mentions), (
            option
        )


@pytest.mark.parametrize("model", [CorpusFile, QuestionRow, Quote, Example])
def test_every_field_of_a_corpus_stands_there(model: type[BaseModel]) -> None:
    section = PAGE.partition("## The corpus")[2].partition("\n## ")[0]
    given = [name for name, field in model.model_fields.items() if not field.exclude]
    assert [name for name in given if f"`{name}`" not in section] == []


def test_the_example_is_a_configuration() -> None:
    example = "\n".join(line[4:] for line in PAGE.splitlines() if line.startswith("    "))
    assert set(ProjectConfig.model_validate(yaml.safe_load(example)).pipelines) > {"zero-shot", "finetuned-rag"}
