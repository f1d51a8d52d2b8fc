"""Paths in a configuration are relative to its own folder, wherever the command is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tiny_models import save_adapter, save_model

from corpora.errors import AdapterMissingError, ConfigError, ModelMissingError
from eval.manifest import new_manifest
from pipelines.assembly import open_pipeline, open_workbench
from pipelines.engines.openai_server import OpenAIEngine
from pipelines.engines.vllm_server import VllmEngine
from service.project import Project, open_project


class NoEmbedder:
    def __init__(self, *_: object) -> None:
        """Of a model that is only named."""


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, beside the folder `mine` of the configuration."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("pipelines.assembly.Embedder", NoEmbedder)
    return tmp_path / "work"


def project(root: Path, **changed: Any) -> Project:
    documents = root / "mine" / "documents"
    documents.mkdir(parents=True)
    (documents / "a.md").write_text("# A\n\nShips sail at noon.\n")
    (root / "mine" / "corpus.yaml").write_text("name: small\nlanguage: en\n")
    config = {"corpus": ".", "embedder": "embedder", "pipelines": {"plain": {"kind": "prompting"}}} | changed
    for name in {"base_model", "embedder"} & config.keys():
        (root / "mine" / str(config[name])).mkdir(parents=True, exist_ok=True)
        (root / "mine" / str(config[name]) / "config.json").write_text('{"max_position_embeddings": 64}')
    (root / "mine" / "bakeoff.yaml").write_text(yaml.safe_dump(config))
    return open_project(Path("../mine/bakeoff.yaml"))


@pytest.mark.parametrize("home", [False, True], ids=["beside the configuration", "in the home of the user"])
async def test_a_model_and_an_adapter_are_found_from_the_configuration(
    at_work: Path, monkeypatch: pytest.MonkeyPatch, home: bool
) -> None:
    models = at_work.parent / "models"
    models.mkdir()
    monkeypatch.setenv("HOME", str(at_work.parent))
    start = "~/models" if home else "../models"
    tuned = {"kind": "finetuned", "adapter": f"{start}/tuned"}
    save_model(models / "tiny")
    save_adapter(models / "tiny", models / "tuned")
    there = project(at_work.parent, pipelines={"tuned": tuned})
    config = there.config.model_copy(update={"base_model": f"{start}/tiny"})
    async with open_workbench(config, there.corpus, there.home) as bench:
        pipeline = await open_pipeline("tuned", config, bench)
        assert bench.base_model.samefile(models / "tiny")
        assert (bench.engine.model, pipeline.model) == (f"{start}/tiny", "tuned")
        manifest = new_manifest(config, there.corpus, bench.engine.fingerprint(), {"tuned": pipeline})
    assert manifest.config["base_model"] == f"{start}/tiny"  # as it is written, not where it lies on this machine
    assert manifest.config["pipelines"]["tuned"]["adapter"] == f"{start}/tuned"


@pytest.mark.parametrize("name", ["tiny", "models/tiny"])
async def test_what_lies_in_the_working_folder_alone_is_not_taken(at_work: Path, name: str) -> None:
    (at_work / name).mkdir(parents=True)
    (at_work / name / "config.json").write_text("{}")
    there = project(at_work.parent)
    config = there.config.model_copy(update={"base_model": name})
    with pytest.raises(ModelMissingError, match="in the working folder is not meant") as caught:
        async with open_workbench(config, there.corpus, there.home):
            pass
    assert str(at_work.parent / "mine" / name) in caught.value.problem
    assert "from the configuration's folder" in caught.value.remedy


@pytest.mark.parametrize(
    ("adapter", "error", "told"),
    [("tuned", AdapterMissingError, "mine/tuned"), ("~nobody-of-this-name/tuned", ConfigError, "leads nowhere")],
)
async def test_no_adapter_of_the_working_folder_is_taken(
    at_work: Path, adapter: str, error: type[Exception], told: str
) -> None:
    (at_work / "tuned").mkdir()
    there = project(
        at_work.parent,
        base_model="tiny",
        engine="fake",
        engines={"fake": {"kind": "fake"}},
        pipelines={"tuned": {"kind": "finetuned", "adapter": adapter}},
    )
    async with open_workbench(there.config, there.corpus, there.home) as bench:
        with pytest.raises(error, match=told):
            await open_pipeline("tuned", there.config, bench)


async def test_a_tokenizer_and_a_python_are_those_of_the_configuration(
    at_work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def entered(engine: Any) -> Any:
        return engine

    async def left(*_: object) -> None:
        pass

    for kind in (OpenAIEngine, VllmEngine):
        monkeypatch.setattr(kind, "__aenter__", entered)
        monkeypatch.setattr(kind, "__aexit__", left)
    engines = {
        "server": {"kind": "openai", "base_url": "http://127.0.0.1:1/v1", "model": "m", "tokenizer": "words"},
        "vllm": {"kind": "vllm", "python": "../venv/bin/python"},
        "default": {"kind": "vllm"},
    }
    there = project(at_work.parent, base_model="tiny", engine="server", engines=engines)
    found: dict[str, Any] = {}
    for name in engines:
        config = there.config.model_copy(update={"engine": name})
        async with open_workbench(config, there.corpus, there.home) as bench:
            found[name] = bench.engine
    mine = at_work.parent / "mine"
    assert found["server"].options.tokenizer == mine / "words"
    assert found["vllm"].server.python == mine / "../venv/bin/python"
    assert found["default"].server.python == Path(".venv-vllm/bin/python")  # where `make vllm` makes it


async def test_a_tokenizer_that_is_not_there_is_told_of(at_work: Path) -> None:
    (at_work / "words").mkdir()
    server = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1", "model": "m", "tokenizer": "words"}
    there = project(at_work.parent, base_model="tiny", engine="server", engines={"server": server})
    with pytest.raises(ConfigError, match=r"There is no folder .*/mine/words") as caught:
        async with open_workbench(there.config, there.corpus, there.home):
            pass
    assert "`tokenizer`, a path from the configuration's folder" in caught.value.remedy
