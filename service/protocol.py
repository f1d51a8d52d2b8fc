"""HTTP as uvicorn speaks it, with a bound on what stands around a body, and refusals in the service's own shape."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import Any

import httptools
from starlette.exceptions import HTTPException
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.access import API_POLICY, HEADERS
from service.error_responses import error_response
from service.problems import REQUEST_ID

logger = logging.getLogger("bakeoff.service")

HEAD_BYTES = 64 * 1024
"""Of a request's line and headers together; of what stands between two parts of a body, too."""

LINGER_SECONDS = 2.0
"""For so long what a refused client goes on to send is thrown away: hung up on at once, it may never read why."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn itself takes a head as long as memory lasts, and takes it before anybody has looked at the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = b""  # the target of the request at hand, as far as it has come
        self._head_bytes = 0  # that have come since the last part of a body, or the last request's end
        self._refused = False
        self._plain_head = b""  # of a request that offered an upgrade, to be read once more
        self._head_end = 0

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._head_bytes += len(data)
        super().data_received(data)
        if self._plain_head:
            head, self._plain_head = self._plain_head, b""
            self.parser = httptools.HttpRequestParser(self)  # the one before it has seen the connection's end, maybe
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
            super().data_received(head + data[self._head_end :])
        if self._head_bytes > HEAD_BYTES and not self._refused:  # the parser tells of a header once all of it is there
            self._refuse()

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_BYTES:
            self._head_bytes = size
            raise ValueError("the head is too long")  # ends the parsing, and leads to send_400_response
        if self._answering:  # each would be kept, and a caller who then goes away would not be noticed
            raise ValueError("a request came before the answer to the one before it")
        if self.parser.should_upgrade() and any(_of_body(name, value) for name, value in self.headers):
            self._read_without_upgrade()
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._plain_head:
            return
        self._head_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Called where the parser has stopped."""
        self._refuse()

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self) -> None:
        self._refused = True
        if self._answering:  # not to be mixed up with what is on its way
            if self.cycle.more_body:
                self.transport.close()
            self.cycle.keep_alive = False
            return
        self.transport.write(self._refusal())
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _refusal(self) -> bytes:
        error = HTTPException(400, "This is no HTTP/1.1")
        if self._head_bytes > HEAD_BYTES:
            error = HTTPException(431, f"The address and the headers are longer than {HEAD_BYTES} bytes")
        request_id = uuid.uuid4().hex
        token = REQUEST_ID.set(request_id)
        try:
            response = error_response(self.url.decode("latin-1"), error)
        finally:
            REQUEST_ID.reset(token)
        logger.warning("%s", error.detail, extra={"status": error.status_code, "request_id": request_id})
        own = {**HEADERS, "content-security-policy": API_POLICY, "x-request-id": request_id, "connection": "close"}
        headers = [*self.server_state.default_headers, *response.raw_headers]
        headers += [(name.encode(), value.encode()) for name, value in own.items()]
        lines = [name + b": " + value + b"\r\n" for name, value in headers]
        return b"".join([STATUS_LINE[error.status_code], *lines, b"\r\n", bytes(response.body)])

    def _read_without_upgrade(self) -> None:
        """Has this head read again as if no upgrade had been offered: beside one, httptools takes a body for a request.

        curl and Java's client offer h2c with every first request.
        """
        plain = [(name, value) for name, value in self.headers if name != b"upgrade"]
        if len(plain) == len(self.headers):
            raise ValueError("a body beside CONNECT")
        first = b"%s %s HTTP/%s\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        self._plain_head = b"".join([first, *(b"%s: %s\r\n" % each for each in plain), b"\r\n"])

    def _unsupported_upgrade_warning(self) -> None:
        """No warning: who offers an upgrade is answered as if it had not. The error says where the head ends."""
        error = sys.exception()
        self._head_end = error.args[0] if error else 0


def _of_body(name: bytes, value: bytes) -> bool:
    return name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
