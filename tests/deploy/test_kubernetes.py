"""The Kubernetes manifests, as kustomize builds them: right by Kubernetes' own schemas, locked down, and consistent."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
VERSION = "1.37"
OVERLAYS = ("cpu", "gpu")
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")


@pytest.fixture(scope="module", params=OVERLAYS)
def manifests(request) -> list[dict]:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl, which has kustomize in it, is not installed")
    command = ["kubectl", "kustomize", str(FOLDER / "overlays" / request.param)]
    built = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return list(yaml.safe_load_all(built.stdout))


def of_kind(manifests: list[dict], *kinds: str) -> list[dict]:
    return [one for one in manifests if one["kind"] in kinds]


def pod_of(workload: dict) -> dict:
    """The template of a workload's pods."""
    spec = workload["spec"]
    return (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)["template"]


def pods(manifests: list[dict]) -> dict[str, dict]:
    return {one["metadata"]["name"]: pod_of(one) for one in of_kind(manifests, *WORKLOADS)}


def containers(pod: dict) -> list[dict]:
    return pod["spec"].get("initContainers", []) + pod["spec"]["containers"]


def chosen(selector: dict, pod: dict) -> bool:
    """Whether a label selector takes a pod."""
    labels = pod["metadata"]["labels"]
    named = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return named and all(labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", []))


def test_every_manifest_fits_its_schema(manifests):
    import kubernetes_validate

    for one in manifests:
        kubernetes_validate.validate(one, VERSION, strict=True)


def test_a_manifest_that_is_wrong_would_not_fit(manifests):
    import kubernetes_validate

    broken = of_kind(manifests, "Deployment")[0]
    broken = broken | {"spec": broken["spec"] | {"replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSION, strict=True)


def test_pods_run_as_nobody_in_particular(manifests):
    for name, pod in pods(manifests).items():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name  # a service named vllm would set VLLM_PORT
        assert not any(spec.get(one) for one in ("hostNetwork", "hostPID", "hostIPC")), name
        assert not any("hostPath" in volume for volume in spec["volumes"]), name


def test_containers_may_write_nothing_but_their_volumes(manifests):
    for name, pod in pods(manifests).items():
        for container in containers(pod):
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert not context.get("privileged"), name
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
            assert "memory" in container["resources"]["limits"], name


def test_images_are_pinned(manifests):
    for name, pod in pods(manifests).items():
        for container in containers(pod):
            _, colon, tag = container["image"].rpartition(":")
            assert colon, name
            assert tag != "latest", name


def test_servers_have_probes(manifests):
    for name in ("app", "vllm", "chroma"):
        (container,) = pods(manifests)[name]["spec"]["containers"]
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["port"] in ports, (name, probe)
    app = pods(manifests)["app"]["spec"]["containers"][0]
    assert app["livenessProbe"]["httpGet"]["path"] == app["startupProbe"]["httpGet"]["path"] == "/health/live"
    assert app["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_what_is_referred_to_is_there(manifests):
    claims = {one["metadata"]["name"] for one in of_kind(manifests, "PersistentVolumeClaim")}
    maps = {one["metadata"]["name"] for one in of_kind(manifests, "ConfigMap")}
    for workload in of_kind(manifests, *WORKLOADS):
        pod = pod_of(workload)
        volumes = {one["name"] for one in pod["spec"]["volumes"]}
        volumes |= {one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])}
        for volume in pod["spec"]["volumes"]:
            assert volume.get("persistentVolumeClaim", {}).get("claimName", "data") in claims
        for container in containers(pod):
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            for source in container.get("envFrom", []):
                assert source.get("configMapRef", {}).get("name") in maps or source["secretRef"]["optional"]
    for service in of_kind(manifests, "Service"):
        (pod,) = (one for one in pods(manifests).values() if chosen({"matchLabels": service["spec"]["selector"]}, one))
        (port,) = service["spec"]["ports"]
        assert port["targetPort"] in {each["name"] for each in pod["spec"]["containers"][0]["ports"]}
    for one in of_kind(manifests, "Deployment", "StatefulSet"):
        assert chosen(one["spec"]["selector"], pod_of(one))
    (scaler,) = of_kind(manifests, "HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"]["name"] in pods(manifests)
    (budget,) = of_kind(manifests, "PodDisruptionBudget")
    assert chosen(budget["spec"]["selector"], pods(manifests)["app"])


def test_the_app_mounts_every_folder_that_prepare_keeps_models_in(manifests):
    (app,) = pods(manifests)["app"]["spec"]["containers"]
    (prepare,) = pods(manifests)["prepare"]["spec"]["containers"]
    mounted = {one["subPath"]: one for one in app["volumeMounts"] if one["name"] == "data"}
    assert mounted.keys() == {".bakeoff/models", ".bakeoff/adapters", "huggingface"}
    for folder, mount in mounted.items():
        assert mount["mountPath"] == f"/data/{folder}"
        assert folder in prepare["args"][0]  # a folder that is missing would be made by root
    dockerfile = (FOLDER.parents[1] / "Dockerfile").read_text()
    assert "BAKEOFF_HOME=/data HF_HOME=/data/huggingface" in dockerfile


def test_a_bakeoff_writes_its_runs_to_the_shared_volume_and_no_database(manifests):
    """SQLite's write-ahead log must not be opened from two nodes."""
    pod = pods(manifests)["bake-off"]
    (bakeoff,) = pod["spec"]["containers"]
    (prepare,) = pods(manifests)["prepare"]["spec"]["containers"]
    shared = [one for one in bakeoff["volumeMounts"] if one["name"] == "data"]
    assert [one["subPath"] for one in shared if not one.get("readOnly")] == ["runs"]
    assert all(one["mountPath"] == f"/data/{one['subPath']}" and one["subPath"] in prepare["args"][0] for one in shared)
    own = {one["name"] for one in pod["spec"]["volumes"] if "emptyDir" in one}
    for name in ("app", "bake-off"):
        (container,) = pods(manifests)[name]["spec"]["containers"]
        places = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
        assert {places["/data"], places["/data/.bakeoff"]} <= own
    waiting = {name: pods(manifests)[name]["spec"]["initContainers"] for name in ("app", "bake-off")}
    assert waiting["bake-off"] == waiting["app"]


def test_names_are_asked_for_wherever_a_cluster_has_them(manifests):
    (rules,) = (one["spec"]["egress"] for one in of_kind(manifests, "NetworkPolicy") if "egress" in one["spec"])
    anywhere, openshift = rules[1:]
    assert anywhere == {"ports": [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]}
    assert [one["port"] for one in openshift["ports"]] == [5353, 5353]


@pytest.mark.parametrize("name", ["app", "bake-off", "prepare"])
def test_proxies_are_used_but_for_the_inner_servers(manifests, name):
    (container,) = pods(manifests)[name]["spec"]["containers"]
    (settings,) = of_kind(manifests, "ConfigMap")
    assert {"configMapRef": {"name": settings["metadata"]["name"]}} in container["envFrom"]
    assert {"vllm", "chroma"} <= set(settings["data"]["INNER_NO_PROXY"].split(","))
    assert {"secretRef": {"name": "bakeoff-environment", "optional": True}} in container["envFrom"]
    # the image's entrypoint sees to it, which a command of the container's own takes the place of
    entrypoint = "/app/deploy/entrypoint.sh"
    assert container.get("command", [entrypoint])[0] == entrypoint
    assert f'ENTRYPOINT ["{entrypoint}", ' in (FOLDER.parents[1] / "Dockerfile").read_text()


@pytest.mark.parametrize(
    ("server", "callers"), [("vllm", {"app", "bake-off"}), ("chroma", {"app", "bake-off", "prepare"})]
)
def test_only_those_who_need_a_server_reach_it(manifests, server, callers):
    policies = of_kind(manifests, "NetworkPolicy")
    assert any(one["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} for one in policies)
    rules = [
        rule
        for one in policies
        if one["spec"]["podSelector"] and chosen(one["spec"]["podSelector"], pods(manifests)[server])
        for rule in one["spec"].get("ingress", [])
    ]
    selectors = [peer["podSelector"] for rule in rules for peer in rule["from"]]
    assert all(peer.keys() == {"podSelector"} for rule in rules for peer in rule["from"])
    reached_by = {name for name, pod in pods(manifests).items() if any(chosen(one, pod) for one in selectors)}
    assert reached_by == callers


@pytest.mark.parametrize("server", ["vllm", "chroma"])
def test_servers_call_nobody(manifests, server):
    for one in of_kind(manifests, "NetworkPolicy"):
        if chosen(one["spec"]["podSelector"], pods(manifests)[server]):
            assert "egress" not in one["spec"]


def test_no_secret_is_among_them(manifests):
    assert of_kind(manifests, "Secret") == []
    (keys,) = (one for one in pods(manifests)["app"]["spec"]["volumes"] if "secret" in one)
    assert keys["secret"]["secretName"] == "bakeoff-keys"


def test_only_the_gpu_overlay_asks_for_a_gpu(manifests, request):
    (container,) = pods(manifests)["vllm"]["spec"]["containers"]
    overlay = request.node.callspec.params["manifests"]
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) == (overlay == "gpu")
    assert container["args"][-1] == f"/data/vllm/{overlay}.yaml"
    assert container["image"].startswith("docker.io/vllm/vllm-openai" + ("-cpu:" if overlay == "cpu" else ":"))
