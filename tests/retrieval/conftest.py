from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import ChromaServer

from pipelines.vectors import VectorOptions, Vectors, connected


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    connected(VectorOptions(url=server.url, startup_timeout=5))._server._session.close()
    server.kill()


@pytest.fixture
def chroma(chroma_server: ChromaServer, tmp_path) -> VectorOptions:
    """An empty server of Chroma's."""
    options = VectorOptions(url=chroma_server.url, startup_timeout=5)
    client = Vectors(tmp_path, options).client()
    for each in client.list_collections():
        client.delete_collection(each.name)
    return options


@pytest.fixture(params=["on disk", pytest.param("with a server", marks=pytest.mark.slow)])
def vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Vectors:
    """All that is said here holds wherever the vectors lie."""
    if request.param == "on disk":
        return Vectors(tmp_path / "index")
    return Vectors(tmp_path / "index", request.getfixturevalue("chroma"))


@pytest.fixture
def on_disk(tmp_path: Path) -> Vectors:
    return Vectors(tmp_path / "index")
