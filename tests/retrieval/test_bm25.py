import pytest

from pipelines.bm25 import BM25, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("All-reduce, twice!", ["all", "reduce", "twice"]),
        ("Sørvik's STRASSE Straße", ["sørvik", "s", "strasse", "strasse"]),
        ("ﬁle ２５ %", ["file", "25"]),
        ("東京湾の灯台", ["東京", "京湾", "湾の", "の灯", "灯台"]),
        ("水 GPUは8枚", ["水", "gpu", "は", "8", "枚"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ประภาคาร", ["ปร", "ระ", "ะภ", "ภา", "าค", "คา", "าร"]),
        ("... --- !!!", []),
    ],
)
def test_words_are_found_in_any_script(text, tokens):
    assert list(tokenize(text)) == tokens


def test_the_text_that_shares_the_rarer_word_comes_first():
    words = BM25(["the boat is red", "the boat is at the crane", "the tide is low"])
    (place, score), *others = words.search("the crane?", 3)
    assert place == 1
    assert all(score > other for _, other in others)


def test_a_question_that_shares_no_word_finds_nothing():
    words = BM25(["red boat", "blue boat"])
    assert words.search("Zeppelin?", 2) == []
    assert words.search("???", 2) == []
    assert words.search("", 2) == []


def test_more_asked_for_than_there_is():
    assert len(BM25(["red boat", "blue boat"]).search("boat", 50)) == 2
