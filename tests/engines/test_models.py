"""Models as folders: prepared from wheels, or found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import save_file

from corpora.errors import ConfigError, CorpusStorageError, ModelMissingError, ModelRejectedError
from pipelines import models
from pipelines.home import Home
from pipelines.model_storage import model_storage_errors
from pipelines.models import DEFAULTS, HASH_FILE, Default, content_hash, count_parameters, model_path, prepare_model

COMMIT = "a1b2c3d4" * 5
PINNED = f"somebody/some-model@{COMMIT}"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A default called `tiny`, which takes no time to make; what was made so far."""
    targets: list[Path] = []

    def make(package: Path, target: Path) -> None:
        assert (package / "__init__.py").is_file()
        target.mkdir()
        (target / "config.json").write_text("{}")
        (target / "model.safetensors").write_bytes(b"weights")
        targets.append(target)

    monkeypatch.setitem(models.DEFAULTS, "tiny", Default("yaml", "MIT", make))
    return targets


def test_a_default_is_made_once_and_then_reused(home: Home, made: list[Path]) -> None:
    with pytest.raises(ModelMissingError, match="not prepared yet"):
        model_path("tiny", home)
    first, second = prepare_model("tiny", home), prepare_model("tiny", home)
    assert (first.reused, second.reused) == (False, True)
    assert len(made) == 1
    assert first.path == second.path == model_path("tiny", home)
    assert first.content_hash == second.content_hash == content_hash(first.path)
    assert (first.path / HASH_FILE).read_text().strip() == first.content_hash


def test_parameters_are_counted_over_all_files_of_weights(tmp_path: Path) -> None:
    assert count_parameters(tmp_path) is None
    for name, shape in (("model-1.safetensors", (3, 5)), ("model-2.safetensors", (7,))):
        save_file({name: np.zeros(shape, dtype=np.float32)}, tmp_path / name)
    assert count_parameters(tmp_path) == 22
    (tmp_path / "model-3.safetensors").write_bytes(b"no weights")
    assert count_parameters(tmp_path) is None


def test_what_was_broken_off_or_changed_is_made_again(home: Home, made: list[Path]) -> None:
    (home.models / "tiny.unfinished").mkdir(parents=True)  # killed while it was made
    whole = prepare_model("tiny", home)
    (whole.path / "model.safetensors").write_bytes(b"waights")
    again = prepare_model("tiny", home)
    assert len(made) == 2
    assert again.content_hash == whole.content_hash
    assert (again.path / "model.safetensors").read_bytes() == b"weights"
    assert not (home.models / "tiny.unfinished").exists()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        SafetensorError("No space left on device (os error 28)"),
        Exception("No space left on device (os error 28)"),  # as tokenizers raises it
        shutil.Error([("a/model.safetensors", "b/model.safetensors", "[Errno 28] No space left on device: 'b'")]),
    ],
)
def test_a_failed_preparation_leaves_nothing_that_looks_ready(
    home: Home, made: list[Path], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(package: Path, target: Path) -> None:
        target.mkdir()
        (target / "config.json").write_text("{}")
        raise error

    monkeypatch.setitem(models.DEFAULTS, "tiny", Default("yaml", "MIT", fail))
    with pytest.raises(CorpusStorageError, match="No space left") as raised:
        prepare_model("tiny", home)
    assert "the disk has room" in raised.value.remedy
    assert not (home.models / "tiny.unfinished").exists()
    with pytest.raises(ModelMissingError):
        model_path("tiny", home)


@pytest.mark.parametrize(("free", "told"), [(0, True), (1 << 30, False)])
def test_an_error_of_torchs_is_of_the_disk_where_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, told: bool
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    with (
        pytest.raises(CorpusStorageError if told else RuntimeError, match="unexpected pos"),
        model_storage_errors(tmp_path),
    ):
        raise RuntimeError("unexpected pos 64 vs 0")


@pytest.mark.parametrize(
    "error",
    [
        OSError("no file named model.safetensors"),
        FileNotFoundError(2, "no"),
        ValueError("no"),
        shutil.Error([("a", "b", "[Errno 2] no such file: 'a'")]),
    ],
)
def test_what_cannot_be_read_is_not_said_to_be_of_the_disk(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error), match="no"), model_storage_errors(tmp_path):
        raise error


def test_a_folder_of_models_that_cannot_be_written_says_what_to_check(home: Home, made: list[Path]) -> None:
    (home.models / "tiny.lock").mkdir(parents=True)
    with pytest.raises(CorpusStorageError, match=re.escape(str(home.models))) as raised:
        prepare_model("tiny", home)
    assert "permissions" in raised.value.remedy
    assert made == []


def test_a_missing_wheel_says_how_to_install_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(models.DEFAULTS, "tiny", Default("no_such_package", "MIT", lambda package, target: None))
    with pytest.raises(ModelMissingError, match="no_such_package") as raised:
        prepare_model("tiny", home)
    assert "make install" in raised.value.remedy


def test_a_folder_is_itself(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(ModelMissingError, match=r"config\.json"):
        model_path(str(folder), home)
    (folder / "config.json").write_text("{}")
    assert model_path(str(folder), home) == folder
    prepared = prepare_model(str(folder), home)
    assert (prepared.path, prepared.reused, prepared.licence) == (folder, True, None)


@pytest.mark.parametrize(("name", "told"), [("a" * 300, "File name too long"), ("~nobody-of-this-name/model", "home")])
def test_what_no_folder_can_be_called_is_an_error_of_the_configuration(home: Home, name: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as raised:
        model_path(name, home)
    assert len(raised.value.problem) < 150
    assert raised.value.remedy.startswith("Name one of")


def test_the_hash_is_over_contents_and_not_over_times(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"abc")
    first = content_hash(tmp_path)
    os.utime(weights, (1, 1))
    (tmp_path / "README.md").write_text("no answer depends on it")
    assert content_hash(tmp_path) == first
    weights.write_bytes(b"abd")
    assert content_hash(tmp_path) != first


@pytest.mark.parametrize("name", ["nothing-like-this", "a/b/c", "../x", "org/"])
def test_what_is_neither_default_nor_folder_nor_id_is_told_so(
    home: Home, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # there is no ../x beside it
    with pytest.raises(ModelMissingError, match="There is no model") as raised:
        model_path(name, home)
    assert "smollm2-135m-instruct" in raised.value.remedy


@pytest.mark.parametrize("commit", ["", "@", "@main", "@v1.0", f"@{COMMIT[:7]}", f"@{COMMIT.upper()}", f"@{COMMIT}0"])
def test_a_hub_id_is_pinned_to_a_commit(home: Home, commit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *args, **options: pytest.fail("nothing is asked"))
    with pytest.raises(ModelRejectedError, match="not pinned") as raised:
        model_path(f"somebody/some-model{commit}", home)
    assert "somebody/some-model@COMMIT" in raised.value.remedy


def test_a_hub_id_without_a_hub_is_our_error(home: Home) -> None:
    with pytest.raises(ModelMissingError, match="somebody/some-model") as raised:  # the tests' environment is offline
        model_path(PINNED, home)
    assert "folder" in raised.value.remedy


def test_a_hub_id_is_fetched_without_code_or_pickles(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    calls: list[dict[str, object]] = []

    def download(name: str, **options: object) -> str:
        calls.append(options)
        if options.get("local_files_only"):
            raise LocalEntryNotFoundError("not here")
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert model_path(PINNED, home) == tmp_path
    assert [bool(call.get("local_files_only")) for call in calls] == [True, False]
    for call in calls:
        assert call["revision"] == COMMIT
        patterns = call["allow_patterns"]
        assert isinstance(patterns, list)
        assert not any(Path(file).match(pattern) for pattern in patterns for file in ("x.py", "x.bin", "x.pt", "x.pkl"))


def test_importing_it_costs_nothing() -> None:
    script = "import sys, pipelines.models; sys.exit(any(m in sys.modules for m in ('torch', 'transformers')))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.slow
def test_the_default_language_model_is_whole(smollm2: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(smollm2)  # the type is the configuration's
    tokenizer = AutoTokenizer.from_pretrained(smollm2)
    assert model.dtype == torch.float32
    assert model.num_parameters() == pytest.approx(134.5e6, rel=0.01)
    assert tokenizer.chat_template
    assert model.generation_config.eos_token_id == tokenizer.convert_tokens_to_ids("<|im_end|>")
    for text in ("In 2019, 65 GPUs cost $1,234.56.", "  def f(x):\n\treturn   12345", "naïve – “quoted” 北京 🚀"):
        assert tokenizer.decode(tokenizer(text).input_ids) == text
    assert tokenizer.tokenize("a   12") == ["a", "ĠĠĠ", "1", "2"]  # digits one by one, and spaces apart from them
    sentence = tokenizer("The capital of France is Paris, and the capital of Italy is Rome.", return_tensors="pt")
    with torch.inference_mode():
        loss = model(**sentence, labels=sentence.input_ids).loss
    assert loss < 3  # nats a token; weights in a wrong order give more than 10


@pytest.mark.slow
def test_the_default_embedder_is_whole(home: Home) -> None:
    from sentence_transformers import SentenceTransformer

    prepared = prepare_model("all-minilm-l6-v2", home)
    assert prepared.licence == "Apache-2.0"
    model = SentenceTransformer(str(prepared.path), device="cpu")
    assert model.encode(["a cat"]).shape == (1, 384)


def test_every_default_is_installed_here() -> None:
    for name, default in DEFAULTS.items():
        assert models._package_folder(name, default.package).is_dir()
