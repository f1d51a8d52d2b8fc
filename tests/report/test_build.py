"""The page as text: what stands in it, what cannot, and that a run's every misfortune has a page too."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import report_sample as sample

from corpora.errors import RunStorageError
from corpora.model import Document, Evidence, Question
from eval.exports import export
from eval.report.build import build_report
from eval.run import RunFolder
from eval.summary import summarise
from eval.trial import Failure, Trial


class Page(HTMLParser):
    """A page taken apart as a browser does: its elements with their attributes, and its texts outside scripts."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.source = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._texts: list[str] = []
        self._within = ""
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = tag if tag in self.raw else ""

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        self.raw[self._within].append(data) if self._within else self._texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._texts).split())

    @property
    def data(self) -> Any:
        return json.loads(self.raw["script"][0])

    def attributes(self, name: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


def page_of(run: RunFolder, documents: list[Document] | None = None) -> Page:
    return Page(build_report(run, documents or []))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return sample.write_run(tmp_path, size=40)


def test_the_headline_comes_first_and_all_parts_are_there(run: RunFolder) -> None:
    page = page_of(run, sample.corpus(40)[0])
    summary = summarise(run.manifest, run.questions, run.trials())
    assert summary.verdict.headline in page.text
    assert page.text.index(summary.verdict.headline, 200) < page.text.index("Beneath each mean")
    for part in ("Summary", "Differences", "Pictures", "What the numbers mean", "What was run", "Every answer"):
        assert part in page.text
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [tag for tag, _ in page.elements].count("svg") == 5


def test_the_table_has_intervals_and_counts_for_each_pipeline(run: RunFolder) -> None:
    page = page_of(run)
    summary = summarise(run.manifest, run.questions, run.trials())
    for each in summary.pipelines:
        metric = each.metrics["token_recall"]
        assert metric.mean.low is not None
        assert metric.mean.high is not None
        shown = (
            f"{metric.mean.mean:.2f} {metric.mean.low:.2f} to {metric.mean.high:.2f} "
            f"{metric.scored} scored, {metric.abstained} abstained {metric.failed} failed, {metric.skipped} skipped"
        )
        assert shown in page.text


def test_paired_differences_are_told_with_their_intervals(run: RunFolder) -> None:
    page = page_of(run)
    assert re.search(r"rag-k4 minus zero-shot: \+0\.\d\d \[[+−]0\.\d\d, \+0\.\d\d\]", page.text)
    assert re.search(r"finetuned minus zero-shot, told facts: ", page.text)


def test_what_was_run_is_told(run: RunFolder) -> None:
    page = page_of(run)
    manifest = run.manifest
    for fact in (manifest.run_id, manifest.corpus_hash, "1b" * 32, "2.13.0", "Example CPU", "seed 0", "5 min 12 s"):
        assert fact in page.text
    assert "max_new_tokens: 64" in page.text
    assert "a rented machine of 2 cores (an assumption)" in page.text


def test_every_plot_says_in_words_what_it_shows(run: RunFolder) -> None:
    plots = [attributes for tag, attributes in page_of(run).elements if tag == "svg"]
    for attributes in plots:
        assert attributes["role"] == "img"
        assert all(name in (attributes["aria-label"] or "") for name in sample.KINDS)


def test_the_data_holds_every_answer(run: RunFolder) -> None:
    documents = sample.corpus(40)[0]
    data = page_of(run, documents).data
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


def test_pipelines_differ_where_some_are_right_and_some_are_not(run: RunFolder) -> None:
    data = page_of(run).data
    assert {question["different"] for question in data["questions"]} == {True, False}
    for question in data["questions"]:
        if question["reference"] is None:
            right = {trial.get("abstained", False) for trial in question["trials"]}
        else:
            scores = [trial["scores"][0] for trial in question["trials"]]
            right = {isinstance(score, float) and score >= 0.5 for score in scores}
        assert question["different"] == (len(right) == 2)


def test_the_same_run_makes_the_same_bytes(run: RunFolder) -> None:
    documents = sample.corpus(40)[0]
    first = build_report(run, documents).read_bytes()
    assert build_report(run.path, documents).read_bytes() == first


def test_a_finished_run_is_reported_from_its_exported_summary(run: RunFolder) -> None:
    summary = summarise(run.manifest, run.questions, run.trials())
    verdict = summary.verdict.model_copy(update={"headline": "As it was exported."})
    export(run, summary.model_copy(update={"verdict": verdict}))
    assert "As it was exported." in page_of(run).text
    (run.path / "report.json").write_text("{", encoding="utf-8")
    with pytest.raises(RunStorageError, match=r"report\.json is broken"):
        build_report(run)


def hostile_run(tmp_path: Path) -> tuple[RunFolder, list[Document]]:
    """A run in which all that a stranger may have written is an attack."""
    attack = sample.HOSTILE
    documents, questions = sample.corpus(12)
    text = f"{attack}\n\n{documents[0].text}"
    documents[0] = documents[0].model_copy(update={"text": text, "title": attack, "id": attack})
    span = Evidence(document_id=attack, start=0, end=len(attack), text=attack)
    texts = {"id": attack, "user_input": attack, "reference": attack, "reference_aliases": (attack,), "tags": (attack,)}
    questions = [Question(**texts, reference_contexts=(span,)), *(each for each in questions[10:])]
    kinds = {attack: "prompting", "rag-k4": "rag"}
    trials = []
    for name, kind in kinds.items():
        for number, each in enumerate(questions):
            trial = sample.trial(name, kind, each, documents, number)
            if trial.answer and number < 3:
                answer = trial.answer.model_copy(update={"response": attack, "model": attack})
                trial = trial.model_copy(update={"answer": answer})
            elif number == 3:
                failure = Failure(code="unexpected", message=attack)
                trial = Trial(pipeline=name, question_id=each.id, failure=failure, asked_at=attack, scores=trial.scores)
            trials.append(trial)
    return sample.write_run(tmp_path, data=(documents, questions), kinds=kinds, trials=trials, source=attack), documents


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    run, documents = hostile_run(tmp_path)
    page = page_of(run, documents)
    assert [attributes for tag, attributes in page.elements if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {},
    ]
    assert "img" not in {tag for tag, _ in page.elements}
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.comments == []
    assert page.source.lower().count("</script") == 2
    assert page.source.lower().count("</style") == 1
    shown = " ".join(sample.HOSTILE.split())
    assert page.text.count(shown) > 10
    question = page.data["questions"][0]
    assert (question["id"], question["text"], question["trials"][0]["text"]) == (sample.HOSTILE,) * 3
    assert page.data["documents"][question["evidence"][0]["document"]] == [sample.HOSTILE] * 2


def test_the_data_cannot_end_its_element(tmp_path: Path) -> None:
    run, documents = hostile_run(tmp_path)
    raw = page_of(run, documents).raw["script"][0]
    assert not set("<>&\u2028\u2029") & set(raw)


def test_nothing_is_loaded_and_nothing_else_may_run(run: RunFolder) -> None:
    import base64
    import hashlib

    page = page_of(run)
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


def test_ids_are_unique_and_references_lead_somewhere(run: RunFolder) -> None:
    page = page_of(run)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    clips = [match for value in page.attributes("clip-path") for match in re.findall(r"url\(#(.*)\)", value)]
    links = [link[1:] for link in page.attributes("href")]
    labels = page.attributes("aria-labelledby") + page.attributes("aria-describedby") + page.attributes("for")
    assert {*clips, *links, *labels} <= set(ids)


def test_nothing_unknown_is_printed_as_none(tmp_path: Path) -> None:
    for number, cost in enumerate(({}, {"machine_per_hour": None}, {"machine_per_hour": None, "source": None})):
        run = sample.write_run(tmp_path / str(number), size=12, **cost)
        text, _, _yaml = page_of(run).text.partition("The whole configuration")  # YAML writes null for what is not set
        assert not re.search(r"\b(None|nan|NaN|null|undefined|inf)\b", text)


def test_unknown_costs_are_unknown_and_never_free(tmp_path: Path) -> None:
    page = page_of(sample.write_run(tmp_path, machine_per_hour=None))
    assert "Costs are unknown: no price is configured." in page.text
    assert "$0" not in page.text
    assert "Correctness against cost" not in page.text
    assert "Correctness against time" in page.text
    assert {
        trial["cost"] for question in page.data["questions"] for trial in question["trials"] if "cost" in trial
    } == {"unknown"}


def test_a_pipeline_of_unknown_cost_stands_beside_the_axis(run: RunFolder) -> None:
    trials = [
        trial.model_copy(update={"machine_seconds": None}) if trial.pipeline == "rag-k4" else trial
        for trial in run.trials()
    ]
    (run.path / "journal.jsonl").write_text("".join(each.model_dump_json() + "\n" for each in trials), encoding="utf-8")
    page = page_of(run)
    assert "The cost of rag-k4 is unknown." in page.text
    assert re.search(r"rag-k4: correctness [^;]*, unknown", page.source)


def test_prices_of_tokens_are_told(tmp_path: Path) -> None:
    page = page_of(
        sample.write_run(
            tmp_path, machine_per_hour=None, prompt_per_million=0.5, completion_per_million=2, source="the price list"
        )
    )
    assert "prompt $0.50 a million tokens" in page.text
    assert "$2.00 a million tokens" in page.text


def all_failed(run: RunFolder) -> list[Trial]:
    failure = Failure(code="engine-unavailable", message="The engine cannot be reached. Start it, then ask again.")
    return [
        trial.model_copy(update={"answer": None, "failure": failure, "abstained": False, "scores": {}, "cached": False})
        for trial in run.trials()
    ]


def test_a_run_in_which_all_failed(run: RunFolder) -> None:
    lines = "".join(each.model_dump_json() + "\n" for each in all_failed(run))
    (run.path / "journal.jsonl").write_text(lines, encoding="utf-8")
    page = page_of(run)
    assert "every question failed" in page.text
    assert "120 of 120 trials failed" in page.text
    assert "svg" not in {tag for tag, _ in page.elements}


def test_a_pipeline_that_always_fails_stands_beside_the_others(run: RunFolder) -> None:
    broken = {(trial.pipeline, trial.question_id): trial for trial in all_failed(run)}
    trials = [
        broken[trial.pipeline, trial.question_id].model_copy(
            update={"scores": sample.scores(question, broken[trial.pipeline, trial.question_id])}
        )
        if trial.pipeline == "zero-shot"
        else trial
        for trial in run.trials()
        for question in run.questions
        if question.id == trial.question_id
    ]
    (run.path / "journal.jsonl").write_text("".join(each.model_dump_json() + "\n" for each in trials), encoding="utf-8")
    page = page_of(run)
    assert "no fresh answer" in page.text
    assert page.data["pipelines"] == list(sample.KINDS)
    assert all("failure" in question["trials"][0] for question in page.data["questions"])


def test_a_single_pipeline_is_compared_with_nothing(tmp_path: Path) -> None:
    page = page_of(sample.write_run(tmp_path, kinds={"rag-k4": "rag"}))
    assert "Differences" not in page.text
    assert "nothing to compare it with" in page.text


@pytest.mark.parametrize("size", [1, 2])
def test_a_run_of_very_few_questions(tmp_path: Path, size: int) -> None:
    page = page_of(sample.write_run(tmp_path, size=size))
    assert len(page.data["questions"]) == size


def test_only_unanswerable_questions(tmp_path: Path) -> None:
    documents, questions = sample.corpus(60)
    run = sample.write_run(tmp_path, data=(documents, [each for each in questions if each.reference is None]))
    page = page_of(run, documents)
    assert "No question has an answer in the corpus" in page.text
    assert "Correctness against" not in page.text


def test_an_unfinished_run_is_called_so(run: RunFolder) -> None:
    journal = run.path / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    journal.write_text("".join(lines[:70]) + lines[70][:40], encoding="utf-8")
    (run.path / "manifest.json").write_text(
        run.manifest.model_copy(update={"finished": None}).model_dump_json(), encoding="utf-8"
    )
    page = page_of(RunFolder.open(run.path))
    assert "The run is not finished: 50 answers are missing." in page.text
    assert page.data["questions"][39]["trials"][2] is None


def test_a_run_without_trials(tmp_path: Path) -> None:
    run = sample.write_run(tmp_path, trials=[])
    assert page_of(run).data["questions"][0]["trials"] == [None, None, None]


def test_training_on_documents_is_told(run: RunFolder) -> None:
    manifest = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    assert "trained on its documents" not in page_of(run).text
    manifest["pipelines"]["finetuned"]["fingerprint"]["trained_on"] = "documents"
    (run.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "finetuned was trained on its documents, not on examples" in page_of(RunFolder.open(run.path)).text


def test_offsets_count_letters_however_wide(tmp_path: Path) -> None:
    text = "🚢🚢 A ship 🚢 sails at dawn.\n"
    start = text.index("sails")
    span = Evidence(document_id="ships", start=start, end=start + 13, text="sails at dawn")
    question = Question(id="q", user_input="When?", reference="at dawn", reference_contexts=(span,))
    documents = [Document(id="ships", title="Ships", text=text, source="ships.md")]
    data = page_of(sample.write_run(tmp_path, data=(documents, [question])), documents).data
    evidence = data["questions"][0]["evidence"][0]
    assert evidence["before"] + evidence["text"] + evidence["after"] == text
    rag = data["questions"][0]["trials"][1]
    for place, _ in rag["passages"]:
        _, begin, _, passage = data["passages"][place]
        assert passage[evidence["start"] - begin : evidence["end"] - begin] == "sails at dawn"


def test_without_the_documents_the_evidence_stands_alone(run: RunFolder) -> None:
    data = page_of(run).data
    assert data["questions"][0]["evidence"][0]["text"] == run.questions[0].reference_contexts[0].text
    assert data["documents"][0] == ["harbours-0", "harbours-0"]


def test_600_trials_make_less_than_two_megabytes(tmp_path: Path) -> None:
    run = sample.write_run(tmp_path, size=200)
    assert len(run.trials()) == 600
    assert build_report(run, sample.corpus(200)[0]).stat().st_size < 2_000_000


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunStorageError, match="holds no run"):
        build_report(tmp_path)


def test_the_old_page_stays_when_the_new_one_cannot_be_written(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build_report(run)
    before = path.read_bytes()

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eval.storage.os.fsync", full)
    with pytest.raises(RunStorageError, match="disk is full"):
        build_report(run, sample.corpus(40)[0])
    assert path.read_bytes() == before
    assert {each.name for each in run.path.iterdir()} == {
        "manifest.json",
        "questions.jsonl",
        "documents.jsonl",
        "journal.jsonl",
        path.name,
    }
