"""Reading a YAML file into a strict model, with errors that name the file, the line and what was expected."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from corpora.errors import BakeoffError, ConfigError

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, model: type[Model], error: type[BakeoffError] = ConfigError) -> Model:
    """Reads and checks a file.

    Raises:
        ConfigError, or the `error` given: the file is missing, is not YAML, or does not fit the model; every fault is
            listed with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"{path} does not exist.", "Run `bakeoff init` to make one, or name it with --config.") from None
    except UnicodeDecodeError as fault:
        raise error(f"{path} is not UTF-8 (byte {fault.start}).", "Save it as UTF-8.") from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        what = " ".join(part for part in (fault.context, fault.problem) if part)
        raise error(f"{path}:{line}: not valid YAML: {what}.", "Mend the line, then run `bakeoff validate`.") from None
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as fault:
        faults = "\n".join(f"{path}:{_line(root, item['loc'])}: {_explain(model, item)}" for item in fault.errors())
        raise error(faults, "\nMend what is named, then run `bakeoff validate`.") from None


def line_of(path: Path, location: Sequence[int | str]) -> int:
    """The line of a file that `read_yaml` has read, for faults that only show beside other files."""
    return _line(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), location)


def _line(node: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The line of the deepest part of `location` that stands in the file; pydantic adds union tags that do not."""
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


def _explain(model: type[BaseModel], fault: ErrorDetails) -> str:
    location = fault["loc"]
    where = ".".join(str(part) for part in location) or "the file"
    if fault["type"] != "extra_forbidden":
        return f"{where}: {fault['msg']}"
    known = _fields(model, location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(sorted(known))}"
    return f"{where}: unknown option; {advice}"


def _fields(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """The options that the model at `location` has; all candidates' where a union leaves it open."""
    models = [model]
    for part in location:
        inner = [field.annotation for each in models for name, field in each.model_fields.items() if name == part]
        if inner:
            models = [found for annotation in inner for found in _models(annotation)]
            continue
        tagged = [each for each in models if getattr(each.model_fields.get("kind"), "default", None) == part]
        models = tagged or models
    return [name for each in models for name in each.model_fields]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for argument in typing.get_args(annotation):
        yield from _models(argument)
