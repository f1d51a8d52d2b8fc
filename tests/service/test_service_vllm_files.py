"""`bakeoff vllm`: what a vLLM elsewhere is started with is what we would start it with ourselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpora.errors import ConfigError, ModelRejectedError, RunStorageError
from corpora.model import Corpus
from eval.config import BakeoffConfig
from pipelines.engines.base import Adapter
from pipelines.engines.vllm_settings import as_arguments
from pipelines.home import Home
from service.project import Project
from service.settings import ServiceSettings
from service.vllm_files import write_vllm_files

VLLM = {"cpu": {"kind": "vllm"}, "gpu": {"kind": "vllm", "dtype": "auto", "max_num_seqs": 128}}


@pytest.fixture
def base_model(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 512}))
    return folder


def project_of(tmp_path: Path, base_model: Path, engines: dict[str, Any]) -> Project:
    config = BakeoffConfig.model_validate(
        {
            "corpus": ".",
            "base_model": str(base_model),
            "embedder": str(base_model),
            "engines": {"embedded": {"kind": "embedded"}, **engines},
            "pipelines": {"bare": {"kind": "prompting"}, "finetuned": {"kind": "finetuned"}},
        }
    )
    corpus = Corpus(name="harbour", root=tmp_path, documents=(), content_hash="0")
    path = tmp_path / "bakeoff.yaml"
    return Project(path, ServiceSettings(), config, corpus, Home(tmp_path / ".bakeoff"), tmp_path / "runs")


def test_the_files_serve_the_base_and_the_adapters_by_our_names(
    tmp_path: Path, base_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = Adapter(name="harbour-1234", path=tmp_path / "adapter", content_hash="1")
    adapter.path.mkdir()
    (adapter.path / "adapter_config.json").write_text(json.dumps({"r": 32}))
    monkeypatch.setattr("pipelines.assembly.adapter_of", lambda options, bench: adapter)
    folder = tmp_path / "vllm"
    for _ in range(2):
        write_vllm_files(project_of(tmp_path, base_model, VLLM), folder)
    assert {each.name for each in folder.iterdir()} == {"model", "cpu.yaml", "gpu.yaml"}
    assert (folder / "model").resolve() == base_model
    cpu, gpu = (yaml.safe_load((folder / f"{name}.yaml").read_text()) for name in ("cpu", "gpu"))
    assert (cpu["served-model-name"], cpu["dtype"], cpu["max-model-len"]) == (str(base_model), "float32", 512)
    assert cpu["lora-modules"] == [f"harbour-1234={adapter.path}"]
    assert (cpu["max-lora-rank"], cpu["max-loras"]) == (32, 2)
    assert {key for key in cpu if cpu[key] != gpu[key]} == {"dtype", "max-num-seqs"}


def test_a_base_model_that_is_not_whole_is_not_served(
    tmp_path: Path, base_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise ModelRejectedError(f"{path} lacks weights.", "Fetch it again.")

    monkeypatch.setattr("service.vllm_files.check_for_server", refuse)
    with pytest.raises(ModelRejectedError):
        write_vllm_files(project_of(tmp_path, base_model, VLLM), tmp_path / "vllm")
    assert not (tmp_path / "vllm").exists()


def test_without_an_engine_to_start_it_says_so(tmp_path: Path, base_model: Path) -> None:
    with pytest.raises(ConfigError, match="no engine of kind vllm"):
        write_vllm_files(project_of(tmp_path, base_model, {}), tmp_path / "vllm")


def test_where_they_cannot_be_written_no_run_is_spoken_of(tmp_path: Path, base_model: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunStorageError) as caught:
        write_vllm_files(project_of(tmp_path, base_model, VLLM), tmp_path / "file" / "vllm")
    in_the_way = f"Move {tmp_path / 'file'} away, which is a file where a folder is expected, then try again."
    assert caught.value.remedy == in_the_way


def test_settings_on_a_command_line() -> None:
    settings = {"dtype": "auto", "enable-lora": True, "max-loras": 2, "lora-modules": ["a=/a", "b=/b"]}
    expected = "--dtype auto --enable-lora --max-loras 2 --lora-modules a=/a b=/b"
    assert as_arguments(settings) == expected.split()
