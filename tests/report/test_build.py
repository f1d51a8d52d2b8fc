"""The page of an ordinary run: what stands in it, and what cannot."""

from __future__ import annotations

import inspect
import json
import re

import pytest
import report_sample as sample
from report_page import Page, as_shown, page_of

from eval import conclusion, freshness_reasons, honesty_reasons, numbers, objections, rules
from eval.literature import expectations
from eval.recommendation import RULES
from eval.report.island import dump
from eval.report.opening import at_a_glance
from eval.run import RunFolder
from eval.summary import summarise


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """For tests that only look: drawing a page takes a second."""
    return sample.write_run(tmp_path_factory.mktemp("run"), size=40)


@pytest.fixture(scope="module")
def page(run: RunFolder) -> Page:
    return page_of(run, sample.corpus(40)[0])


def test_the_headline_comes_first_and_all_parts_are_there(page: Page, run: RunFolder) -> None:
    summary = summarise(run.manifest, run.questions, run.trials())
    assert summary.verdict.headline in page.text
    assert page.text.index(summary.verdict.headline, 200) < page.text.index("Beneath each mean")
    for part in ("Summary", "Differences", "Pictures", "What the numbers mean", "What was run", "Every answer"):
        assert part in page.text
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [tag for tag, _ in page.elements].count("svg") == 6


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("a is ahead, 0.69: +0.23 (+0.09 to +0.38).", ("a is ahead, 0.69: +0.23 (+0.09 to +0.38).", "")),
        ("It cannot be told; 9 more would tell. But.", ("It cannot be told;", "9 more would tell. But.")),
        ("a is ahead, 0.69. But no answer counts.", ("a is ahead, 0.69.", "But no answer counts.")),
    ],
)
def test_a_headline_is_large_as_far_as_its_first_clause(sentence: str, parts: tuple[str, str]) -> None:
    assert at_a_glance(sentence) == parts


def test_the_recommendation_stands_below_the_headline_with_its_rules_and_numbers(page: Page, run: RunFolder) -> None:
    verdict = summarise(run.manifest, run.questions, run.trials()).verdict
    begin = page.text.index(as_shown(verdict.recommendation.sentence))
    assert page.text.index(verdict.headline, 200) < begin < page.text.index("Beneath each mean")
    reasons = verdict.recommendation.reasons
    assert {reason.rule for reason in reasons} >= {"R5"}
    for reason in reasons:
        assert as_shown(f"{reason.rule} {RULES[reason.rule]} {reason.sentence}") in page.text
        for path, value in reason.numbers.items():
            assert as_shown(f"{path} {numbers.plain(value)}") in page.text
    assert "10 000 queries and 1 new version of the knowledge a month, no limit on time" in page.text


def test_there_is_a_finding_on_each_thing(page: Page, run: RunFolder) -> None:
    findings = summarise(run.manifest, run.questions, run.trials()).verdict.findings
    assert [finding.about for finding in findings] == ["quality", "made up", "cost", "latency", "freshness"]
    quality, *others = findings
    assert page.text.count(quality.sentence) == 2  # the page's title, and its headline
    for finding in others:
        assert as_shown(f"{finding.about.capitalize()} {finding.sentence}".replace("`", "")) in page.text


def test_what_others_found_stands_beside_the_verdict(page: Page, run: RunFolder) -> None:
    told = expectations(run.manifest, summarise(run.manifest, run.questions, run.trials()))
    assert len(told) == 5
    begin = page.text.index("What others found")
    assert begin < page.text.index("Beneath each mean")
    for each in told:
        assert f"{each.statement} ({each.source}) : {each.outcome} . {each.found}." in page.text[begin:]


def test_every_rule_of_the_recommendation_is_told(page: Page) -> None:
    source = "".join(map(inspect.getsource, (rules, objections, freshness_reasons, honesty_reasons, conclusion)))
    assert list(RULES) == sorted({*re.findall(r'"(R\d)"', source)})
    assert f"Rules {min(RULES)} to {max(RULES)} are applied in their order" in page.text


def test_the_table_has_intervals_and_counts_for_each_pipeline(page: Page, run: RunFolder) -> None:
    summary = summarise(run.manifest, run.questions, run.trials())
    for each in summary.pipelines:
        metric = each.metrics["correctness"]
        assert metric.mean.low is not None
        assert metric.mean.high is not None
        shown = (
            f"{metric.mean.mean:.2f} {metric.mean.low:.2f} to {metric.mean.high:.2f} "
            f"{metric.scored} scored {metric.abstained} abstained {metric.failed} failed {metric.skipped} skipped"
        )
        assert shown in page.text


def test_paired_differences_are_told_with_their_intervals(page: Page) -> None:
    assert re.search(r"rag-k4 minus zero-shot: \+0\.\d\d \[[+−]0\.\d\d, \+0\.\d\d\]", page.text)
    assert re.search(r"finetuned minus zero-shot, told facts: ", page.text)


def test_what_was_run_is_told(page: Page, run: RunFolder) -> None:
    manifest = run.manifest
    for fact in (manifest.run_id, manifest.corpus_hash, "1b" * 32, "2.13.0", "Example CPU", "seed 0", "5 min 12 s"):
        assert fact in page.text
    assert "max_new_tokens: 64" in page.text
    assert "a rented machine of 2 cores (an assumption)" in page.text


def test_how_many_replies_may_be_refusals_stands_below_those_made_up(page: Page, run: RunFolder) -> None:
    summary = summarise(run.manifest, run.questions, run.trials())
    perhaps = [each.abstention.perhaps_refused for each in summary.pipelines]
    assert any(perhaps)
    for each in filter(None, perhaps):
        assert f"{each} may be refusals" in page.text
    marked = [trial for each in page.data["questions"] for trial in each["trials"] if trial and trial.get("perhaps")]
    assert len(marked) == sum(perhaps)
    assert ("perhaps", "perhaps refused, or made up") in {
        (attributes.get("value"), attributes.get("data-label")) for tag, attributes in page.elements if tag == "option"
    }


def test_a_long_prompt_is_folded_and_the_shared_engine_told_once(page: Page, run: RunFolder) -> None:
    source = (run.path / "report.html").read_text(encoding="utf-8")
    folded = re.findall(r"<details><summary>system: Answer in one.*?</summary><p[^>]*>(.*?)</p>", source, re.DOTALL)
    assert folded == ["system: " + "Answer in one sentence. " * 20 + "\n\nhuman: What is it?"] * len(sample.KINDS)
    assert page.text.count("0a" * 32) == 1
    assert page.text.count("the run's own") == len(sample.KINDS)


def test_a_command_that_is_named_stands_as_code(run: RunFolder) -> None:
    page = (run.path / "report.html").read_text(encoding="utf-8")
    assert "<code>bakeoff staleness RUN --changes PATH</code>" in page


def test_every_plot_says_in_words_what_it_shows(page: Page) -> None:
    plots = [attributes for tag, attributes in page.elements if tag == "svg"]
    for attributes in plots:
        assert attributes["role"] == "img"
        said = attributes["aria-label"] or ""
        assert all(name in said for name in sample.KINDS)


def test_the_data_holds_every_answer(page: Page, run: RunFolder) -> None:
    documents = sample.corpus(40)[0]
    data = page.data
    assert [question["id"] for question in data["questions"]] == [question.id for question in run.questions]
    answered = {(trial.pipeline, trial.question_id): trial for trial in run.trials()}
    for question in data["questions"]:
        for name, shown in zip(data["pipelines"], question["trials"], strict=True):
            trial = answered[name, question["id"]]
            assert ("failure" in shown) == (trial.failure is not None)
            if trial.answer:
                assert shown["text"] == trial.answer.response
                texts = [data["passages"][place][3] for place, _ in shown.get("passages", ())]
                assert texts == [passage.text for passage in trial.answer.retrieved_contexts]
        for span in question["evidence"]:
            document = next(each for each in documents if each.id == data["documents"][span["document"]][0])
            assert document.text[span["start"] : span["end"]] == span["text"]
            assert span["before"].removeprefix("… ") + span["text"] in document.text
    assert len(data["passages"]) == len({tuple(passage) for passage in data["passages"]})


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain", False),
        ("Grüße", False),
        ("a long text with one sign … in it", True),
        ("灯台", False),
        ("x" * 20 + "🚢", True),
    ],
)
def test_few_wide_letters_are_escaped_and_all_are_kept(text: str, escaped: bool) -> None:
    written = dump([text])
    assert json.loads(written) == [text]
    assert ("\\u" in written) == escaped
    assert json.loads(dump(["\ud800 alone, in a text that is long enough"])) == [
        "? alone, in a text that is long enough"
    ]


def test_pipelines_differ_where_some_are_right_and_some_are_not(page: Page) -> None:
    data = page.data
    assert {question["different"] for question in data["questions"]} == {True, False}
    for question in data["questions"]:
        if question["reference"] is None:
            right = {trial.get("abstained", False) for trial in question["trials"]}
        else:
            scores = [trial["scores"][0] for trial in question["trials"]]
            right = {isinstance(score, float) and score >= 0.5 for score in scores}
        assert question["different"] == (len(right) == 2)


def test_nothing_is_loaded_and_nothing_else_may_run(page: Page) -> None:
    import base64
    import hashlib

    assert not re.search(r"https?://|url\((?!#)|@import|<base\b", page.source)
    for name in ("src", "srcset", "data", "action", "style", "background"):
        assert page.attributes(name) == []
    assert all(link.startswith("#") for link in page.attributes("href"))
    policy = next(each["content"] for tag, each in page.elements if "content-security-policy" in str(each).lower())
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for text in (page.raw["style"][0], page.raw["script"][1]):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy


def test_ids_are_unique_and_references_lead_somewhere(page: Page) -> None:
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    clips = [match for value in page.attributes("clip-path") for match in re.findall(r"url\(#(.*)\)", value)]
    links = [link[1:] for link in page.attributes("href")]
    labels = page.attributes("aria-labelledby") + page.attributes("aria-describedby") + page.attributes("for")
    assert {*clips, *links, *labels} <= set(ids)
