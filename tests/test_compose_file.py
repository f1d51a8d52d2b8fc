"""docker-compose.yml and the Dockerfile keep their promises: what is open, what may be written, whom it runs as."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import proxy_bypass_environment

import pytest
import yaml

from pipelines.address import is_here
from service.project import ProjectConfig

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"app", "prepare", "first-run"}
PROFILES = ("cpu", "gpu")
EACH = pytest.mark.parametrize("name", SERVICES)
EACH_OF_OURS = pytest.mark.parametrize("name", sorted(OURS))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_part_is_there_in_each_profile() -> None:
    parts = {profile: {name for name, each in SERVICES.items() if profile in each["profiles"]} for profile in PROFILES}
    assert parts["cpu"] == OURS | {"vllm", "chroma"}
    assert parts["gpu"] == OURS | {"vllm-gpu", "chroma"}
    assert set(SERVICES) == parts["cpu"] | parts["gpu"]


def test_only_the_app_has_a_port_and_on_loopback_only() -> None:
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["app"]
    (port,) = SERVICES["app"]["ports"]
    assert port.startswith("127.0.0.1:")


@EACH
def test_nothing_is_privileged(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & service.keys()
    assert not any("docker.sock" in volume for volume in service["volumes"])


@pytest.mark.parametrize("name", ["vllm", "vllm-gpu", "chroma", "first-run"])
def test_what_needs_nothing_from_outside_reaches_nothing_there(name: str) -> None:
    assert set(SERVICES[name]["networks"]) == {"inner"}
    assert COMPOSE["networks"]["inner"] == {"internal": True}


@pytest.mark.parametrize("name", ["vllm", "vllm-gpu"])
def test_vllm_reads_what_was_prepared_and_writes_none_of_it(name: str) -> None:
    assert SERVICES[name]["volumes"] == ["data:/data:ro"]
    assert SERVICES[name]["networks"]["inner"]["aliases"] == ["vllm"]
    assert SERVICES[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


@EACH_OF_OURS
def test_our_own_image_writes_to_its_volumes_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    reads_the_key = name == "first-run"
    assert SERVICES[name]["volumes"] == (["data:/data:ro"] if reads_the_key else ["data:/data", "corpus:/app/corpora"])
    assert SERVICES[name]["tmpfs"] == ["/tmp"]


ENTRYPOINT = "/app/deploy/entrypoint.sh"
NAMED = re.sub(r"\$\{\w+:-\}", "", SERVICES["app"]["environment"]["INNER_NO_PROXY"])


def excepted(**environment: str) -> dict[str, str]:
    """What a service of ours has in both spellings of NO_PROXY, with that environment."""
    told = {"PATH": os.environ["PATH"], "INNER_NO_PROXY": NAMED} | environment
    done = subprocess.run([ROOT / "deploy/entrypoint.sh", "env"], env=told, capture_output=True, text=True, check=True)
    variables = dict(line.split("=", 1) for line in done.stdout.splitlines())
    return {name: value for name, value in variables.items() if name.lower() == "no_proxy"}


@pytest.mark.parametrize("given", [{}, {"NO_PROXY": ".corp.example"}, {"no_proxy": ".corp.example"}])
def test_the_inner_servers_are_excepted_from_proxies_beside_what_the_user_excepts(given: dict[str, str]) -> None:
    found = excepted(**given)
    assert set(found) == {"NO_PROXY", "no_proxy"}
    for value in found.values():
        assert all(proxy_bypass_environment(host, {"no": value}) for host in ("vllm:8000", "chroma", "localhost"))
        assert not proxy_bypass_environment("judge-abc.a.run.app", {"no": value})
        assert proxy_bypass_environment("judge.corp.example", {"no": value}) == bool(given)


def test_what_the_user_excepts_in_either_spelling_and_in_the_shell_stays() -> None:
    named = SERVICES["app"]["environment"]["INNER_NO_PROXY"]
    assert named.endswith(",${NO_PROXY:-},${no_proxy:-}")
    found = excepted(NO_PROXY="one.example", no_proxy="two.example", INNER_NO_PROXY=f"{NAMED},three.example")
    for value in found.values():
        assert all(proxy_bypass_environment(f"{name}.example", {"no": value}) for name in ("one", "two", "three"))
    assert excepted(NO_PROXY="one.example", INNER_NO_PROXY="") == {"NO_PROXY": "one.example"}


@EACH
def test_no_service_sets_no_proxy_over_that_of_the_users_file(name: str) -> None:
    assert not {"NO_PROXY", "no_proxy"} & SERVICES[name].get("environment", {}).keys()


def test_ours_start_by_the_entrypoint_but_for_what_asks_the_app_past_every_proxy() -> None:
    assert f'ENTRYPOINT ["{ENTRYPOINT}", "bakeoff"]' in DOCKERFILE
    assert SERVICES["prepare"]["entrypoint"][0] == ENTRYPOINT
    assert "entrypoint" not in SERVICES["app"]
    assert SERVICES["first-run"]["entrypoint"] == ["python", "/app/deploy/first_run.py"]


@EACH
def test_images_are_pinned_and_can_be_replaced(name: str) -> None:
    given = re.fullmatch(r"\$\{([A-Z_]+):-(?P<image>[\w./-]+):(?P<tag>[\w.]+)\}", SERVICES[name]["image"])
    assert given, SERVICES[name]["image"]
    assert given["tag"] != "latest"


def test_our_image_is_built_once_and_by_nobody_else_looked_for_elsewhere() -> None:
    """Several services that build one tag would export it at the same time, and Docker refuses the second."""
    ours = [each for each in SERVICES.values() if each["image"] == SERVICES["prepare"]["image"]]
    assert ours == [SERVICES[name] for name in ("prepare", "app", "first-run")]
    assert [name for name, each in SERVICES.items() if "build" in each] == ["prepare"]
    assert [each.get("pull_policy") for each in ours] == [None, "never", "never"]
    for name in ("app", "first-run"):  # whichever is asked for, the one that builds is started before it
        assert "prepare" in SERVICES[name]["depends_on"] or "app" in SERVICES[name]["depends_on"]


def test_our_image_does_not_run_as_root_and_knows_whether_it_is_well() -> None:
    lines = DOCKERFILE.splitlines()
    assert re.fullmatch(r"USER [1-9]\d+:[1-9]\d+", next(line for line in lines if line.startswith("USER")))
    assert DOCKERFILE.count("\nFROM ") == 3
    assert "HEALTHCHECK" in DOCKERFILE
    assert "curl" not in DOCKERFILE


def test_our_image_is_built_on_a_full_version_that_can_be_replaced() -> None:
    (image,) = re.findall(r"^ARG PYTHON_IMAGE=(.+)$", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+\.\d+-slim", image)
    assert SERVICES["prepare"]["build"]["args"]["PYTHON_IMAGE"] == f"${{PYTHON_IMAGE:-{image}}}"


@pytest.mark.parametrize("name", ["vllm", "vllm-gpu"])
def test_vllm_is_asked_whether_it_is_well_by_what_its_image_has(name: str) -> None:
    test = SERVICES[name]["healthcheck"]["test"]
    assert test[:3] == ["CMD", "python3", "-c"]
    assert "/health" in test[3]


def test_no_index_of_packages_is_named() -> None:
    assert re.search(r"^ARG TORCH_INDEX=$", DOCKERFILE, re.MULTILINE)
    assert "://" not in DOCKERFILE.replace("http://127.0.0.1", "")


@pytest.mark.parametrize("path", ["bakeoff.compose.yaml", "tests/compose/small/bakeoff.yaml"])
def test_the_configuration_names_the_services_of_the_file(path: str) -> None:
    config = ProjectConfig.model_validate(yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))
    assert config.engines[config.engine].model_dump()["base_url"] == "http://vllm:8000/v1"
    assert config.vectors is not None
    assert config.vectors.url == "http://chroma:8000"
    assert {each.kind for each in config.pipelines.values()} == {"prompting", "rag", "finetuned"}


@pytest.mark.parametrize("path", ["bakeoff.yaml", "bakeoff.compose.yaml", "tests/compose/small/bakeoff.yaml"])
def test_what_the_configuration_needs_its_own_servers_fulfil(path: str) -> None:
    config = ProjectConfig.model_validate(yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))
    engine = config.engines[config.engine].model_dump().get("base_url")
    addresses = [engine, config.vectors and config.vectors.url]
    assert not config.needs.local or all(map(is_here, addresses))


def test_every_file_that_the_image_copies_is_let_through() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?:--chown=\S+ )?(?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert any(source == each or source.startswith(f"{each}/") for each in allowed), source
