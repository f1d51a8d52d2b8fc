"""What does not fit a model, in the words of the file that it stands in: where, what is wrong, what is expected.

pydantic speaks of types and union tags; whoever wrote the file knows neither.
"""

from __future__ import annotations

import difflib
import json
import re
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

_OURS = {
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "dict_type": "must be a mapping of names to values",
    "tuple_type": "must be a list",
    "path_type": "must be a path",
}
_LONGEST = 60  # characters of a wrong value that are shown


@dataclass(frozen=True)
class Misfit:
    """`location` leads to what must be mended, as the file is written; `text` says where that is, and what is wrong."""

    location: Location
    text: str


def misfits(fault: ValidationError, model: type[BaseModel], data: Any, noun: str = "option") -> list[Misfit]:
    """Everything that is wrong with `data`, each place once.

    Args:
        noun: what a name with a value is called in that kind of file.
    """
    found: dict[Location, list[ErrorDetails]] = {}
    for item in fault.errors():
        found.setdefault(_place(item, data), []).append(item)
    return [Misfit(place, _text(place, items, model, data, noun)) for place, items in found.items()]


def truths_for_numbers(read: Any, data: Any, place: Location = ()) -> list[Misfit]:
    """Where `data`, read without a fault, says true or false for a number: pydantic takes them for 1 and 0."""
    read = read.root if isinstance(read, RootModel) else read
    if isinstance(data, bool) and type(read) in (int, float):
        return [Misfit(place, f"{_dotted(place)}: must be a number, not {json.dumps(data)}")]
    inner: list[tuple[int | str, Any, Any]] = []
    if isinstance(data, dict):
        known = read if isinstance(read, dict) else dict(read) if isinstance(read, BaseModel) else {}
        inner = [(key, known[key], value) for key, value in data.items() if key in known]
    elif isinstance(data, list) and isinstance(read, list | tuple):
        inner = [(number, one, value) for number, (one, value) in enumerate(zip(read, data, strict=False))]
    return [found for key, one, value in inner for found in truths_for_numbers(one, value, (*place, key))]


def _place(item: ErrorDetails, data: Any) -> Location:
    written, value = _written(item["loc"], data)
    if item["type"] == "missing":
        return (*written, item["loc"][-1])
    if item["type"] == "union_tag_invalid":
        return (*written, _discriminator(item))
    if item["type"] == "value_error" and isinstance(value, dict):
        # a model's own check names its options: the first of them that is in the file is where to look
        named = [word for word in re.findall(r"\w+", _said(item)) if word in value]
        return (*written, *named[:1])
    return written


def _written(location: Sequence[int | str], data: Any) -> tuple[Location, Any]:
    """The parts of a location that stand in the file, without the tags of unions; and the value there."""
    written: list[int | str] = []
    for part in location:
        inner: Any = dict(enumerate(data)) if isinstance(data, list) else data
        if isinstance(inner, dict) and part in inner:
            written.append(part)
            data = inner[part]
    return tuple(written), data


def _text(place: Location, items: Sequence[ErrorDetails], model: type[BaseModel], data: Any, noun: str) -> str:
    item = items[0]
    kind = item["type"]
    if kind == "missing":
        return f"{_dotted(place)} is missing"
    if kind == "extra_forbidden":
        return _at(place[:-1], _unknown(item, place, model, data, noun))
    if kind == "union_tag_invalid":
        known = [each.strip("' ") for each in item["ctx"]["expected_tags"].split(",")]
        tag = item["ctx"]["tag"]
        return _at(place[:-1], f"there is no {place[-1]} {tag!r}; {_near(tag, known)}it is one of {', '.join(known)}")
    if kind == "union_tag_not_found":
        name = _discriminator(item)
        known = [each.model_fields[name].default for each in _models(model, item["loc"])]
        return _at(place, f"{name} is missing; it is one of {', '.join(known)}")
    if kind == "value_error":
        return _at(_written(item["loc"], data)[0], _said(item))
    first, *others = (_said(each) for each in items)  # what each member of a union would have taken
    said = " or ".join([first, *(each.removeprefix("must be ") for each in others)])
    return _at(place or ("the file",), said + _not(item))


def _said(item: ErrorDetails) -> str:
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    if item["type"] in _OURS:
        return _OURS[item["type"]]
    said = re.sub(r"^\w+ should ", "must ", item["msg"]).replace(" after validation", "")
    return re.sub(r", (unable|invalid|input|got|not) .*", "", said)


def _not(item: ErrorDetails) -> str:
    value = item["input"]
    if value is not None and not isinstance(value, str | int | float):
        return ""
    shown = repr(value) if isinstance(value, str) else json.dumps(value)
    return f", not {shown}" if len(shown) <= _LONGEST else ""


def _unknown(item: ErrorDetails, place: Location, model: type[BaseModel], data: Any, noun: str) -> str:
    known = sorted({name for each in _models(model, item["loc"][:-1]) for name in each.model_fields})
    owner = _written(place[:-1], data)[1].get("kind", "it") if "kind" in known else "it"
    name = str(place[-1])
    return f"unknown {noun} {name!r}; {_near(name, known)}{owner} takes {', '.join(known)}"


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}? " if near else ""


def _discriminator(item: ErrorDetails) -> str:
    return str(item["ctx"]["discriminator"]).strip("'")


def _at(place: Location, text: str) -> str:
    return f"{_dotted(place)}: {text}" if place else text


def _dotted(place: Location) -> str:
    return ".".join(str(part) for part in place)


def _models(model: type[BaseModel], location: Sequence[int | str]) -> list[type[BaseModel]]:
    """The models that may stand at pydantic's `location`; several where a union leaves it open."""
    found = list(_opened(model))
    for part in location:
        tagged = [each for each in found if _is_model(each) and _kind(each) == part]
        found = tagged if tagged and len(found) > 1 else [inner for each in found for inner in _inside(each, part)]
    return [each for each in found if _is_model(each)]


def _opened(annotation: Any) -> Iterator[Any]:
    """What an annotation allows, with unions taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _opened(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _opened(member)
    elif origin is None and _is_model(annotation) and issubclass(annotation, RootModel):
        yield from _opened(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _inside(annotation: Any, part: int | str) -> Iterator[Any]:
    arguments = get_args(annotation)
    if arguments:
        yield from _opened(arguments[-1] if isinstance(part, str) else arguments[0])
    elif _is_model(annotation) and part in annotation.model_fields:
        yield from _opened(annotation.model_fields[part].annotation)


def _is_model(annotation: Any) -> bool:
    return get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _kind(model: type[BaseModel]) -> Any:
    return getattr(model.model_fields.get("kind"), "default", None)
