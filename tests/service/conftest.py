from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from service_fakes import client_of, make_app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(make_app()) as client:
        yield client
