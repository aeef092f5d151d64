"""The sandbox as a transport of `requests`: no network, but responses and exceptions as from one."""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration_tests.sandbox.api.faults import Fault
from integration_tests.sandbox.api.messages import Request, Response

_BUILD = HTTPAdapter()


class _CutBody(io.BytesIO):
    """A body that ends early, as `http.client` reports it."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data or size is None or size < 0:
            raise http.client.IncompleteRead(data, 1)
        return data


class SandboxAdapter(BaseAdapter):
    """Answers prepared requests from a function."""

    def __init__(self, handle: Callable[[Request], Response]) -> None:
        super().__init__()
        self._handle = handle

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, or the exception a network would have given."""
        url = urlsplit(str(request.url))
        query = parse_qsl(url.query, keep_blank_values=True)
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        form = parse_qsl(body, keep_blank_values=True)
        answer = self._handle(Request(request.method or "GET", url.path, query, dict(request.headers), form))
        match answer.fault:
            case Fault.reset:
                raise requests.exceptions.ConnectionError("Connection reset by peer", request=request)
            case Fault.timeout:
                raise requests.exceptions.ReadTimeout("Read timed out.", request=request)
            case Fault.truncated:
                content: io.BytesIO = _CutBody(answer.body[: len(answer.body) // 2])
            case _:
                content = io.BytesIO(answer.body)
        raw = HTTPResponse(
            body=content,
            headers={**answer.headers, "Content-Length": str(len(answer.body))},
            status=answer.status,
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,
            request_method=request.method,
        )
        response: requests.Response = _BUILD.build_response(request, raw)
        if not stream:
            _ = response.content
        return response

    def close(self) -> None:
        """Nothing is held open."""
