import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError
from retrieval_fakes import make_document

from corpora.splitting import Splitting, split_document

TEXTS = st.text(st.sampled_from("ab \n\t.!?#é。水\u00a0\u2028\r"), max_size=400) | st.text(max_size=200)
SPLITTINGS = st.builds(
    lambda size, share: Splitting(passage_tokens=size, overlap_tokens=int(size * share)),
    st.integers(8, 40),
    st.sampled_from([0, 0.2, 0.5]),
)


def count_words(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


@given(TEXTS, SPLITTINGS)
@example("# A\n\n" + "b. " * 30, Splitting(passage_tokens=8, overlap_tokens=4))
@example("\n\n\n", Splitting())
@example("??a\t\t??\t", Splitting(passage_tokens=8, overlap_tokens=4))
@example("x" * 300, Splitting(passage_tokens=8, overlap_tokens=0))
def test_passages_are_exact_spans_that_fit_and_lose_nothing(text, splitting):
    passages = split_document(make_document("d", text), splitting, count_words)
    covered = set()
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert count_words(passage.text) <= splitting.passage_tokens
        covered.update(range(passage.start, passage.end))
    assert not {text[place] for place in set(range(len(text))) - covered if not text[place].isspace()}
    assert [one.start for one in passages] == sorted({one.start for one in passages})
    assert len({one.id for one in passages}) == len(passages)


WORDS = "word " * 38 + "\n\n"


@pytest.mark.timeout(60)  # a pattern that tries again and again would take years
@pytest.mark.parametrize(
    "text",
    [
        "# " * 35 + "\nx y z. " + WORDS,
        "a" + "\n" * 1_000_000 + "b\n\n" + WORDS + WORDS,
        "a. " + "\n " * 500_000 + "b " + WORDS + WORDS,
        "# " * 100_000,
    ],
)
def test_what_is_repeated_is_split_in_no_time(text):
    assert split_document(make_document("d", text), Splitting(), count_words)


def test_sentences_stay_whole_and_the_last_one_before_a_passage_repeats():
    sentences = [f"Boat number {number} sails at noon." for number in range(20)]
    document = make_document("d", " ".join(sentences))
    passages = split_document(document, Splitting(passage_tokens=28, overlap_tokens=8), count_words)
    assert len(passages) > 3
    for before, after in pairwise(passages):
        assert all(one in sentences for one in re.split(r"(?<=\.) ", after.text))
        assert before.text.split(". ")[-1] == after.text.split(". ")[0] + "."


def test_a_heading_begins_the_passage_of_the_text_that_it_names():
    body = "The crane lifts twelve tonnes of cargo on a calm day. " * 3
    document = make_document("d", f"# Harbour\n\n{body}\n\n## Crane\n\n{body}\n\n## Boats\n\n{body}")
    passages = split_document(document, Splitting(passage_tokens=40, overlap_tokens=10), count_words)
    for title in ("# Harbour", "## Crane", "## Boats"):
        (passage,) = [one for one in passages if title in one.text.splitlines()]
        assert passage.text.startswith(title)
        assert "crane lifts" in passage.text


def test_a_sentence_longer_than_a_passage_is_cut_between_words_and_overlaps_by_words():
    words = [f"w{number}" for number in range(100)]
    passages = split_document(
        make_document("d", " ".join(words)), Splitting(passage_tokens=20, overlap_tokens=5), count_words
    )
    assert all(word in words for passage in passages for word in passage.text.split())
    assert passages[1].text.split()[:5] == passages[0].text.split()[-5:]


def test_the_id_changes_with_text_title_and_document_and_with_nothing_else():
    def ids(name="d", text="One sentence.", title="Title"):
        return {one.id for one in split_document(make_document(name, text, title), Splitting(), count_words)}

    assert ids() == ids()
    assert len(ids() | ids(name="e") | ids(text="One sentence!") | ids(title="Other")) == 4


def test_an_overlap_of_more_than_half_is_refused():
    with pytest.raises(ValidationError, match="overlap_tokens"):
        Splitting(passage_tokens=100, overlap_tokens=51)


@pytest.mark.timeout(20)
def test_lines_of_which_nothing_is_a_token_take_no_time_of_their_own():
    def count(text):
        return count_words(text.replace("\u200b", " "))

    sentence = "The crane lifts twelve tonnes of cargo on a calm day. "
    text = "\n\u200b" * 60_000 + sentence * 3 + "\n\n" + sentence * 3
    passages = split_document(make_document("d", text), Splitting(passage_tokens=40, overlap_tokens=10), count)
    assert len(passages) > 1
