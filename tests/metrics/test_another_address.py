"""Another address or code is another answer, however many of its parts are the same."""

from __future__ import annotations

import time

import pytest

from eval.metrics.addresses import names_another_address
from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("claims@harbour.com", "help@harbour.com"),
        ("claims@harbour.com", "claims@harbour.org"),
        ("claims@harbour.com", "Send your claims to help@harbour.com."),
        ("Write to claims@harbour.com.", "Write to help@harbour.com."),
        ("status.acme.com", "The status page is www.acme.com."),
        ("https://portal.acme.com/login", "https://portal.acme.com/signup"),
        ("docs.acme.com/api", "docs.acme.com/sdk"),
        ("config.prod.yaml", "config.dev.yaml"),
        ("spring.datasource.url", "Set spring.datasource.username."),
        ("ABC-1234-XY", "ABC-1234-XZ"),
        ("HB-100-A", "It is HB-100-B."),
        ("claims@harbour.com", "请发邮件至help@harbour.com。"),
        ("docs.harbour.com", "请访问help.harbour.com获取帮助。"),
        ("config.prod.yaml", "配置文件是config.dev.yaml。"),
        ("claims@harbour.com", "claims@harbour.co"),
        ("harbour.com", "harbour.com.au"),
        ("harbour.com", "shop.harbour.com"),
        ("networking.k8s.io/v1", "networking.k8s.io/v1beta1"),
        ("logging.level", "logging.level.root"),
        ("values.yaml", "my.values.yaml"),
        ("ABC-1234-XY", "ABC-1234-XYZ"),
        ("~/.kube/config", "/etc/kube/config"),
        ("~/.kube/config", "在/etc/kube/config里"),
        ("/etc/harbour/dev.conf", "It is /etc/harbour/prod.conf."),
        ("./charts/harbour/values", "./charts/quay/values"),
    ],
)
def test_another_address_is_wrong(reference: str, response: str) -> None:
    assert names_another_address(reference, response)
    assert correctness(reference, response) < RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("claims@harbour.com", "Write to Claims@Harbour.com, or to help@harbour.com."),
        ("status.acme.com", "See https://www.status.acme.com/."),
        ("status.acme.com", "https://status.acme.com/incidents"),
        ("config.yaml", "It is set in config.yaml."),
        ("ABC-1234-XY", "Your code is ABC-1234-XY."),
        ("Use kubectl, e.g. on a node.", "Use kubectl, i.e. on a node of the U.S. region."),
        ("It is 10 a.m. in the U.S.", "It is 10 a.m. in the U.S. now"),
        ("the harbour", "the harbour, see docs.acme.com"),  # what is said besides
        ("Read docs.acme.com at the harbour", "Read of it at the harbour"),
        ("1.2.3", "It is 1.2.3"),
        ("end-to-end", "end-to-end"),
        ("claims@harbour.com", "请发邮件至claims@harbour.com。"),
        ("claims@harbour.com", "claims@harbour.com으로 보내세요."),
        ("claims@harbour.com", "Write to _claims@harbour.com_."),
        ("docs.harbour.com/api", "Is it _docs.harbour.com/api_?"),
        ("spec.replicas", "Set .spec.replicas in deployment.yaml."),
        ("values.yaml", "conf/values.yaml, not values-dev.yaml"),
        ("Harbour.com was founded in 1999.", "It was founded in 1999, according to about.md."),
        ("React.js is maintained by Meta.", "It is maintained by Meta (see react.dev)."),
        ("Upload receipts at portal.harbour.com.", "Upload receipts in the portal (see expenses.md)."),
        ("Use form HB-100-A.", "Use the form in red (see PO-2023-0042)."),
        ("spec.replicas", "deployment.spec.replicas"),
        ("https://docs.harbour.com:8080/api?page=1", "docs.harbour.com:8080"),
        ("docs.harbour.com", "docs.harbour.com#pilots"),
        ("~/.kube/config", "/home/ann/.kube/config"),
        ("~/.kube/config", "$HOME/.kube/config"),
        ("~/.kube/config", "${HOME}/.kube/config, never /etc/kube/config"),
        ("/etc/harbour/config", "etc/harbour/config"),
        ("/etc/harbour/config", "/host/etc/harbour/config"),
        ("/var/log/harbour", "It is in /var/log/harbour/pilots.log."),
        ("/etc/harbour/config", "and/or 5 km/h, 1/2 of it, on 2023/3/31, per /month, http://harbour.com//etc/config"),
        ("/etc/harbour/config", "Told by ./docs/pilots"),
    ],
)
def test_the_same_address_or_none_is_not(reference: str, response: str) -> None:
    assert not names_another_address(reference, response)


@pytest.mark.parametrize(
    "part", ["a.", "a@", "A-1-", "a.b/", "ab.cd.", "https://", "www.", "/a", "./", "/", "~/", "$HOME/"]
)
def test_long_texts_are_read_in_no_time(part: str) -> None:
    """What is quadratic takes minutes."""
    began = time.process_time()
    names_another_address("claims@harbour.com, ~/.kube/config", part * 50_000)
    assert time.process_time() - began < 20
