"""Public data in which people judged answers. The readers belong to Bakeoff, the data does not.

- `begin`: github.com/google/BEGIN-dataset (Dziri et al. 2022), `begin_*.tsv`: does a reply follow from its evidence?
- `evouna`: github.com/wangcunxiang/QA-Eval (Wang et al. 2023), `*.json`: is a system's answer right?
- `uhgeval`: github.com/IAAR-Shanghai/UHGEval (Liang et al. 2023), `*.jsonl`: does a keyword agree with the news?
- `clapnq`: github.com/primeqa/clapnq (Rosenthal et al. 2024), `*answerable.jsonl`: answers written from a passage.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, StrictBool, StringConstraints, ValidationError

from corpora.errors import CorpusError
from corpora.text_file import read_rows, read_text
from eval.labels.labelled import Labelled, LabelledSet

Row = TypeVar("Row", bound=BaseModel)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

SYSTEMS = ("fid", "gpt35", "chatgpt", "gpt4", "newbing")
"""The systems whose answers EVOUNA's people judged."""


def read_labelled(folder: Path) -> list[LabelledSet]:
    """Every data set that is found in a folder: those of `READERS`, each in a folder of its name.

    Raises:
        CorpusError: none is there, or a file is broken; the message names file, line and what was expected.
    """
    rows = [row for name, read in READERS.items() if (folder / name).is_dir() for row in read(folder / name)]
    if not rows:
        raise CorpusError(
            f"{folder} holds no labelled data.",
            f"Put files of BEGIN, EVOUNA, UHGEval or ClapNQ into its folders {', '.join(READERS)}.",
        )
    by_name: dict[str, list[Labelled]] = {}
    for row in rows:
        by_name.setdefault(row.dataset, []).append(row)
    return [LabelledSet(name, found[0].family, tuple(found)) for name, found in by_name.items()]


class _BeginRow(BaseModel):
    message: str
    knowledge: Text
    response: str
    begin_label: Literal["Fully attributable", "Not fully attributable", "Generic"]


def read_begin(folder: Path) -> Iterator[Labelled]:
    """Replies in a dialogue with the knowledge that they should rest on; a data set a file.

    Generic replies ("hello", "I like it too") are left out: they claim nothing, so that people gave them a label of
    their own. A cluster is one piece of knowledge.
    """
    for path in _files(folder, "begin_*.tsv"):
        lines = read_text(path).split("\n")
        columns = lines[0].split("\t")
        for number, line in enumerate(lines[1:], start=2):
            if not line.strip():
                continue
            cells = line.split("\t")
            if len(cells) != len(columns):
                raise _broken(path, f"line {number}", f"{len(cells)} cells, but the head has {len(columns)}")
            row = _row(path, f"line {number}", _BeginRow, dict(zip(columns, cells, strict=True)))
            if row.begin_label != "Generic":
                yield Labelled(
                    id=f"{path.stem}:{number}",
                    dataset=f"BEGIN {path.stem.removeprefix('begin_').replace('_', ' ')}",
                    cluster=row.knowledge,
                    family="faithfulness",
                    user_input=row.message,
                    references=(),
                    evidence=(row.knowledge,),
                    response=row.response,
                    label=row.begin_label == "Fully attributable",
                    language="en",
                )


class _EvounaRow(BaseModel):
    question: Text
    golden_answer: Text
    improper: bool = False


class _Verdict(BaseModel):
    answer: str
    judge: StrictBool


def read_evouna(folder: Path) -> Iterator[Labelled]:
    """Five systems' answers to one question each; golden answers are parted by "/".

    Questions that the authors call improper (out of date, or without a right answer) are left out, and answers that
    nobody gave or judged. A cluster is one question.
    """
    for path in _files(folder, "*.json"):
        for number, item in enumerate(_json_list(path), start=1):
            row = _row(path, f"item {number}", _EvounaRow, item)
            if row.improper:
                continue
            golden = tuple(part.strip() for part in row.golden_answer.split("/") if part.strip())
            if not golden:
                raise _broken(path, f"item {number}", "golden_answer holds no answer")
            for system in SYSTEMS:
                said = {"answer": item.get(f"answer_{system}"), "judge": item.get(f"judge_{system}")}
                if None in said.values():
                    continue
                verdict = _row(path, f"item {number}, {system}", _Verdict, said)
                yield Labelled(
                    id=f"{path.stem}:{number}:{system}",
                    dataset=f"EVOUNA {path.stem.partition('.')[0]}",
                    cluster=row.question,
                    family="correctness",
                    user_input=row.question,
                    references=golden,
                    evidence=(),
                    response=verdict.answer,
                    label=verdict.judge,
                    language="en",
                )


class _UhgevalRow(BaseModel):
    id: Text
    headLine: str  # noqa: N815 - the file's own names
    newsBeginning: Text  # noqa: N815
    newsRemainder: str  # noqa: N815
    annotations: list[str]


def read_uhgeval(folder: Path) -> Iterator[Labelled]:
    """The keywords of a model's continuation of Chinese news, each judged against the whole report.

    Every continuation in the data holds something that is not so, hence there is nothing to tell whole continuations
    apart by: the claims are the keywords. A cluster is one report.
    """
    for path in _files(folder, "*.jsonl"):
        for number, item in read_rows(path):
            row = _row(path, f"line {number}", _UhgevalRow, item)
            for place, annotation in enumerate(row.annotations):
                keyword, mark, verdict = annotation.partition("<sep>")
                if not mark or not keyword.strip() or not verdict.startswith(("合理", "不合理")):
                    expected = "expected keyword<sep>合理 or keyword<sep>不合理"
                    raise _broken(path, f"line {number}", f"annotation {annotation[:40]!r}: {expected}")
                yield Labelled(
                    id=f"{row.id}:{place}",
                    dataset="UHGEval keywords",
                    cluster=row.id,
                    family="faithfulness",
                    user_input=row.headLine,
                    references=(),
                    evidence=(row.newsBeginning + row.newsRemainder,),
                    response=keyword,
                    label=verdict.startswith("合理"),
                    language="zh",
                )


class _Answer(BaseModel):
    answer: str


class _ClapnqPassage(BaseModel):
    title: str
    text: Text


class _ClapnqRow(BaseModel):
    id: Text
    input: Text
    passages: list[_ClapnqPassage] = Field(min_length=1)
    output: list[_Answer]


def read_clapnq(folder: Path) -> Iterator[Labelled]:
    """Long answers that people wrote from a passage: all of them true, so that they show what a metric takes for
    unfaithful that is not. Unanswerable questions have no answer, and so nothing to judge. A cluster is one passage.
    """
    for path in _files(folder, "*answerable.jsonl"):
        for number, item in read_rows(path):
            row = _row(path, f"line {number}", _ClapnqRow, item)
            for place, output in enumerate(row.output):
                if output.answer.strip():
                    yield Labelled(
                        id=f"{row.id}:{place}",
                        dataset="ClapNQ answers",
                        cluster=row.passages[0].title or row.id,
                        family="faithfulness",
                        user_input=row.input,
                        references=(),
                        evidence=tuple(passage.text for passage in row.passages),
                        response=output.answer,
                        label=True,
                        language="en",
                    )


READERS: dict[str, Callable[[Path], Iterator[Labelled]]] = {
    "begin": read_begin,
    "evouna": read_evouna,
    "uhgeval": read_uhgeval,
    "clapnq": read_clapnq,
}


def _files(folder: Path, pattern: str) -> list[Path]:
    paths = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not paths:
        raise CorpusError(f"{folder} holds no {pattern}.", "Put the files of the data set there, or remove the folder.")
    return paths


def _json_list(path: Path) -> list[dict[str, Any]]:
    try:
        data = json.loads(read_text(path))
    except (ValueError, RecursionError) as fault:
        raise _broken(path, "the file", f"not JSON: {fault}") from None
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise _broken(path, "the file", "expected a list of JSON objects")
    return data


def _row(path: Path, where: str, model: type[Row], values: Any) -> Row:
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        item = fault.errors()[0]
        raise _broken(path, where, f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}") from None


def _broken(path: Path, where: str, fault: str) -> CorpusError:
    return CorpusError(f"{path}, {where}: {fault}.", "Fetch the file again, as it was published.")
