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


def read(path: Path, place: str, url: str) -> BakeoffConfig:
    path.write_text(f"corpus: .\npipelines: {{plain: {{kind: prompting}}}}\n{PLACES[place].format(url=url)}\n")
    return read_yaml(path, BakeoffConfig)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("user", ["bob:tiger", "bob", ":tiger", "bob:ti@ger"])
def test_a_password_in_an_address_is_refused_and_not_shown(tmp_path: Path, place: str, user: str) -> None:
    with pytest.raises(ConfigError, match="user and no password") as raised:
        read(tmp_path / "bakeoff.yaml", place, f"http://{user}@127.0.0.1:8000")
    said = str(raised.value)
    assert place.removesuffix(".base_url") in said
    assert ("api_key_env" in said) == (place != "vectors.url")
    assert "bob" not in said
    assert "tiger" not in said


def test_an_at_sign_in_a_path_is_none(tmp_path: Path) -> None:
    read(tmp_path / "bakeoff.yaml", "engines.api.base_url", "http://127.0.0.1:8000/models/@cf/v1")
