"""In a language whose words the rules do not know, no difference in right answers or refusals is clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eval_fakes import ENGINE, TWELVE, Config, FakePipeline, corpus, manifest, question, scored
from planted_trials import Truth, bake_off

from eval import languages
from eval.compare import compare_runs, comparison_table
from eval.differences import MADE_UP
from eval.literature import expectations
from eval.manifest import Manifest, new_manifest
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS
from eval.run import RunFolder
from eval.spent import COST, SECONDS
from eval.summary import Summary
from eval.table import difference_table
from service.baking import show_comparison

GOOD, BAD = Truth(right=0.9, inventing=0.1, fresh=0.9), Truth(right=0.3, cost=2, inventing=0.9, fresh=0.1)
DOUBT = (
    "But correctness knows number words, denials and refusals in English and Chinese only, and this corpus is in "
    "another language (de)."
)


@pytest.mark.parametrize(
    "tag", ["en", "EN", "en-GB", "en_US", "zh", "zh-Hans", "ZH", " eng", "English", "English (UK)", "chinese", "中文"]
)
def test_english_and_chinese_are_known_however_their_tags_are_written(tag: str) -> None:
    assert languages.is_known(tag)
    assert languages.warning(tag) is None
    assert languages.doubt_of(CORRECTNESS, tag) is None


@pytest.mark.parametrize("tag", ["de", "de-AT", "ja", "enm", "eno", "German", "und", ""])
def test_other_languages_are_not(tag: str) -> None:
    assert not languages.is_known(tag)
    named = "" if tag == "und" else f" ({tag})"
    assert f"in another language{named} than" in (languages.warning(tag) or "")
    assert (languages.doubt_of(MADE_UP, tag) or "").endswith(f"in another language{named}")
    assert ("language: en" in (languages.warning(tag) or "")) is (tag == "und")
    assert not any(languages.doubt_of(measure, tag) for measure in (COST, SECONDS, FAITHFULNESS))


def findings(summary: Summary) -> dict[str, Any]:
    return {each.about: each for each in summary.verdict.findings}


def test_no_difference_in_german_is_clear_but_in_cost_and_time() -> None:
    german, english = (
        bake_off({"good": GOOD, "bad": BAD}, n=60, unanswerable=40, language=language) for language in ("de", "en")
    )
    assert [each.about for each in german.verdict.findings if each.clear] == ["cost"]
    assert all(findings(english)[about].clear for about in ("quality", "made up", "cost", "freshness"))
    verdict = german.verdict
    assert (set(verdict.leaders), verdict.clear) == ({"good", "bad"}, False)
    assert verdict.headline == (
        "It cannot be told from 60 questions which of good (0.90) and bad (0.30) is the most correct; "
        f"how many questions would tell cannot be foreseen. {DOUBT}"
    )
    assert findings(german)["freshness"].sentence.count(DOUBT) == 1
    assert findings(german)["made up"].sentence.endswith(
        "But refusals are known in English and Chinese only, while others count as made up, and this corpus is in "
        "another language (de)."
    )
    assert not any("another language" in each.sentence for each in english.verdict.findings)


def test_a_recommendation_that_rests_on_correctness_is_not_clear_in_german() -> None:
    choice = bake_off({"good": GOOD, "bad": BAD}, n=60, unanswerable=40, language="de").verdict.recommendation
    assert (choice.pipeline, choice.clear) == ("good", False)
    assert "good (0.90) is more correct than bad (0.30) by the answers that count." in choice.sentence
    assert choice.sentence.count(DOUBT) == 1
    assert sum(DOUBT in each.sentence for each in choice.reasons) == 1
    for tag in ("en-GB", "zh"):
        known = bake_off({"good": GOOD, "bad": BAD}, n=60, unanswerable=40, language=tag).verdict.recommendation
        assert (known.pipeline, known.clear) == ("good", True)
        assert "another language" not in known.sentence


def test_nothing_is_out_for_freshness_or_made_up_answers_in_german() -> None:
    stale = Truth(right=0.9, inventing=0.9, fresh=0.1)
    choice = bake_off({"a": stale, "b": GOOD}, n=60, unanswerable=40, language="de").verdict.recommendation
    said = {each.rule: each.sentence for each in choice.reasons}
    assert said["R7"] == (
        "Whether a is as fresh as b cannot be told: what is right is told by correctness, which knows too little of "
        "this corpus' language."
    )
    assert "R6" not in said
    assert not choice.clear


def test_the_less_correct_and_fresher_one_is_told_of_in_german() -> None:
    fresher = {"a": Truth(right=0.9, fresh=0.1), "b": Truth(right=0.3, fresh=0.9)}
    choice = bake_off(fresher, n=60, language="de").verdict.recommendation
    assert "But b (0.90) did better on what has changed than a (0.10). " in f"{choice.sentence} "
    assert not choice.clear


def test_who_is_never_right_in_german_may_be_right_all_the_same() -> None:
    german = bake_off({"a": Truth(right=0.0), "b": Truth(right=0.0)}, n=60, language="de").verdict.recommendation
    assert (german.pipeline, german.clear) == (None, False)
    assert german.sentence == (
        "No pipeline meets these needs: a gave no answer that counts as right. b gave no answer that counts as right. "
        f"{DOUBT}"
    )
    one = bake_off({"a": Truth(right=0.5), "b": Truth(right=0.0)}, n=60, language="de").verdict.recommendation
    assert (one.pipeline, one.clear) == ("a", False)
    assert "But that a is more correct than b hangs on which answers count." in one.sentence
    assert one.sentence.count(DOUBT) == 1


def test_a_recommendation_that_rests_on_time_alone_is_clear_in_german() -> None:
    slow = {"slow": Truth(right=0.3, seconds=9), "quick": Truth(right=0.9)}
    choice = bake_off(slow, {"seconds": 3}, language="de").verdict.recommendation
    assert (choice.pipeline, choice.clear) == ("quick", True)
    too_slow = bake_off(slow, {"seconds": 0.1}, language="de").verdict.recommendation
    assert (too_slow.pipeline, too_slow.clear) == (None, True)
    assert DOUBT not in too_slow.sentence


def test_right_answers_alone_tell_nobody_apart_in_german() -> None:
    """Scores alike, by parts of wrong answers, and far fewer right ones."""
    alike = {"parts": Truth(right=0.3, partial=0.4), "whole": Truth(right=0.58)}
    english, german = (bake_off(alike, n=60, language=language).verdict for language in ("en", "de"))
    assert "But whole gives more right answers than parts" in english.headline
    assert "gives more right answers" not in german.headline
    assert not any("gives more right answers than" in each.sentence for each in german.recommendation.reasons)


def test_warnings_and_tables_say_it() -> None:
    german, english = (
        bake_off({"good": GOOD, "bad": BAD}, n=60, unanswerable=40, language=language) for language in ("de", "en")
    )
    told = [each for each in german.warnings if "another language (de)" in each]
    assert len(told) == 1
    assert "`reference_aliases`" in told[0]
    assert not any("another language" in each for each in english.warnings)
    different = {row[1]: row[6] for row in difference_table(german).rows}
    assert (different["Correctness"], different["Made up"], different["Cost per query"]) == (
        "in doubt",
        "in doubt",
        "yes",
    )


def test_what_others_found_cannot_be_told_in_german() -> None:
    questions = [question(n) for n in range(60)]
    kinds = {"good": "rag", "bad": "finetuned"}
    for language, outcome in (("de", "cannot be told"), ("en", "agrees")):
        summary = bake_off({"good": GOOD, "bad": BAD}, n=60, language=language)
        pipelines = tuple(each.model_copy(update={"kind": kinds[each.name]}) for each in summary.pipelines)
        head = manifest(questions, {name: FakePipeline(name, str) for name in kinds}, Config())
        found = expectations(head, summary.model_copy(update={"pipelines": pipelines}))[0]
        assert found.outcome == outcome
        assert (DOUBT.removesuffix(".") in found.found) == (language == "de")


def test_the_manifest_has_the_language_and_an_earlier_one_is_taken_for_english() -> None:
    german = corpus(TWELVE).model_copy(update={"language": "de"})
    made = new_manifest(Config(), german, ENGINE, {})
    assert made.corpus_language == "de"
    earlier = made.model_dump(mode="json")
    del earlier["corpus_language"]
    assert Manifest.model_validate(earlier).corpus_language == "en"
    assert made.differences(Manifest.model_validate(earlier)) == []


def finished(runs: Path, values: list[float], language: str) -> RunFolder:
    """A finished run of one pipeline with these values."""
    asked = tuple(question(n) for n in range(len(values)))
    head = manifest(asked, {"rag": FakePipeline("rag", str)}).model_copy(update={"corpus_language": language})
    run = RunFolder.create(runs, head, asked)
    with run.journal() as journal:
        for each in scored("rag", values):
            journal.append(each)
    run.finish()
    return run


@pytest.mark.parametrize(("language", "different"), [("de", "in doubt"), ("en", "yes")])
def test_two_runs_in_german_are_not_told_apart(
    tmp_path: Path, language: str, different: str, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = (finished(tmp_path, values, language) for values in ([0.0] * 40, [1.0] * 30 + [0.0] * 10))
    assert comparison_table(compare_runs(a, b)).rows[0][-2] == different
    show_comparison(a.path, b.path)
    assert " ".join(capsys.readouterr().out.split()).count(DOUBT) == (language == "de")
