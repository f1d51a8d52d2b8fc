"""Every fault by its name: a function that strikes so many times, in a folder, and tells what each did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import app_faults as app
import chroma_faults as chroma
import engine_faults as engine
import file_faults as file
import index_faults as index
import vllm_faults as vllm
from fault_world import Outcome

Scenario = Callable[[Path, int], Iterator[Outcome]]

SCENARIOS: dict[str, Scenario] = {
    "engine-killed-in-streams": engine.killed_in_streams,
    "engine-killed-in-a-run": engine.killed_in_a_run,
    "engine-killed-in-bakeoff-run": engine.killed_in_bakeoff_run,
    "engine-hangs": engine.hangs,
    "engine-breaks-off": engine.breaks_off,
    "engine-talks-nonsense": engine.talks_nonsense,
    "engine-fails-one-in-five": engine.fails_one_in_five,
    "chroma-killed-in-questions": chroma.killed_in_questions,
    "chroma-hangs": chroma.hangs,
    "chroma-killed-in-indexing": chroma.killed_in_indexing,
    "service-killed": app.killed,
    "worker-killed": app.worker_killed,
    "disk-full": app.disk_full,
    "vllm-killed": vllm.killed,
    "index-damaged": index.damaged,
    "adapter-damaged": file.adapter,
    "jobs-damaged": file.jobs,
    "answers-damaged": file.answers,
    "keys-damaged": file.keys,
    "journal-damaged": file.journal,
}
BY_NAME_ONLY = frozenset({"vllm-killed"})
