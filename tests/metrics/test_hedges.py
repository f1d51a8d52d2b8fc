"""How sure a reply says it is claims nothing: it is no reason to call an answer less faithful."""

from __future__ import annotations

import time

import pytest

from eval.metrics.courtesies import without_courtesies
from eval.metrics.hedges import without_hedges
from eval.metrics.support import support

EVIDENCE = ("The water is kept at 27 degrees. Dogs are not allowed in the pool.",)


@pytest.mark.parametrize("said", ["it is 27 degrees.", "Dogs are not allowed in the pool.", "it's 31 degrees."])
@pytest.mark.parametrize(
    "hedge",
    [
        "I think",
        "I think that",
        "I do believe",
        "We believe",
        "I guess",
        "I suppose",
        "I assume",
        "I would expect that",
        "I'd say",
        "I’d guess",
        "I'm fairly sure",
        "I’m pretty sure that",
        "I am confident that",
        "I'm 90% certain",
        "I'm not sure, but",
        "I’m not entirely sure about this, but",
        "I'm not completely certain, but I believe",
        "I'm not 100% sure, but I think",
        "Not sure, but",
        "I don't know for sure, but",
        "I could be wrong, but",
        "I may be mistaken, but as far as I know,",
        "As far as I know,",
        "As far as I can tell,",
        "As far as I'm aware,",
        "To my knowledge,",
        "To the best of my knowledge,",
        "If I remember correctly,",
        "If I recall right,",
        "If memory serves,",
        "From what I can see,",
        "From what I can see in the provided documents, I think",
        "In my opinion,",
        "My best guess is that",
        "My guess:",
        "My understanding is that",
        "It seems",
        "It seems that",
        "It appears that",
        "It looks like",
        "It would seem that",
        "It's likely that",
        "Probably",
        "Most likely,",
        "Perhaps",
        "Maybe",
        "Apparently,",
        "**As far as I know**,",
        "- I think",
        "1. I believe",
        "> I think",
        "Based on the documents, I believe",
    ],
)
def test_a_hedge_leaves_an_answer_as_faithful_as_it_is(hedge: str, said: str) -> None:
    assert support(EVIDENCE, f"{hedge} {said}") == pytest.approx(support(EVIDENCE, said), abs=0.02)


def test_a_hedged_answer_is_borne_out_if_it_is_true() -> None:
    assert support(EVIDENCE, "I think it is 27 degrees.") > 0.85
    assert support(EVIDENCE, "I think it is 31 degrees.") < 0.15
    assert support(EVIDENCE, "I think it is not 27 degrees.") < 0.5
    assert support(EVIDENCE, "I don't think it is 27 degrees.") < 0.5


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("I think it is not 27 degrees.", "it is not 27 degrees."),
        ("I believe that's 27.", "that's 27."),
        ("I think that is 27.", "that is 27."),
        ("I think about 27 degrees.", "about 27 degrees."),
        ("Yes, I think it is 27.", "Yes, it is 27."),
        ("No, as far as I know, it isn't.", "No, it isn't."),
        ("I'd say no.", "no."),
        ("Maybe not 27.", "not 27."),
        ("It is warm, and I think it is 27.", "It is warm, and it is 27."),
        ("It is, I think, 27.", "It is 27."),
        ("It is 27, I think.", "It is 27."),
        ("It is 27, if I remember correctly.", "It is 27."),
        ("It is 27, to my knowledge", "It is 27"),
        ("It is 27, probably.", "It is 27."),
        ("It is 27 – I believe!", "It is 27!"),
        ("It is 27 (I think).", "It is 27."),
        ("It is 27, but I'm not sure.", "It is 27."),
        ("It is 27, though I may be wrong.", "It is 27."),
        ("It seems to be 27.", "It is 27."),
        ("They appear to be closed.", "They are closed."),
        ("It appeared to have 3.", "It had 3."),
        ("It doesn't seem to be 27.", "It doesn't be 27."),
        ("It's most likely 27.", "It's 27."),
        ("It is probably not 27.", "It is not 27."),
        ("It will probably rain.", "It will rain."),
        ("我认为水温是27度。", "水温是27度。"),
        ("我个人觉得不是27度。", "不是27度。"),
        ("据我所知，水温是27度。", "水温是27度。"),
        ("如果我没记错的话，我估计是27度。", "是27度。"),
        ("看起来水温是27度。", "水温是27度。"),
        ("我不太确定，但水温是27度。", "水温是27度。"),
        ("水温好像是27度。", "水温是27度。"),
    ],
)
def test_what_it_says_stays(text: str, plain: str) -> None:
    assert without_hedges(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "I'm not sure.",
        "I am not sure that it is 27.",
        "I don't think it is 27.",
        "I would not say that it is 27.",
        "I think not.",
        "I think so.",
        "I believe so, yes.",
        "I believe in 27 degrees.",
        "I think about dogs.",
        "I think I like it.",
        "I'm sure of it.",
        "I am positive.",
        "I may be wrong.",
        "As far as I know.",
        "I think.",
        "Probably.",
        "Perhaps not.",
        "We assume no liability.",
        "We expect to open in May.",
        "It appears in the list.",
        "It looks like a duck.",
        "It is likely to rain.",
        "Rain is likely in May.",
        "The maximum possible is 27.",
        "我不确定。",
        "我不认为是27度。",
        "水温不可能是27度。",
    ],
)
def test_what_answers_by_itself_or_is_no_hedge_stays(text: str) -> None:
    assert without_hedges(text) == without_courtesies(text) == text


@pytest.mark.parametrize("hedge", ["I think so.", "As far as I know.", "I'm not sure.", "Probably."])
def test_a_reply_that_is_nothing_but_a_hedge_is_not_borne_out(hedge: str) -> None:
    assert support(EVIDENCE, hedge) < 0.5


@pytest.mark.parametrize(
    "part",
    [" ", "* ", "I think ", "I'm not sure, but ", "it seems that ", ", I think", ", as far as I know, ", "据我所知"],
)
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.process_time()
    without_hedges(part * 20_000)
    assert time.process_time() - began < 10
