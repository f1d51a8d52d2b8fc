"""A run's every misfortune has a page too, and whatever text comes in stays text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import report_sample as sample
from report_page import page_of

from corpora.errors import RunStorageError
from corpora.leakage import Leakage, Pairs
from corpora.model import Document, Evidence, Question
from eval.exports import export
from eval.report.build import build_report
from eval.report.facts import what_was_run
from eval.run import RunFolder
from eval.summary import summarise
from eval.trial import Failure, Trial

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return sample.write_run(tmp_path, size=40)


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


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    run, documents = sample.hostile_run(tmp_path)
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
    run, documents = sample.hostile_run(tmp_path)
    raw = page_of(run, documents).raw["script"][0]
    assert not set("<>&\u2028\u2029") & set(raw)


def test_nothing_unknown_is_printed_as_none(tmp_path: Path) -> None:
    for number, cost in enumerate(({}, {"machine_per_hour": None}, {"machine_per_hour": None, "source": None})):
        run = sample.write_run(tmp_path / str(number), size=12, **cost)
        text, _, _yaml = page_of(run).text.partition("The whole configuration")  # YAML writes null for what is not set
        assert not re.search(r"\b(None|nan|NaN|null|undefined|inf)\b", text)


def test_unknown_costs_are_unknown_and_never_free(tmp_path: Path) -> None:
    page = page_of(sample.write_run(tmp_path, machine_per_hour=None, writing_per_example=None))
    assert "Costs are unknown: give the prices under `cost` in bakeoff.yaml." in page.text
    assert "$0" not in page.text
    assert "Correctness against cost" not in page.text
    assert "Correctness against time" in page.text
    assert page.data["costs"] == ["unknown"]


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
    (name, *_) = run.manifest.pipelines
    told = f"40 of 40 trials of {name} failed; mostly so: The engine cannot be reached."
    assert told in page.text
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
    run.manifest = run.manifest.model_copy(update={"finished": None})
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


def test_near_pairs_that_were_let_pass_are_told() -> None:
    seen = Leakage(
        examples=Pairs(compared=1200, exact=0, near=7, nearest=91.2),
        splits=Pairs(compared=0, exact=0, near=0, nearest=None),
        in_documents=(),
        in_question=(),
        telling_examples=2,
    )
    manifest = sample.manifest(sample.KINDS, 30).model_copy(update={"leakage": seen})
    (part,) = (part for part in what_was_run(manifest) if part.title == "Fair comparison")
    told = dict(part.entries)["questions in examples"].replace("\u202f", " ")
    assert told == "1 200 pairs compared, 0 the same, 7 near and not refused, the nearest at 91 %"
