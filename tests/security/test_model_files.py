"""Nothing that comes with a model is run: no pickles, no code that its settings name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from corpora.errors import AdapterRejectedError, ModelRejectedError
from pipelines.embedding import Embedder
from pipelines.home import Home
from pipelines.model_files import require_harmless
from pipelines.models import DEFAULTS, model_path, prepare_model

ROOT = Path(__file__).parents[2]
PACKAGES = ("corpora", "pipelines", "eval", "service")
FORBIDDEN = re.compile(
    r"trust_remote_code|torch\.load|(import|from) (pickle|joblib|dill|marshal)|yaml\.load\(|(?<![.\w])(eval|exec)\(|"
    r"shell=True|os\.system"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder with everything in order."""
    path = tmp_path / "model"
    (path / "1_Pooling").mkdir(parents=True)
    (path / "model.safetensors").write_bytes(b"")
    (path / "1_Pooling" / "config.json").write_text("{}")
    for name, settings in {
        "config.json": {"model_type": "llama", "auto_map": {}},
        "tokenizer_config.json": {"model_max_length": 512},
        "modules.json": [module("sentence_transformers.models.Transformer")],
    }.items():
        (path / name).write_text(json.dumps(settings))
    return path


def module(kind: str) -> dict[str, Any]:
    return {"idx": 0, "name": "0", "path": "", "type": kind}


def test_one_in_order_is_taken(folder: Path, tmp_path: Path) -> None:
    (folder / "optimizer.pt").write_bytes(b"pickled, and beside safetensors")
    require_harmless(folder)
    assert model_path(str(folder), Home(tmp_path)) == folder


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("modules.json", [module("sentence_transformers.sentence_transformer.modules.router.Router")]),
        ("1_Pooling/config.json", {"activation_function": "torch.nn.modules.activation.Tanh"}),
        ("1_Pooling/config.json", {"activation_function": "sentence_transformers.util.Some"}),
        ("config.json", {"torch_dtype": "torch.bfloat16", "attn_implementation": "paged|sdpa"}),
        ("config.json", {"_name_or_path": "somebody/model", "transformers_version": "4.30.0.dev0"}),
        ("config.json", {"dtype": "torch.half", "quantization_config": {"_type": "torch.dtype"}}),
        ("1_Pooling/config.json", {"activation_function": "torch.nn.functional.gelu"}),
        ("adapter_config.json", {"modules_to_save": ["model.embed_tokens", "lm_head"]}),
        ("adapter_config.json", {"auto_mapping": {"parent_library": "transformers.models.llama.modeling_llama"}}),
        ("adapter_config.json", {"megatron_config": None, "megatron_core": "megatron.core"}),
        ("tokenizer_config.json", {"vocab_file": "vocab.txt", "tokenizer_file": "tokenizer.json"}),
        ("data_config.json", [{"name": "yahoo_answers_title_answer.jsonl.gz"}]),
    ],
)
def test_settings_that_name_what_is_known_or_no_code_are_taken(folder: Path, name: str, settings: Any) -> None:
    (folder / name).write_text(json.dumps(settings))
    require_harmless(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(DEFAULTS))
def test_the_default_models_are_taken(name: str) -> None:
    require_harmless(prepare_model(name, Home(ROOT / ".bakeoff")).path)


def test_an_embedder_that_cannot_be_opened_is_told_in_our_words(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"garbage")
    (folder / "config.json").write_text(json.dumps({"model_type": "no such model"}))
    with pytest.raises(ModelRejectedError, match="cannot be opened") as raised:
        Embedder(folder, "broken").embed_query("What?")
    assert "Restore" in raised.value.remedy


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.PT", "model.pth", "weights.pkl", "last.ckpt"])
@pytest.mark.parametrize("place", [".", "1_Pooling", "1_Pooling/a/b"])
def test_pickled_weights_alone_are_refused(folder: Path, tmp_path: Path, name: str, place: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / place / name).write_bytes(b"")
    with pytest.raises(ModelRejectedError, match=re.escape(name)) as raised:
        model_path(str(folder), Home(tmp_path))
    assert "safetensors" in raised.value.remedy


MAP = {"AutoModelForCausalLM": "modeling_evil.Evil"}


@pytest.mark.parametrize(
    ("name", "settings", "named"),
    [
        ("config.json", {"auto_map": MAP}, "auto_map"),
        ("1_Pooling/config.json", {"function": "transformers.models.llama.modeling_llama"}, "modeling_llama"),
        ("config.json", {"text_config": {"auto_map": MAP}}, "auto_map"),
        ("tokenizer_config.json", {"auto_map": MAP}, "auto_map"),
        ("preprocessor_config.json", [{"auto_map": MAP}], "auto_map"),
        ("adapter_config.json", {"auto_map": MAP}, "auto_map"),
        ("1_Pooling/config.json", {"auto_map": MAP}, "auto_map"),
        (
            "modules.json",
            [module("sentence_transformers.models.Transformer"), module("evil.Module")],
            "type evil.Module",
        ),
        ("modules.json", [module("os.system")], "type os.system"),
        ("1_Pooling/modules.json", [module("os.system")], "type os.system"),
        ("modules.json", [{"path": "9_x", "type": "joblib.numpy_pickle"}], "type joblib.numpy_pickle"),
        ("modules.json", [module("sentence_transformers.models.Dense.torch")], "Dense.torch"),
        ("1_Pooling/router_config.json", {"types": {"q_0": "joblib.numpy_pickle"}}, "types q_0 joblib.numpy_pickle"),
        ("1_Pooling/config.json", {"activation_function": "torch.hub.load"}, "activation_function torch.hub.load"),
        ("1_Pooling/config.json", {"activation_function": "__main__.run"}, "activation_function __main__.run"),
        ("1_Pooling/config.json", [[{"a": ["posixpath.join"]}]], "a posixpath.join"),
        ("config.json", {"attn_implementation": "somebody/kernel"}, "attn_implementation somebody/kernel"),
        ("config.json", {"_attn_implementation": {"text": "somebody/kernel@v1"}}, "text somebody/kernel@v1"),
        ("sentence_bert_config.json", {"model_args": {"experts_implementation": "a/b:c"}}, "experts_implementation"),
        ("config.json", None, "cannot be read"),
    ],
)
@pytest.mark.parametrize("error", [ModelRejectedError, AdapterRejectedError])
def test_settings_that_name_code_are_refused(
    folder: Path, name: str, settings: Any, named: str, error: type[ModelRejectedError | AdapterRejectedError]
) -> None:
    (folder / name).write_text("{" if settings is None else json.dumps(settings))
    with pytest.raises(error, match=re.escape(named)):
        require_harmless(folder, error)


def test_what_the_hub_gave_is_looked_at_as_well(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *args, **options: str(folder))
    name = f"somebody/some-model@{'a' * 40}"
    assert model_path(name, Home(tmp_path)) == folder
    (folder / "config.json").write_text(json.dumps({"auto_map": MAP}))
    with pytest.raises(ModelRejectedError, match="auto_map"):
        model_path(name, Home(tmp_path))


def test_nothing_in_the_code_would_open_them() -> None:
    places = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert len(places) > 100
    found = {f"{path.name}: {match[0]}" for path in places for match in FORBIDDEN.finditer(path.read_text())}
    assert not found
