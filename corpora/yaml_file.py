"""Reading a YAML file into a strict model, with errors that name the file, the line and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from corpora.errors import BakeoffError, ConfigError
from corpora.misfits import misfits, truths_for_numbers

Model = TypeVar("Model", bound=BaseModel)
NO_CONFIG = "Name the configuration's file with --config, or make one with `bakeoff init FOLDER`."


def read_yaml(
    path: Path,
    model: type[Model],
    error: type[BakeoffError] = ConfigError,
    missing: str = NO_CONFIG,
    then: str = "run `bakeoff validate`",
) -> Model:
    """Reads and checks a file.

    Args:
        missing: what to do where the file is not there.
        then: what checks the file once it is mended.

    Raises:
        ConfigError, or the `error` given: the file is missing, is not YAML, has a key twice, or does not fit the model;
            every fault is listed with its line.
    """
    root, data = _parse(path, _text(path, error, missing), error, then)
    data = {} if data is None else data
    try:
        read = model.model_validate(data)
        unread = truths_for_numbers(read, data)
    except ValidationError as fault:
        unread = misfits(fault, model, data)
    if unread:
        found = sorted((_line(root, each.location), each.text) for each in unread)
        raise _faulty(path, found, error, then) from None
    return read


def line_of(path: Path, location: Sequence[int | str]) -> int:
    """The line of a file that `read_yaml` has read, for faults that only show beside other files."""
    return _line(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), location)


def _text(path: Path, error: type[BakeoffError], missing: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"{path} does not exist.", missing) from None
    except IsADirectoryError:
        inside = path / "bakeoff.yaml"
        remedy = f"Name the file in it: --config {inside}." if inside.is_file() else missing
        raise error(f"{path} is a folder, not a file.", remedy) from None
    except UnicodeDecodeError as fault:
        raise error(f"{path} is not UTF-8 (byte {fault.start}).", "Save it as UTF-8.") from None
    except OSError as fault:
        raise error(f"{path} cannot be read: {fault.strerror}.", "Check the path and its permissions.") from None


def _parse(path: Path, text: str, error: type[BakeoffError], then: str) -> tuple[yaml.Node | None, Any]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        found = [*_twins(root, set()), *_unwritable(root, set())]
        if found:
            raise _faulty(path, found, error, then)
        return root, yaml.safe_load(text)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        what = " ".join(part for part in (fault.context, fault.problem) if part)
        raise error(f"{path}:{line}: not valid YAML: {what}.", f"Mend the line, then {then}.") from None
    except error:
        raise
    except Exception as fault:  # PyYAML raises what it meets: ValueError for no date, KeyError for no truth value
        said = " ".join(str(fault).split())
        raise error(f"{path}: not valid YAML: {said}.", f"Mend it, then {then}.") from None


def _faulty(path: Path, found: Sequence[tuple[int, str]], error: type[BakeoffError], then: str) -> BakeoffError:
    faults = "".join(f"{path}:{line}: {text}\n" for line, text in found)
    return error(faults, f"Mend what is named, then {then}.")


def _twins(node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Keys that stand twice in one mapping, of which YAML would keep the last; an anchored part is looked at once."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twins(item, seen)
    if isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            name = (key.tag, str(key.value))
            if name in lines:
                yield key.start_mark.line + 1, f"{key.value!r} stands twice: it is in line {lines[name]} already"
            lines.setdefault(name, key.start_mark.line + 1)
            yield from _twins(value, seen)


def _unwritable(node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Texts with characters that no path and no file can hold; YAML can spell them."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in node.value):
            yield node.start_mark.line + 1, "a character that cannot be written stands there"
    else:
        for item in node.value:
            for inner in item if isinstance(item, tuple) else (item,):
                yield from _unwritable(inner, seen)


def _line(node: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The line of the deepest part of `location` that stands in the file."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found:
                line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
