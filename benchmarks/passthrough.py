"""The least that a door can do: a bare FastAPI that hands every chat completion on as it comes.

python benchmarks/passthrough.py --port PORT --upstream URL
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse


def create_app(upstream: str) -> FastAPI:
    client = httpx2.AsyncClient(base_url=upstream, timeout=60, trust_env=False)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/v1/models")
    async def models() -> Response:
        response = await client.get("/v1/models")
        return Response(response.content, response.status_code, media_type="application/json")

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        sent = client.build_request(
            "POST", "/v1/chat/completions", content=await request.body(), headers={"content-type": "application/json"}
        )
        response = await client.send(sent, stream=True)

        async def body() -> AsyncIterator[bytes]:
            async for block in response.aiter_raw():
                yield block
            await response.aclose()

        return StreamingResponse(body(), response.status_code, media_type=response.headers["content-type"])

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    given = parser.parse_args()
    app = create_app(given.upstream)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
