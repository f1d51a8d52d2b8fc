"""Which layers a regular expression of an adapter's names, told by a process of its own with bounds on time and memory.

PEFT reads such settings with Python's `re`, which takes as long as a pattern makes it, and nothing within its process
can end it. Asked here is `re` itself, in this file run as a program: what another library is quick with, `re` may never
finish. As a program it imports nothing of the house.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess  # nosec B404
import sys
from collections.abc import Iterable
from contextlib import suppress

MOST_CHARACTERS = 5_000
SECONDS = 5.0
MIB = 1024


def matched(pattern: str, names: Iterable[str]) -> set[str]:
    """The names that a pattern matches from end to end. A model's root, which has an empty name, is none: PEFT takes
    no list that holds it.

    Raises:
        ValueError: it is no regular expression, longer than `MOST_CHARACTERS`, or takes more than `SECONDS` or `MIB`.
    """
    if len(pattern) > MOST_CHARACTERS:
        raise ValueError(f"it has {len(pattern)} characters, and may have {MOST_CHARACTERS}")
    try:
        done = subprocess.run(  # nosec B603
            [sys.executable, "-I", __file__],
            input=json.dumps([pattern, list(filter(None, names))]).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={},
            cwd="/",
            check=False,
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # nothing whole was said: it ran out of time or memory
        raise ValueError(f"it takes more than {SECONDS:g} seconds or {MIB} MiB to be matched") from None
    if isinstance(found, str):
        raise ValueError(found)
    return set(found)


def main() -> None:
    """Pattern and names come on standard input; those that match, or why there are none, go to standard output."""
    with suppress(ValueError, OSError):  # macOS does not bound a process' memory
        resource.setrlimit(resource.RLIMIT_AS, (MIB * 2**20, MIB * 2**20))
    pattern, names = json.load(sys.stdin)
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        print(json.dumps(str(error)))
        return
    print(json.dumps([name for name in names if compiled.fullmatch(name)]))


if __name__ == "__main__":
    main()
