"""The environment's proxies: what is on this machine is asked past them, and one that is of no use is named."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from corpora.errors import ConfigError
from pipelines.address import is_here

_EXCEPTIONS = "no_proxy"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")

_environment = threading.Lock()
"""Over `no_proxy`, of which a process has one: of two threads at once, one would put back what the other had set."""


def check_proxies(url: str, client: Callable[..., Any]) -> bool:
    """Tries a client with the environment's proxies; whether one of this server goes by the environment at all.

    Args:
        client: the class of httpx's or httpx2's plain client. They differ in what they take in NO_PROXY.

    Raises:
        ConfigError: it would, and cannot be made with the proxies that are there. No variable's value is shown: there
            may be a password in it.
    """
    if is_here(url):
        return False
    try:
        client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)).close()  # which reads nothing else of the environment
    except Exception as error:
        said = {name: value for name, value in os.environ.items() if value}
        proxies = [name for name in said if name.lower() in _PROXIES and not _is_proxy(said[name])]
        exceptions = [name for name in said if name.lower() == _EXCEPTIONS]
        if not proxies and not exceptions:
            raise
        raise ConfigError(
            f"{url} cannot be asked with {' and '.join(proxies or exceptions)} as the environment has it.",
            "Name an HTTP proxy there, such as http://proxy.example:3128; SOCKS is not spoken."
            if proxies
            else "Name hosts and addresses there with commas between them, of IPv6 without brackets, and no networks.",
        ) from error
    return True


def _is_proxy(value: str) -> bool:
    """Whether both clients take it for an HTTP proxy's address."""
    import httpx2

    try:
        return httpx2.Proxy(value if "://" in value else f"http://{value}").url.scheme in ("http", "https")
    except (ValueError, httpx2.InvalidURL):
        return False


@contextmanager
def past_proxies(url: str) -> Iterator[None]:
    """While a client of a server on this machine is made, the environment excepts everything from its proxies.

    For a client that reads them when it is made and takes no other word for it, as Chroma's. It holds for the whole
    process: what another thread makes meanwhile, for a server elsewhere, goes past them as well.
    """
    if not is_here(url):
        yield
        return
    with _environment:
        before = os.environ.get(_EXCEPTIONS)
        os.environ[_EXCEPTIONS] = "*"  # before which no variable is read, not even one that is wrong
        try:
            yield
        finally:
            if before is None:
                del os.environ[_EXCEPTIONS]
            else:
                os.environ[_EXCEPTIONS] = before
