"""A load test's figures go into the report of a run only where the service answers as it did in the run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from servers import serving
from service_fakes import FakePipeline, client_of, make_app
from staleness_fakes import CONFIG_FILE, bake, write, write_project

from corpora.errors import AdapterMissingError, RunError
from corpora.model import Corpus, Record
from eval.manifest import Contestant, Manifest, new_manifest
from eval.run import RunFolder
from eval.storage import read_model
from service.baking import opened
from service.cli import app
from service.likeness import hashed, require_same
from service.project import open_project

ENGINE = {"kind": "openai", "base_url": "https://example.org/v1", "decoding": {"temperature": 0.0}}
RAG = {"kind": "rag", "prompt": ["Answer."], "retrieval": {"index": "1f"}, "engine": ENGINE}
BARE = {"kind": "prompting", "prefix": [["system", "Answer."]], "engine": ENGINE}
FAKE = {"kind": "fake", "decoding": {"temperature": 0.0}}


def manifest() -> Manifest:
    pipelines = {name: Contestant(kind="", fingerprint=each) for name, each in (("rag", RAG), ("bare", BARE))}
    return Manifest.model_construct(run_id="R", config={"engine": "api"}, pipelines=pipelines)


def told(**fingerprints: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {name: hashed(each) for name, each in fingerprints.items()}


class Prompted(FakePipeline):
    """Whose fingerprint holds what JSON has no word for: a path, and tuples."""

    def fingerprint(self) -> dict[str, Any]:
        return {"model": Path("models/base"), "prefix": (("system", "Answer."),), "engine": {"decoding": {}}}


def test_hashes_are_those_of_the_manifest_on_disk_and_quote_nothing(tmp_path: Path) -> None:
    served = Prompted("prompted")
    corpus = Corpus(name="harbour", root=tmp_path, documents=(), content_hash="0")
    path = tmp_path / "manifest.json"
    path.write_text(new_manifest(Record(), corpus, {}, {"prompted": served}).model_dump_json())
    found = hashed(served.fingerprint())
    assert found == hashed(read_model(path, Manifest).pipelines["prompted"].fingerprint)
    assert found.keys() == {"model", "prefix", "engine.decoding"}
    assert all(len(each) == 64 and int(each, 16) >= 0 for each in found.values())


def test_a_service_that_answers_as_in_the_run_is_taken() -> None:
    require_same(manifest(), told(rag=RAG, bare=BARE, other={}), ["rag", "bare", "other"])
    require_same(manifest(), told(rag=RAG, bare=BARE | {"engine": FAKE}), ["rag"])


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({"rag": RAG | {"engine": FAKE}}, "- rag: engine.base_url, engine.kind"),
        ({"rag": RAG | {"retrieval": {"index": "2e"}}}, "- rag: retrieval.index"),
        ({"bare": BARE | {"prefix": []}}, "- bare: prefix"),
        ({"bare": {}}, "- bare: it is not open"),
    ],
)
def test_what_differs_is_told(now: dict[str, Any], found: str) -> None:
    with pytest.raises(RunError) as raised:
        require_same(manifest(), told(**{"rag": RAG, "bare": BARE, **now}), ["rag", "bare"])
    assert str(raised.value).startswith(f"The service does not answer as in the run R. What differs:\n{found}\n")
    assert "`bakeoff serve --engine api`" in str(raised.value)
    assert "--write FILE" in str(raised.value)


def test_a_service_of_other_pipelines() -> None:
    with pytest.raises(RunError, match=r"The run R has no pipeline mine\. It has rag, bare: serve and ask these"):
        require_same(manifest(), told(mine=RAG), ["mine"])


@pytest.mark.slow
async def test_load_writes_into_the_run_what_is_served_as_it_ran_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, monkeypatch)
    run = await asyncio.to_thread(bake)
    file = run.path / "load.json"
    report = run.path / "report.html"
    await _load(run)
    assert {each["pipeline"] for each in json.loads(file.read_text())["levels"]} == set(CONFIG_FILE["run"])
    assert "Under load" in report.read_text()
    assert f"Report: {report}\n" in capsys.readouterr().out
    file.unlink()
    rag = CONFIG_FILE["pipelines"]["rag"] | {"top_k": 1}
    write(tmp_path, {"bakeoff.yaml": CONFIG_FILE | {"pipelines": CONFIG_FILE["pipelines"] | {"rag": rag}}})
    with pytest.raises(RunError, match=r"What differs:\n- rag: retrieval\.options\.top_k\n"):
        await _load(run)
    assert not file.exists()
    await _load(run, "--pipeline", "zero-shot")
    assert file.exists()


async def _load(run: RunFolder, *more: str) -> None:
    """`bakeoff load` on a service of the working folder's configuration."""
    given = ["load", "--run", str(run.path), "--concurrency", "1", "--requests", "2", *more]
    async with opened(open_project(Path("bakeoff.yaml"))) as (_, pipelines), serving(make_app(pipelines)) as url:
        await asyncio.to_thread(app, [*given, "--url", url], standalone_mode=False)


async def test_the_list_of_pipelines_has_their_hashes() -> None:
    missing = AdapterMissingError("There is none.", "Run bakeoff train.")
    async with client_of(make_app({"rag": FakePipeline("rag"), "finetuned": missing})) as client:
        listed = (await client.get("/pipelines")).json()["pipelines"]
        ready = await client.get("/health/ready")
    assert [each["fingerprint"] for each in listed] == [hashed({"kind": "fake"}), None]
    assert "fingerprint" not in ready.text  # which asks nobody for a key
