"""True answers from the demo corpus, and the same with one thing altered: does a faithfulness metric see it?

    python benchmarks/altered_claims.py [--show N]

The true answers are the sentences of the evidence, and the training examples, which tell the same facts in other
words. `edits` alters them, one thing at a time. Half of the documents are for fitting (`dev`), half for reporting
(`test`). AUROC per kind of edit, the altered against the true answers of the same split, with intervals from a
bootstrap that draws documents.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import edits

from corpora.model import Corpus
from corpora.reading import read_corpus
from eval.labels.agreement import agreement
from eval.metrics.lexical import k_precision
from eval.metrics.registry import METRICS
from eval.metrics.support import support
from eval.statistics import Confidence

CORPUS = Path(__file__).parent.parent / "corpora" / "kubernetes"
Split = Literal["dev", "test"]
INTERVALS = Confidence(resamples=1000)
FROM_ELSEWHERE = 0.5
"""The share of swapped-in names that come from another document; the others stand in the same one."""


class Claim(NamedTuple):
    """An answer about one fact. `evidence` holds the gold sentence, `passages` the whole document.

    `kind` is "true", or the edit; `reworded` says that the true answer is not the gold sentence itself.
    """

    kind: str
    response: str
    supported: bool
    evidence: tuple[str, ...]
    passages: tuple[str, ...]
    document: str
    reworded: bool


def claims(split: Split, seed: int = 0) -> list[Claim]:
    """The true answers of a split, and each edit of each of them. The same for the same seed."""
    corpus = read_corpus(CORPUS)
    found = []
    for true in _true_answers(corpus):
        if split_of(true.document) == split:
            found += [true, *_altered(true, corpus, random.Random(f"{seed} {true.response}"))]
    return found


def split_of(document: str) -> Split:
    """By a hash of the id, so that new documents do not move old ones."""
    return "dev" if hashlib.sha256(document.encode()).digest()[0] % 2 else "test"


def _true_answers(corpus: Corpus) -> Iterator[Claim]:
    gold = {
        question.facts[0]: question.reference_contexts[0]
        for question in corpus.questions
        if len(question.facts) == len(question.reference_contexts) == 1
    }
    texts = {document.id: document.text for document in corpus.documents}
    for fact, span in gold.items():
        wordings = [example.completion for example in corpus.examples if example.fact == fact]
        passages = (texts[span.document_id],)
        for text in dict.fromkeys([span.text, *wordings]):
            yield Claim("true", text, True, (span.text,), passages, span.document_id, text != span.text)


def _altered(true: Claim, corpus: Corpus, rng: random.Random) -> Iterator[Claim]:
    elsewhere = corpus.documents[rng.randrange(len(corpus.documents))].text
    for kind, edit in (edits.FALSE | edits.TRUE | edits.UNSEEN).items():
        names = edits.names_in(elsewhere if rng.random() < FROM_ELSEWHERE else true.passages[0])
        text = edit(true.response, rng, names)
        if text is not None and text != true.response:
            yield true._replace(kind=kind, response=text, supported=kind in edits.TRUE)


def auroc(wrong: Sequence[Claim], right: Sequence[Claim], score: Callable[[Claim], float]) -> str:
    rows = [*right, *wrong]
    found = agreement(
        [score(claim) for claim in rows],
        [claim.supported for claim in rows],
        [claim.document for claim in rows],
        None,
        INTERVALS,
    ).auroc
    if found.value is None:
        return "–"
    ends = "" if found.low is None or found.high is None else f" ({found.low:.2f} to {found.high:.2f})"
    return f"{found.value:.2f}{ends}"


def table(split: Split) -> None:
    """AUROC of each kind of edit, against the gold sentence and against the whole document."""
    found = claims(split)
    true = [claim for claim in found if claim.kind == "true"]
    retold = [claim for claim in true if claim.reworded]
    documents = len({claim.document for claim in true})
    print(f"{split}: {len(true)} true answers of {documents} documents, {len(retold)} of them retold\n")
    heads = ("n", "support", "K-Precision", "support, document", "K-Precision, document", "support, retold only")
    print(f"| altered | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
    for kind in (*edits.FALSE, *edits.UNSEEN, "all"):
        wrong = [claim for claim in found if not claim.supported and kind in (claim.kind, "all")]
        cells = (
            auroc(wrong, true, _against_gold),
            auroc(wrong, true, lambda claim: k_precision(claim.evidence, claim.response)),
            auroc(wrong, true, lambda claim: support(claim.passages, claim.response)),
            auroc(wrong, true, lambda claim: k_precision(claim.passages, claim.response)),
            auroc([claim for claim in wrong if claim.reworded], retold, _against_gold),
        )
        print(f"| {kind} | {len(wrong)} | {' | '.join(cells)} |")
    threshold = METRICS["support_gold"].threshold or 0.5
    print(f"\nstays supported (from {threshold} on):")
    for kind in ("true", *edits.TRUE, *edits.FALSE, *edits.UNSEEN):
        kept = [claim for claim in found if claim.kind == kind]
        print(f"  {kind:16} {sum(_against_gold(claim) >= threshold for claim in kept) / len(kept):.2f} of {len(kept)}")


def _against_gold(claim: Claim) -> float:
    return support(claim.evidence, claim.response)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--show", type=int, default=0, help="so many examples of each kind of edit, in place of the table"
    )
    shown = parser.parse_args().show
    if not shown:
        table("test")
    for kind in (*edits.FALSE, *edits.UNSEEN, *edits.TRUE) if shown else ():
        print(f"\n{kind}")
        of_kind = [claim for claim in claims("test") if claim.kind == kind]
        for claim in random.Random(0).sample(of_kind, min(shown, len(of_kind))):
            print(f"  {support(claim.evidence, claim.response):.2f}  {claim.response}\n        {claim.evidence[0]}")


if __name__ == "__main__":
    main()
