"""What is on this machine, for a need that nothing leaves it."""

from __future__ import annotations

import pytest

from pipelines.address import bare, is_here, is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"]
)
def test_this_machine(host: str) -> None:
    assert is_loopback(host)
    assert is_here(f"http://{f'[{host}]' if ':' in host else host}:8000/v1")


@pytest.mark.parametrize("host", ["192.168.0.7", "::ffff:192.168.0.7", "localhost.example.org", "chroma", ""])
def test_another(host: str) -> None:
    assert not is_loopback(host)
    assert not is_here(f"http://{f'[{host}]' if ':' in host else host}:8000/v1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_what_a_server_prints_that_listens_on_all_addresses(host: str) -> None:
    assert is_here(f"http://{f'[{host}]' if ':' in host else host}:8000/v1")
    assert not is_loopback(host)


def test_an_address_in_brackets() -> None:
    assert is_loopback("[::1]")
    assert not is_loopback("[::2]")


@pytest.mark.parametrize(
    ("host", "taken"),
    [
        ("[::1]", "::1"),
        ("localhost.", "localhost"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("::", "::"),
        ("Example.org", "example.org"),
    ],
)
def test_as_a_socket_takes_it(host: str, taken: str) -> None:
    assert bare(host) == taken


def test_what_has_no_address_is_in_this_process() -> None:
    assert is_here(None)
