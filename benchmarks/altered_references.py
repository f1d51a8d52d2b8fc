"""Where references are sentences: does correctness see that one thing in such a sentence was altered?

    python benchmarks/altered_references.py DATA [--write docs/metrics.md]

DATA holds folders of public data, any of them: `tofu` (JSONL with an `answer` a row), `xquad` (SQuAD's JSON) and
`clapnq`. A true sentence is the reference, the same with one edit of `edits` the answer; beside them true answers in
other words. Printed is the share that counts as right by shared words alone (`eval.metrics.recall.coverage`), and by
`correctness`, which halves what contradicts its reference.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import altered_claims
import edits
from shown import Figures, arguments

from eval.metrics import claims, recall
from eval.metrics.bare_answers import is_sentence
from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT
from eval.metrics.spelling import cleaned

Pair = tuple[str, str]
"""A reference and an answer."""
SENTENCES = 600
"""Of XQuAD, drawn at random."""
OTHER_NAMES = ("Maria Olsen", "Henrik Dahl")
PLAIN_EDITS = edits.FALSE | edits.UNSEEN


def demo() -> tuple[dict[str, list[Pair]], dict[str, list[Pair]]]:
    """The gold sentences of the demo corpus, edited; and their retellings, edited, all by kind of edit."""
    plain, retold = defaultdict(list), defaultdict(list)
    for claim in (*altered_claims.claims("dev"), *altered_claims.claims("test")):
        (retold if claim.reworded else plain)[claim.kind].append((claim.evidence[0], claim.response))
    return plain, retold


def edited(sentences: Iterable[str]) -> dict[str, list[Pair]]:
    pairs = defaultdict(list)
    for sentence in sentences:
        for kind, edit in PLAIN_EDITS.items():
            text = edit(sentence, random.Random(sentence), OTHER_NAMES)
            if text is not None and text != sentence:
                pairs[kind].append((sentence, text))
    return pairs


def tofu(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.jsonl")):
        yield from (json.loads(line)["answer"] for line in path.read_text(encoding="utf-8").splitlines())


def xquad(folder: Path, language: str) -> Iterator[tuple[list[str], list[str]]]:
    """The sentences of each paragraph, and the answers to its questions."""
    for path in sorted(folder.glob(f"*.{language}.*json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                sentences = [claim.text for claim in claims.claims(paragraph["context"])]
                yield sentences, [each["text"] for asked in paragraph["qas"] for each in asked["answers"]]


def two_people(folder: Path) -> list[Pair]:
    """ClapNQ: what one person answered beside what another one did, either being the reference."""
    pairs = []
    for path in sorted(folder.glob("*_answerable.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = [output["answer"] for output in json.loads(line)["output"] if output["answer"].strip()]
            pairs += [(first, second) for first in said for second in said if first != second]
    return pairs


def in_its_sentence(paragraphs: Iterable[tuple[list[str], list[str]]]) -> list[Pair]:
    """A bare reference, and the sentence that holds it as the answer."""
    return [
        (answer, sentence)
        for sentences, answers in paragraphs
        for answer in answers
        for sentence in sentences
        if cleaned(answer) in sentence
    ]


def swapped(pairs: Iterable[Pair]) -> list[Pair]:
    """The sentence as the reference, where `eval.metrics.bare_answers` calls it one, and the bare answer to it."""
    return [(sentence, answer) for answer, sentence in pairs if is_sentence(sentence)]


def right(pairs: Sequence[Pair], measure: Callable[[str, str], float]) -> float:
    return sum(measure(*pair) >= RIGHT for pair in pairs) / len(pairs)


def cell(pairs: Sequence[Pair]) -> str:
    if not pairs:
        return "–"
    return f"{right(pairs, recall.coverage):.2f} to {right(pairs, correctness):.2f} of {len(pairs)}"


def table(data: Path) -> str:
    plain, retold = demo()
    english = list(xquad(data / "xquad", "en"))
    sentences = sorted({each for found, _ in english for each in found if 6 < len(each.split()) < 40})
    drawn = random.Random(0).sample(sentences, min(SENTENCES, len(sentences)))
    columns = {
        "demo corpus": plain,
        "its retellings": retold,
        "TOFU": edited(tofu(data / "tofu")),
        "XQuAD": edited(drawn),
    }
    lines = ["Counted as right by shared words alone, and by `correctness`:", ""]
    lines += [f"| answer | {' | '.join(columns)} |", f"|{'---|' * (len(columns) + 1)}"]
    for kind in PLAIN_EDITS:
        lines.append(f"| false: {kind} | {' | '.join(cell(pairs.get(kind, [])) for pairs in columns.values())} |")
    lines.append(f"| true: close paraphrase | {cell(plain['paraphrase'])} | {cell(retold['paraphrase'])} | – | – |")
    lines += ["", "True answers, not edited:", "", "| answer | counted as right |", "|---|---|"]
    for name, pairs in {
        "demo corpus: the reference retold": retold["true"],
        "ClapNQ: one person's answer beside another's": two_people(data / "clapnq"),
        "XQuAD: a bare reference, answered by its sentence": in_its_sentence(english),
        "XQuAD in Chinese: the same": in_its_sentence(xquad(data / "xquad", "zh")),
        "XQuAD: a sentence as the reference, answered barely": swapped(in_its_sentence(english)),
    }.items():
        lines.append(f"| {name} | {cell(pairs)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    figures = Figures(given.write, "altered references")
    figures.show(table(given.data))


if __name__ == "__main__":
    main()
