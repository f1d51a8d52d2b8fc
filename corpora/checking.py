"""What must hold in a corpus before it is worth asking anything: nothing gives a question away, flags are true."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.errors import LeakageError
from corpora.leakage import Leak, Leakage, Pairs, compare, harmless, in_documents, telling_answers, told_by, words
from corpora.model import Corpus, Question, Split
from corpora.reading import report_faults
from corpora.same_question import Asked, same_question
from corpora.wording import counted


def check_corpus(corpus: Corpus, system: str, split: Split = "test") -> Leakage:
    """Raises where a comparison on this corpus could not be believed; else says what was looked at.

    Args:
        system: the tone that stands before every question.
        split: the questions that are asked, by which telling examples are counted.

    Raises:
        LeakageError: an example repeats a question, or asks for the same in nearly its words, `test` asks what `dev`
            asks, or the system tone tells an answer.
        CorpusError: a question's `in_examples` is not what the examples say, or two questions are the same.
    """
    examples = _check_examples(corpus)
    report_faults(corpus.name, [*_wrong_flags(corpus), *_same_questions(corpus)], "Mend its question file.")
    answers = telling_answers(corpus)
    told = told_by(system, answers)
    if told:
        shown = _listed([f"question {each.id!r}: {each.reference!r}" for each in corpus.questions if each.id in told])
        raise LeakageError(
            f"The system tone tells the answer to {counted(len(told), 'question')} of {corpus.name}:\n{shown}\n",
            "Reword `system`; it stands before every question.",
        )
    return Leakage(
        examples=examples,
        splits=_check_splits(corpus),
        in_documents=in_documents(corpus),
        in_question=tuple(
            each.id for each in corpus.questions if told_by(each.user_input, {each.id: answers[each.id]})
        ),
        telling_examples=len(corpus.examples) - len(harmless(corpus, split)),
    )


def _check_examples(corpus: Corpus) -> Pairs:
    questions, examples = corpus.questions, corpus.examples
    asked = [_asked(question) for question in questions]
    taught = [Asked(each.prompt, (each.completion,), () if each.fact is None else (each.fact,)) for each in examples]
    pairs, leaks = compare(
        [each.prompt for each in asked],
        [each.prompt for each in taught],
        lambda first, second: same_question(asked[first], taught[second]),
    )
    if leaks:
        shown = _listed(
            [
                f"{leak.similarity:.0f} %: question {questions[leak.first].id!r} "
                f"{questions[leak.first].user_input!r} ~ example {examples[leak.second].prompt!r}"
                for leak in leaks
            ]
        )
        raise LeakageError(
            f"{counted(len(leaks), 'example')} of {corpus.name} repeat{'s' * (len(leaks) == 1)} a question:\n{shown}\n",
            "Reword or remove these examples; a model trained on them would be asked what it was told. Where they ask "
            "for other things, give the examples their `fact` and the questions their `facts`.",
        )
    return pairs


def _check_splits(corpus: Corpus) -> Pairs:
    dev, test = corpus.split("dev"), corpus.split("test")
    pairs, leaks = compare(
        [each.user_input for each in dev],
        [each.user_input for each in test],
        lambda first, second: _same_in_both(dev[first], test[second]),
    )
    if leaks:
        shown = _listed([_pair(leak, dev, test) for leak in leaks])
        raise LeakageError(
            f"Both splits of {corpus.name} hold {counted(len(leaks), 'question')}:\n{shown}\n",
            "Give each pair the same split; what is tuned on dev would have been tuned on the test. Where they ask for "
            "other things, give them their `facts`.",
        )
    return pairs


def _pair(leak: Leak, dev: Sequence[Question], test: Sequence[Question]) -> str:
    a, b = dev[leak.first], test[leak.second]
    return f"{leak.similarity:.0f} %: dev {a.id!r} {a.user_input!r} ~ test {b.id!r} {b.user_input!r}"


def _asked(question: Question) -> Asked:
    return Asked(question.user_input, question.right_answers, question.facts)


def _same_in_both(a: Question, b: Question) -> bool:
    """Questions with other answers, or without one, may be near each other and ask for different things."""
    answers = [{words(each) for each in question.right_answers} for question in (a, b)]
    return not answers[0].isdisjoint(answers[1]) and same_question(_asked(a), _asked(b))


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines[:20])


def _wrong_flags(corpus: Corpus) -> list[str]:
    taught = {example.fact for example in corpus.examples if example.fact}
    return [
        f"question {question.id!r}: in_examples is {question.in_examples}, but its facts say otherwise"
        for question in corpus.questions
        if question.in_examples is not None
        and question.facts
        and question.in_examples != taught.issuperset(question.facts)
    ]


def _same_questions(corpus: Corpus) -> list[str]:
    first: dict[str, str] = {}
    faults = []
    for question in corpus.questions:
        text = words(question.user_input)
        if text in first:
            faults.append(f"questions {first[text]!r} and {question.id!r} are the same")
        first.setdefault(text, question.id)
    return faults
