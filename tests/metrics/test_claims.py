"""Texts as claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.claims import claims


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dragon was shown in 2019. It is a scheduler!", 2),
        ("It waits, e.g. for 3.5 seconds, as Dr. Berg and J. Chou say.", 1),
        ("The first line\nand another", 2),
        ("调度器逐个打分。节点不变！为什么？", 3),
        ("Yes, it is. Dragon is a scheduler.", 1),
        ("Yes, it is.", 1),
        ("…", 0),
        ("", 0),
    ],
)
def test_a_sentence_is_a_claim_where_it_says_something(text: str, sentences: int) -> None:
    assert len(claims(text)) == sentences


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It takes 30 seconds.", (("30", "second"),)),
        ("It takes 30 s, or 24h.", (("30", "second"), ("24", "hour"))),
        ("Built in the 1960s.", (("1960", ""),)),
        ("It looks every 1 second.", (("1", "second"),)),
        ("Seven minutes, at 65%.", (("7", "minute"), ("65", "percent"))),
        ("24GiB for 1,000 nodes", (("24", "gigabyte"), ("1000", ""))),
        ("First of all, one after another", ()),
        ("It has 1 node.", (("1", ""),)),
        ("An A100 has none.", ()),
        ("Its score is -998.", (("−998", ""),)),
    ],
)
def test_numbers_have_their_units(text: str, numbers: tuple[tuple[str, str], ...]) -> None:
    assert claims(text)[0].numbers == numbers


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The scheduler Dragon runs on Kråkenes.", {"dragon", "kråkenes"}),
        (
            "In a ResourceSlice lies NCCL_SOCKET_IFNAME for the A100",
            {"resourceslic", "nccl", "socket", "ifnam", "a100"},
        ),
        ("What does it say? I do not know", set()),
        ("Pods wait.", set()),
        ("It stands since v1.35 and v2 of it.", {"v2"}),
    ],
)
def test_names_are_capitalised_within_a_sentence_or_identifiers(text: str, names: set[str]) -> None:
    assert {name for claim in claims(text) for name in claim.names} == names


@pytest.mark.parametrize(
    ("text", "negators", "negated"),
    [
        ("It does not evict pods.", 1, {"evict"}),
        ("It doesn't evict pods.", 1, {"evict"}),
        ("It cannot ever be evicted.", 1, {"ever"}),
        ("Nothing runs without a node.", 2, {"run", "node"}),
        ("It evicts pods.", 0, set()),
    ],
)
def test_negators_deny_what_follows(text: str, negators: int, negated: set[str]) -> None:
    assert (claims(text)[0].negators, set(claims(text)[0].negated)) == (negators, negated)


@pytest.mark.parametrize(
    ("text", "speaks", "asks", "in_characters"),
    [
        ("Can I help you?", True, True, False),
        ("The node helps.", False, False, False),
        ("你知道为什么吗？", True, True, True),
        ("调度器 Dragon 打分", False, False, True),
    ],
)
def test_what_kind_of_sentence_it_is(text: str, speaks: bool, asks: bool, in_characters: bool) -> None:
    claim = claims(text)[0]
    assert (claim.speaks, claim.asks, claim.in_characters) == (speaks, asks, in_characters)


@given(st.text(max_size=200))
def test_any_text_has_claims_with_words(text: str) -> None:
    assert all(claim.words and len(claim.words) == len(claim.stems) for claim in claims(text))
