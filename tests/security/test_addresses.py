"""No password in an address and no key gets into a configuration, and so into none of the runs."""

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


@pytest.mark.parametrize("place", ["engines.api.base_url", "evaluation.judge.base_url"])
@pytest.mark.parametrize("start", ["sk-proj-", "7", "Bearer ", "sk.", "ключ", "gsk_", "hf_"])
def test_a_key_in_place_of_its_variable_is_refused_and_not_shown(tmp_path: Path, place: str, start: str) -> None:
    with pytest.raises(ConfigError, match="api_key_env: must be the name of an environment variable") as raised:
        read(tmp_path / "bakeoff.yaml", place, f"http://{HOST}', api_key_env: '{start}tigerlily")
    assert "tigerlily" not in str(raised.value)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "_KEY", "K2"])
def test_a_variables_name_is_taken(tmp_path: Path, name: str) -> None:
    read(tmp_path / "bakeoff.yaml", "engines.api.base_url", f"http://{HOST}', api_key_env: '{name}")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("url", ["http://[::1:8000", "http://127.0.0.1:eighty"])
def test_what_is_no_address_is_told(tmp_path: Path, place: str, url: str) -> None:
    with pytest.raises(ConfigError, match=r"an address such as http://127\.0\.0\.1:8000"):
        read(tmp_path / "bakeoff.yaml", place, url)
