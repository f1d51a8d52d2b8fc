"""No password in an address gets into a configuration, and so into none of the runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.errors import ConfigError
from corpora.yaml_file import read_yaml
from eval.config import BakeoffConfig

PLACES = {
    "engines.api.base_url": "engine: api\nengines: {{api: {{kind: openai, model: m, base_url: '{url}'}}}}",
    "evaluation.judge.base_url": "evaluation: {{judge: {{model: m, base_url: '{url}'}}}}",
    "vectors.url": "vectors: {{url: '{url}'}}",
}
HOST = "127.0.0.1:8000"
SECRET = [
    *(f"http://{user}@{HOST}" for user in ("bob:tiger", "bob", ":tiger", "bob:ti@ger", "bob:ti/ger", "bob:ti#ger")),
    *(f"{start}bob:tiger@{HOST}" for start in ("", "http:/", "ftp://")),
    *(f"http://{HOST}{end}" for end in ("?key=tiger", "/v1?key=tiger", "/v1#tiger")),
]


def read(path: Path, place: str, url: str) -> BakeoffConfig:
    path.write_text(f"corpus: .\npipelines: {{plain: {{kind: prompting}}}}\n{PLACES[place].format(url=url)}\n")
    return read_yaml(path, BakeoffConfig)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("url", SECRET)
def test_a_password_in_an_address_is_refused_and_not_shown(tmp_path: Path, place: str, url: str) -> None:
    with pytest.raises(ConfigError, match="user and no password") as raised:
        read(tmp_path / "bakeoff.yaml", place, url)
    said = str(raised.value)
    assert place.removesuffix(".base_url") in said
    assert ("api_key_env" in said) == (place != "vectors.url")
    assert "bob" not in said
    assert "ger" not in said
