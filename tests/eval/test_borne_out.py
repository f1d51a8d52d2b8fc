"""Where references have several words, who words his answers like them and puts other names in is not clearly ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from eval_fakes import Config, FakePipeline, manifest, passage, question, reply, trial

from corpora.model import Passage, Question
from eval.borne_out import OfSeveral, is_nearer, of_several
from eval.lacking import copies_a_passage
from eval.metrics.bare_answers import deciding
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS
from eval.metrics.support import support
from eval.options import EvaluationOptions
from eval.outcomes import is_right
from eval.right_answers import Rights
from eval.summary import Summary, summarise
from eval.trial import Score, Trial

THINGS = ["ropes", "paint", "sails", "anchors", "lamps", "flags", "boats", "nets", "oars", "charts"]
WHO = ["pilot", "treasurer", "warden", "engineer", "librarian", "steward", "surveyor", "welder", "cook", "diver"]
PLACES = ("yard", "dock", "pier", "quay")


def about(number: int) -> Question:
    who, thing, place = WHO[number % 10], THINGS[number * 3 % 10], PLACES[number // 10]
    return question(number).model_copy(
        update={
            "user_input": f"Who approves requests for {thing} at the {place}?",
            "reference": f"Requests for {thing} at the {place} are approved by the {who} after a short review.",
        }
    )


ASKED = [about(number) for number in range(40)]


def evidence(of: Question) -> str:
    return (of.reference or "").replace("Requests", "All requests").replace("a short review", "a review of an hour")


def lie(of: Question) -> str:
    number = ASKED.index(of)
    return (of.reference or "").replace(WHO[number % 10], WHO[(number + 3) % 10])


def close(of: Question) -> str:
    return (of.reference or "").replace("Requests for", "All requests for")


def in_other_words(of: Question) -> str:
    number = ASKED.index(of)
    who, thing, place = WHO[number % 10], THINGS[number * 3 % 10], PLACES[number // 10]
    return f"It is up to the {who}, who looks at what somebody at the {place} wants in the way of {thing} and says yes."


def asked(name: str, of: Question, text: str, document: str | None = None) -> Trial:
    """Scored beside the evidence, or the document in its place."""
    values = {
        CORRECTNESS: max(correctness(each, text) for each in deciding(of.right_answers, text)),
        FAITHFULNESS: support([document or evidence(of)], text),
    }
    scores = {metric: Score(status="scored", value=value) for metric, value in values.items()}
    return trial(pipeline=name, question_id=of.id, answer=reply(text), scores=scores)


def bake_off(answers: Mapping[str, Sequence[str]], questions: Sequence[Question] = ASKED) -> Summary:
    head = manifest(
        questions, {name: FakePipeline(name, str) for name in answers}, Config(evaluation=EvaluationOptions())
    )
    trials = [asked(name, *each) for name, texts in answers.items() for each in zip(questions, texts, strict=True)]
    return summarise(head, questions, trials)


def known_of(of: Question, text: str) -> OfSeveral:
    told = asked("one", of, text)
    return of_several(of, told, is_right(of, told))


def test_a_whole_reference_is_surely_right_and_one_with_another_name_is_not() -> None:
    it = ASKED[0]
    whole, other = known_of(it, it.reference or ""), known_of(it, lie(it))
    assert (whole.surely, whole.likeness) == (True, 1)
    assert (other.surely, other.reworded) == (False, False)
    assert other.likeness == pytest.approx(11 / 12)
    assert is_right(it, asked("one", it, lie(it)))  # it counts: another name in a sentence is not seen


def test_a_whole_reference_in_another_order_is_not_surely_right() -> None:
    it = ASKED[0].model_copy(update={"reference": "The tenant pays the landlord of the house every month in advance."})
    swapped = "The landlord pays the tenant of the house every month in advance."
    assert is_right(it, asked("one", it, swapped))
    assert not known_of(it, swapped).surely


def test_what_the_evidence_bears_out_is_surely_right_though_it_lacks_a_word() -> None:
    it = ASKED[0]
    assert known_of(it, "Requests for ropes at the yard are approved by the pilot after a review.").surely


def test_courtesies_make_no_answer_less_sure_or_less_like_its_reference() -> None:
    it = ASKED[0]
    polite = f"Great question! {it.reference} I hope this helps! Let me know if you have any other questions."
    assert known_of(it, polite) == known_of(it, it.reference or "")


def test_what_holds_a_part_and_contradicts_nothing_may_be_right_in_other_words() -> None:
    it = ASKED[0]
    free = known_of(it, in_other_words(it))
    assert (free.surely, free.reworded) == (False, True)
    assert free.likeness is not None
    assert free.likeness < 0.5
    assert not known_of(it, "Bananas are yellow.").reworded
    days = it.model_copy(update={"reference": "Lost bags are kept at the old yard for 30 days."})
    assert not known_of(days, "Bags that were lost stay at the yard for 90 days.").reworded


def test_a_bare_answer_beside_the_sentence_decides() -> None:
    it = ASKED[0].model_copy(update={"reference_aliases": ("the pilot",)})
    assert known_of(it, "The pilot.").surely
    assert known_of(it, in_other_words(ASKED[0])).surely
    assert not known_of(it, lie(ASKED[0])).surely
    assert not known_of(it, in_other_words(ASKED[0]).replace("pilot", "captain of it")).reworded  # it tells nothing
    assert known_of(it, "A review decides, by the captain of it.").reworded
    assert is_right(it, asked("one", it, it.reference or ""))


def test_without_evidence_the_reference_itself_has_to_bear_it_out() -> None:
    it = ASKED[0]
    told = asked("one", it, lie(it)).model_copy(update={"scores": {CORRECTNESS: Score(status="scored", value=0.9)}})
    assert not of_several(it, told, right=True).surely


def test_short_references_are_taken_as_they_count() -> None:
    it = question(3)
    assert known_of(it, "number 3") == OfSeveral(surely=True)
    assert known_of(it, "number 4") == OfSeveral(surely=False)


ECHOED = question(3).model_copy(
    update={
        "user_input": "Which Kafka topic carries the order events of the planner?",
        "reference": "order-events",
        "reference_contexts": (),
    }
)


@pytest.mark.parametrize(
    ("text", "surely"),
    [
        ("order-events", True),
        ("The order events of the planner", True),
        ("They are carried by the `order-events` topic.", True),
        ("The audit-log topic carries the order events of the planner.", False),
        ("The order events are in audit-log.", False),
    ],
)
def test_beside_the_questions_own_words_another_name_is_not_surely_right(text: str, surely: bool) -> None:
    assert is_right(ECHOED, asked("one", ECHOED, text, "Order events: order-events."))  # all count
    assert known_of(ECHOED, text).surely is surely


def test_a_yes_and_what_is_chosen_of_the_questions_words_are_taken_as_they_count() -> None:
    yes = ECHOED.model_copy(update={"user_input": "Does the planner have order events?", "reference": "Yes"})
    one = ECHOED.model_copy(update={"user_input": "Is it audit-log or order-events?"})
    assert known_of(yes, "Yes, since May of last year.").surely
    assert known_of(one, "It is order-events since May of last year.").surely


def test_who_repeats_the_question_with_other_names_is_not_clearly_ahead() -> None:
    topics = [
        ECHOED.model_copy(
            update={
                "id": f"t{number}",
                "user_input": f"Which topic carries the {thing} events of the {place}?",
                "reference": f"{thing}-events",
            }
        )
        for number, (thing, place) in enumerate((thing, place) for thing in THINGS for place in PLACES)
    ]
    bare = [each.reference or "" if n % 4 else "audit-log" for n, each in enumerate(topics)]
    sentences = [
        f"The {'audit-log' if n % 4 == 0 else each.reference} topic carries the "
        f"{(each.reference or '').replace('-', ' ')} of the {PLACES[n % 4]}."
        for n, each in enumerate(topics)
    ]
    found = bake_off({"bare": bare, "sentences": sentences}, topics)
    ahead = found.difference(CORRECTNESS, "sentences", "bare")
    assert ahead is not None
    assert ahead.differs(0.95)
    assert not found.verdict.clear
    assert "names another thing, or sets the right one aside): at worst" in found.verdict.headline


def shown_as(text: str) -> Passage:
    return passage("It was shown in 2019.").model_copy(update={"text": text})


def test_who_copies_the_passages_that_it_was_shown_is_not_clearly_ahead() -> None:
    """However often the answer stands in them."""
    bare = [about(n).model_copy(update={"reference": WHO[n % 10], "reference_contexts": ()}) for n in range(40)]
    shown = [
        shown_as(
            f"{each.reference} approves what is wanted. " + "It was always so at every yard and dock of ours. " * 3
        )
        for each in bare
    ]
    copies = [
        asked("copies", each, text.text).model_copy(update={"answer": reply(text.text, (text,))})
        for each, text in zip(bare, shown, strict=True)
    ]
    half = [asked("half", each, (each.reference or "") if n % 2 else "nobody") for n, each in enumerate(bare)]
    head = manifest(
        bare, {name: FakePipeline(name, str) for name in ("copies", "half")}, Config(evaluation=EvaluationOptions())
    )
    found = summarise(head, bare, [*copies, *half])
    ahead = found.difference(CORRECTNESS, "copies", "half")
    assert ahead is not None
    assert ahead.differs(0.95)
    assert not found.verdict.clear
    assert "But shared words may count a wrong answer as right (one that copies a passage" in found.verdict.headline


@pytest.mark.parametrize(("text", "copied"), [("The pilot approves it.", False), ("word " * 30, True)])
def test_a_sentence_that_is_quoted_is_no_copied_passage(text: str, copied: bool) -> None:
    answer = reply(text, (shown_as(text),))
    assert copies_a_passage(ASKED[0].model_copy(update={"reference": "pilot"}), answer) is copied
    assert not copies_a_passage(ASKED[0].model_copy(update={"reference": text}), answer)
    assert not copies_a_passage(ASKED[0], None)


def test_who_sets_the_right_answers_aside_is_not_clearly_ahead() -> None:
    """It is wrong as often as the other, and names what is right each time: "by the cook, and the pilot does not"."""
    bare = [about(n).model_copy(update={"reference": WHO[n % 10], "reference_contexts": ()}) for n in range(40)]
    terse, telling = [], []
    for n, each in enumerate(bare):
        said, other = (WHO[n % 10], WHO[(n + 3) % 10]) if n % 3 else (WHO[(n + 3) % 10], WHO[n % 10])
        terse.append(asked("terse", each, f"The {said}."))
        telling.append(asked("telling", each, f"It is up to the {said}. The {other} does not decide this."))
    pipelines = {name: FakePipeline(name, str) for name in ("terse", "telling")}
    found = summarise(manifest(bare, pipelines, Config(evaluation=EvaluationOptions())), bare, [*terse, *telling])
    ahead = found.difference(CORRECTNESS, "telling", "terse")
    assert ahead is not None
    assert ahead.differs(0.95)  # by what counts alone
    assert ahead.borne_out is not None
    assert ahead.borne_out.estimate.mean == pytest.approx(0)
    assert not found.verdict.clear


def test_nearer_is_who_is_so_by_a_tenth_or_where_nothing_is_known_of_the_other() -> None:
    assert is_nearer({"a": 0.9, "b": 0.7}, {"c": 0.6})
    assert not is_nearer({"a": 0.7}, {"a": 0.65})
    assert not is_nearer({"a": 0.5}, {"a": 0.9})
    assert is_nearer({"a": 0.5}, {})
    assert not is_nearer({}, {"a": 0.5})


def test_other_names_in_the_words_of_the_references_are_not_clearly_better_than_the_truth_in_others() -> None:
    trained = [lie(each) if n % 5 < 3 else each.reference or "" for n, each in enumerate(ASKED)]
    found = bake_off({"trained": trained, "free": [in_other_words(each) for each in ASKED]})
    ahead = found.difference(CORRECTNESS, "trained", "free")
    assert ahead is not None
    assert ahead.differs(0.95)  # by what counts alone
    assert ahead.reworded
    assert ahead.borne_out is not None
    assert ahead.borne_out.estimate.mean == pytest.approx(0.4 - 1)
    assert not found.verdict.clear
    assert (
        "But shared words may count a wrong answer as right (one that copies a passage, names another thing, or sets "
        "the right one aside), and a right one in other words as wrong: at worst, trained minus free in right answers "
        "would be −0.60"
    ) in found.verdict.headline
    choice = found.verdict.recommendation
    assert choice is not None
    assert not choice.clear
    assert any(key.endswith("trained − free.borne_out.mean") for reason in choice.reasons for key in reason.numbers)


def test_the_same_other_names_are_not_clearly_better_than_other_numbers_that_are_seen() -> None:
    """Who puts other names in is right as it counts; who does something that is seen is not. The answers that are
    surely right say the contrary as clearly, so that neither chooses.
    """
    names = [lie(each) if n % 5 < 3 else each.reference or "" for n, each in enumerate(ASKED)]
    seen = ["Bananas are yellow." if n % 5 < 2 else each.reference or "" for n, each in enumerate(ASKED)]
    found = bake_off({"names": names, "seen": seen})
    ahead = found.difference(CORRECTNESS, "names", "seen")
    assert ahead is not None
    assert ahead.differs(0.95)
    assert not ahead.reworded
    assert not found.verdict.clear
    assert "at worst, names minus seen in right answers would be −0.20" in found.verdict.headline
    doubt = "names another thing, or sets the right one aside)"
    assert doubt in found.verdict.recommendation.sentence
    assert doubt not in found.verdict.advice  # the headline has said so
    assert "is more correct than" not in found.verdict.recommendation.sentence
    assert found.verdict.advice.startswith("It cannot be told which of names and seen suits these needs best")
    assert found.verdict.advice.endswith(" The doubts above hold.")


def test_answers_of_one_style_that_the_evidence_bears_out_are_told_apart() -> None:
    good = [close(each) if n % 10 else "Bananas are yellow." for n, each in enumerate(ASKED)]
    bad = [close(each) if n % 2 else "Bananas are yellow." for n, each in enumerate(ASKED)]
    found = bake_off({"good": good, "bad": bad})
    assert found.verdict.clear
    assert found.verdict.leaders == ("good",)


def test_who_paraphrases_and_invents_is_not_clearly_better_than_who_is_right_in_freer_words() -> None:
    """Of the freer one, those that count as right are the ones near the reference: the others are in the bound too."""
    near = [lie(each) if n % 5 == 0 else close(each) for n, each in enumerate(ASKED)]
    free = [close(each) if n % 2 else in_other_words(each) for n, each in enumerate(ASKED)]
    found = bake_off({"near": near, "free": free})
    ahead = found.difference(CORRECTNESS, "near", "free")
    assert ahead is not None
    assert ahead.differs(0.95)
    assert ahead.reworded
    assert not found.verdict.clear


@pytest.mark.parametrize("more", ["", " Forms for this are kept in the office next to the yard."])
@pytest.mark.parametrize(
    "altered", ["fail to be approved by the", "are rarely approved by the", "are approved by the deputy of the"]
)
def test_a_copy_with_another_word_is_not_surely_right_whatever_else_is_told(altered: str, more: str) -> None:
    it = ASKED[0]
    document = f"{evidence(it)} Forms for this are kept in the office next to the yard."
    text = f"{(it.reference or '').replace('are approved by the', altered)}{more}"
    told = asked("one", it, text, document)
    assert is_right(it, told)
    assert not of_several(it, told, right=True).surely


def test_a_copy_with_the_value_of_another_row_is_not_surely_right() -> None:
    """All its words are in the evidence, which bears it out."""
    it = ASKED[0].model_copy(
        update={"reference": "The Oslo office is led by Bo Kent, who joined in spring and sees to safety."}
    )
    document = f"{it.reference} The Munich office is led by Anna Weber, who joined in autumn."
    text = "The Oslo office is led by Anna Weber, who joined in spring and sees to safety."
    told = asked("one", it, text, document)
    assert is_right(it, told)
    assert not of_several(it, told, right=True).surely


def test_bare_answers_that_may_be_right_count_beside_what_is_surely_right() -> None:
    """Each bound alone leaves the one that invents ahead: its inventions count, or the other's bare answers do not."""
    trained = [lie(each) if n % 2 else each.reference or "" for n, each in enumerate(ASKED)]
    bare = [f"The {WHO[n % 10]}." if n % 5 < 3 else "I don't know." for n in range(40)]
    found = bake_off({"trained": trained, "bare": bare})
    ahead = found.difference(CORRECTNESS, "trained", "bare")
    assert ahead is not None
    assert ahead.differs(0.95)
    assert ahead.borne_out is not None
    assert ahead.borne_out.estimate.mean == pytest.approx(0.5 - 0.6)
    assert not found.verdict.clear


def test_chinese_references_of_four_characters_are_asked_too() -> None:
    it = ASKED[0].model_copy(update={"reference": "市场部总监"})
    assert known_of(it, "市场部总监").surely
    assert is_right(it, asked("one", it, "销售部总监"))
    assert not known_of(it, "销售部总监").surely


def test_who_says_all_in_other_words_did_not_answer_nothing_rightly() -> None:
    words = [in_other_words(each) for each in ASKED]
    found = bake_off({"lies": [lie(each) for each in ASKED], "words": words})
    assert not found.verdict.clear
    choice = found.verdict.recommendation
    assert choice is not None
    assert not choice.clear
    assert not any("words answered nothing rightly" in each.sentence for each in choice.reasons)
    assert "lies alone has" not in choice.sentence  # surely right answers say the contrary, as clearly
    assert not any(each.rule == "R1" and "words" in each.sentence for each in choice.reasons)
    alone = bake_off({"words": words, "others": words}).verdict
    assert alone.recommendation is not None
    assert not alone.recommendation.clear


def test_of_rights_what_is_not_known_is_as_it_counts() -> None:
    known = Rights(sure={"a": 1.0, "b": 0.0}, perhaps={}, surely={"a": 0.0}, in_any_words={"b": 1.0})
    assert known.least == {"a": 0.0, "b": 0.0}
    assert known.most == {"a": 1.0, "b": 1.0}


def test_a_headline_on_three_says_once_why_the_leader_is_in_doubt() -> None:
    """The one that puts other names in is ahead of both that say half of it and then nothing."""
    half, less = ([close(each) if n < many else "bananas" for n, each in enumerate(ASKED)] for many in (22, 18))
    found = bake_off({"lies": [lie(each) for each in ASKED], "half": half, "less": less}).verdict.headline
    assert found.count("names another thing, or sets the right one aside)") == 1
    assert "at worst, lies minus half in right answers would be −" in found
    assert "; at worst, lies minus less in right answers would be −" in found
