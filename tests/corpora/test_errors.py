"""Errors keep what they say on their way between processes."""

from __future__ import annotations

import pickle
import re

import pytest

from corpora import errors
from corpora.errors import BakeoffError, BusyError, ConfigError, EngineError


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("It is broken.", "Mend it."),
        EngineError("It failed.", "Ask again.", "a word", "127.0.0.1", "end"),
        BusyError("It is busy.", "Come again.", retry_after=7),
    ],
)
def test_an_error_is_the_same_in_another_process(error: BakeoffError) -> None:
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert (str(other), vars(other)) == (str(error), vars(error))


def test_the_tree_of_errors_names_each() -> None:
    there = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, BakeoffError)}
    assert set(re.findall(r"\w+Error\b", errors.__doc__ or "")) == there
