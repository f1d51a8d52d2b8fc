"""Asks the service for one bake-off of all its pipelines, and waits for its report. Asked again, it is the same one."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

SERVICE = os.environ.get("BAKEOFF_URL", "http://app:8080")
ENDED = ("finished", "failed", "cancelled")
PATIENCE_SECONDS = 1800
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy knows the service by this name


def call(path: str, **request: Any) -> dict[str, Any]:
    """What the service says; raises OSError where it does not answer, or answers with an error."""
    key = (Path(os.environ["BAKEOFF_HOME"]) / "key").read_text().strip()
    headers = {"authorization": f"Bearer {key}", **request.pop("headers", {})}
    with DIRECT.open(urllib.request.Request(SERVICE + path, headers=headers, **request), timeout=30) as said:
        return dict(json.load(said))


def until(asked: Any) -> dict[str, Any]:
    """Asks again and again until there is an answer that is not an error: the service or its engine may be starting."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return dict(asked())
        except OSError as error:
            said = error.read().decode(errors="replace") if isinstance(error, urllib.error.HTTPError) else error
            if time.monotonic() > end:
                sys.exit(f"The service is not ready: {said}")
        time.sleep(2)


def main() -> None:
    until(lambda: call("/health/ready"))
    headers = {"content-type": "application/json", "idempotency-key": "first-run"}
    job = until(lambda: call("/runs", data=b"{}", headers=headers))
    where = f"/runs/{job['id']}"
    if job["state"] in ("failed", "cancelled"):
        job = until(lambda: call(f"{where}/resume", data=b""))
    print(f"The bake-off {job['id']} is {job['state']}.", flush=True)
    while job["state"] not in ENDED:
        time.sleep(2)
        job = until(lambda: call(where))
    print(f"The bake-off {job['id']} is {job['state']}. Its report: GET {where}/report")
    sys.exit(job["state"] != "finished")


if __name__ == "__main__":
    main()
