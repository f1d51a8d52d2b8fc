"""The files for other programs, and two runs against each other."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from eval_fakes import Config, FakePipeline, manifest, new_run, question, scored, trial

from corpora.errors import RunError, RunStorageError
from corpora.model import Question
from eval.compare import compare_runs, comparison_table
from eval.exports import ReportFile, export, summary_markdown, trials_csv
from eval.labels.agreement import Figure
from eval.labels.standing import Standing
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS, METRICS
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.run import RunFolder
from eval.summary import summarise
from eval.table import overview
from eval.trial import Failure, Score, Trial
from service.baking import show_comparison

QUESTIONS = tuple(question(n) for n in range(10))


def baked(
    runs: Path,
    values: dict[str, list[float]],
    seed: int = 0,
    questions: tuple[Question, ...] = QUESTIONS,
) -> RunFolder:
    config = Config(evaluation=EvaluationOptions(resamples=300, seed=seed), cost=Prices(machine_per_hour=1))
    run = new_run(runs, questions, {name: FakePipeline(name, str) for name in values}, config)
    with run.journal() as journal:
        for name, row in values.items():
            for each in scored(name, row):
                journal.append(each.model_copy(update={"machine_seconds": 1.0}))
    run.finish()
    return run


def test_the_files_hold_the_run(tmp_path: Path) -> None:
    run = baked(tmp_path, {"rag": [1.0] * 10, "zero": [0.0] * 10})
    summary = summarise(run.manifest, run.questions, run.trials())
    export(run, summary)
    report = ReportFile.model_validate_json((run.path / "report.json").read_bytes())
    assert (report.manifest, report.summary) == (run.manifest, summary)
    lines = (run.path / "trials.jsonl").read_text().splitlines()
    assert tuple(Trial.model_validate(json.loads(line)) for line in lines) == run.trials()
    rows = list(csv.DictReader(io.StringIO((run.path / "trials.csv").read_text())))
    assert len(rows) == 20
    assert {row["correctness"] for row in rows if row["pipeline"] == "rag"} == {"1.0"}
    assert float(rows[0]["cost"]) == pytest.approx(1 / 3600)
    page = (run.path / "summary.md").read_text()
    assert summary.verdict.headline in page
    assert "| rag | 1.00 (" in page
    advice = summary.verdict.recommendation
    assert page.index(summary.verdict.headline) < page.index(advice.sentence) < page.index("- Freshness: ")
    for reason in advice.reasons:
        assert f"- {reason.rule}: {reason.sentence}" in page


def test_an_export_that_cannot_be_written_says_how_it_is_written_again(tmp_path: Path) -> None:
    run = baked(tmp_path, {"rag": [1.0] * 10})
    (run.path / "report.json").mkdir()
    with pytest.raises(RunStorageError) as raised:
        export(run, summarise(run.manifest, run.questions, run.trials()))
    assert "`bakeoff report`" in raised.value.remedy


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_a_spreadsheet_runs_no_answer(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(trials_csv([trial(text=text)], QUESTIONS, Prices()), newline=""))
    assert row["response"] == f"'{text}"


def test_a_failed_trial_is_a_row_with_its_error_and_empty_numbers() -> None:
    failed = trial(failure=Failure(code="engine-error", message='It is down, "really"\nand truly'))
    (row,) = csv.DictReader(io.StringIO(trials_csv([failed], QUESTIONS, Prices(machine_per_hour=1)), newline=""))
    assert row["failure"] == 'It is down, "really"\nand truly'
    assert (row["response"], row["e2el"], row["cost"]) == ("", "", "")


def test_no_trial_is_a_file_without_rows() -> None:
    assert trials_csv([], QUESTIONS, Prices()).strip() == ""


def test_what_is_unknown_is_called_so_and_what_does_not_apply_is_a_dash() -> None:
    head = manifest(QUESTIONS, {"rag": FakePipeline("rag", str)})
    summary = summarise(head, QUESTIONS, [trial(failure=Failure(code="engine-error", message="down"))])
    table = overview(summary)
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["Cost per query"] == row["Answer"] == "unknown"
    assert row["Made up"] == "–"
    page = summary_markdown(head, summary)
    assert "Costs are unknown" in page
    assert "The run is not finished: 9 answers are missing." in page


def test_a_judges_scores_come_with_what_the_judge_is_worth() -> None:
    head = manifest(QUESTIONS, {"rag": FakePipeline("rag", str)})
    summary = summarise(head, QUESTIONS, scored("rag", [1.0] * 10, "judged_accuracy"))
    assert "Correctness (judge): Nobody has compared it with people." in summary_markdown(head, summary)
    known = Standing(
        metric="judged_accuracy",
        data="EVOUNA NQ",
        answers=40,
        auroc=Figure(value=0.61, low=0.5, high=0.7),
    )
    checked = summary_markdown(head.model_copy(update={"judge_standings": (known,)}), summary)
    assert "Beside people, on EVOUNA NQ: AUROC 0.610 (0.500 to 0.700), whether it is better" in checked


def test_a_judges_scores_of_any_pipeline_are_told_of() -> None:
    head = manifest(QUESTIONS, {"plain": FakePipeline("plain", str), "rag": FakePipeline("rag", str)})
    trials = [*scored("plain", [1.0] * 10), *scored("rag", [1.0] * 10, "judged_faithfulness_shown")]
    told = f"{METRICS['judged_faithfulness_shown'].title}: Nobody has compared it with people."
    assert told in summary_markdown(head, summarise(head, QUESTIONS, trials))


def test_the_page_says_how_often_questions_were_asked_and_which_times_are_medians() -> None:
    for repeat, told in ((1, "split `test`, of which"), (4, "split `test`, each asked 4 times, of which")):
        options = EvaluationOptions(repeat=repeat, resamples=200)
        head = manifest(QUESTIONS, {"a": FakePipeline("a", str)}, Config(evaluation=options))
        page = summary_markdown(head, summarise(head, QUESTIONS, scored("a", [1.0] * 10)))
        assert told in page
        assert "First token and answer: medians" in page


def test_questions_without_tags_have_no_table_by_kind() -> None:
    plain = tuple(each.model_copy(update={"tags": ()}) for each in QUESTIONS)
    for questions, there in ((QUESTIONS, True), (plain, False)):
        head = manifest(questions, {"a": FakePipeline("a", str)}, Config())
        page = summary_markdown(head, summarise(head, questions, scored("a", [1.0] * 10)))
        assert ("## Correctness by kind of question" in page) is there


def test_names_cannot_break_the_table() -> None:
    head = manifest(QUESTIONS, {"a|b\n<script>": FakePipeline("x", str)})
    page = overview(summarise(head, QUESTIONS, [])).markdown()
    assert "<script>" not in page
    assert "a\\|b &lt;script>" in page
    assert "<script>" not in summary_markdown(head, summarise(head, QUESTIONS, []))


def test_two_runs_are_compared_on_their_common_questions(tmp_path: Path) -> None:
    a = baked(tmp_path, {"rag": [0.0] * 10, "old": [1.0] * 10})
    changed = (QUESTIONS[0].model_copy(update={"user_input": "Something else?"}), *QUESTIONS[1:])
    b = baked(tmp_path, {"rag": [1.0] * 10, "new": [1.0] * 10}, seed=3, questions=changed)
    comparison = compare_runs(a, b)
    assert comparison.questions == 9
    assert comparison.apart == ("new", "old")
    assert {"evaluation.seed", "the corpus"} <= set(comparison.changed)
    assert not {"pipeline old", "pipeline new"} & set(comparison.changed)  # they are apart
    (change,) = comparison.changes
    assert (change.pipeline, change.metric) == ("rag", "correctness")
    assert (change.paired.estimate.mean, change.paired.estimate.n, change.paired.estimate.clear_of_zero) == (1, 9, True)
    assert comparison_table(comparison).rows[0][0] == "rag"
    assert comparison_table(comparison).rows[0][-2] == "not shown"  # nine questions, however clear


def test_what_differs_between_two_runs_is_said_to_hold_on_their_few_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tuple(question(n) for n in range(24))
    a, b, c = (
        baked(tmp_path / str(n), {"rag": [score] * 24}, n, asked) for n, score in enumerate((0.0, 1.0, 1.0), start=1)
    )
    show_comparison(a.path, b.path)
    assert "That is on this one document: of others it tells little." in " ".join(capsys.readouterr().out.split())
    show_comparison(b.path, c.path)
    assert "of others it tells little" not in " ".join(capsys.readouterr().out.split())


def test_what_failures_alone_make_is_called_no_difference_in_any_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tuple(question(n) for n in range(40))
    a, b = (baked(tmp_path / name, {"rag": [1.0] * 40}, questions=asked) for name in "ab")
    metrics = (CORRECTNESS, "token_recall")
    for run, failures in ((a, 0), (b, 16)):
        down = {"answer": None, "failure": Failure(code="engine-error", message="down")}
        lines = []
        for n, each in enumerate(run.trials()):
            value = float(n >= failures)
            scores = {name: Score(value=value, status="scored" if value else "failed") for name in metrics}
            lines.append(each.model_copy(update={"scores": scores, **({} if value else down)}).model_dump_json() + "\n")
        (run.path / "journal.jsonl").write_text("".join(lines), encoding="utf-8")
    comparison = compare_runs(a, b)
    told = {each.metric: comparison.different(each) for each in comparison.changes}
    assert told == dict.fromkeys(metrics, "in doubt")
    show_comparison(a.path, b.path)
    told = " ".join(capsys.readouterr().out.split())
    assert "failed 16 of 40 times, which counts as wrong: what it would have said nobody knows." in told
    assert "But rag failed on 16 questions in one run or in both, and on the others its scores do not differ." in told
    assert "of others it tells little" not in told


def test_questions_are_on_the_documents_that_either_run_knows_of(tmp_path: Path) -> None:
    """One of an earlier version knows of no nearest ones."""
    bare = [question(n).model_copy(update={"reference_contexts": ()}) for n in range(24)]
    near = [each.model_copy(update={"nearest_document": f"d{n // 2}"}) for n, each in enumerate(bare)]
    scores = [float(n % 4 > 1) for n in range(24)]  # two questions of one document are alike
    runs = {
        name: (
            baked(tmp_path / name, {"rag": [0.0] * 24}, questions=tuple(asked)),
            baked(tmp_path / f"{name} again", {"rag": scores}, seed=3, questions=tuple(asked)),
        )
        for name, asked in (("bare", bare), ("near", near))
    }
    found = [
        compare_runs(*pair).changes[0].paired.estimate
        for pair in (runs["near"], (runs["near"][0], runs["bare"][1]), (runs["bare"][0], runs["near"][1]), runs["bare"])
    ]
    assert found[0] == found[1] == found[2]
    assert found[0] != found[3]


def test_questions_whose_right_answers_changed_are_not_the_same(tmp_path: Path) -> None:
    """The same answers, which were right by nobody's reference before an alias was added."""
    added = QUESTIONS[0].model_copy(update={"reference_aliases": ("Something.",)})
    a = baked(tmp_path, {"rag": [0.0] * 10})
    b = baked(tmp_path, {"rag": [1.0] + [0.0] * 9}, seed=3, questions=(added, *QUESTIONS[1:]))
    comparison = compare_runs(a, b)
    assert (comparison.questions, comparison.changes[0].paired.estimate.mean) == (9, 0.0)


def test_runs_without_a_scored_answer_in_common_are_not_compared(tmp_path: Path) -> None:
    a, b = (baked(tmp_path, {"rag": [1.0] * 10}, seed) for seed in (0, 3))
    unscored = [each.model_copy(update={"scores": {}}) for each in a.trials()]
    (a.path / "journal.jsonl").write_text("".join(each.model_dump_json() + "\n" for each in unscored), encoding="utf-8")
    with pytest.raises(RunError, match="no scored answer to the same question"):
        compare_runs(RunFolder.open(a.path), b)


def test_changes_of_many_pipelines_are_corrected_together(tmp_path: Path) -> None:
    """One of five gains on six of ten questions: a sign test's p is .03, and no longer small after Holm."""
    names = [f"p{n}" for n in range(5)]
    a = baked(tmp_path, {name: [0.0] * 10 for name in names})
    b = baked(tmp_path, {name: [1.0] * 6 + [0.0] * 4 if name == "p0" else [1.0] * 5 + [0.0] * 5 for name in names}, 3)
    first = compare_runs(a, b).changes[0].paired
    assert first.p == pytest.approx(2 / 64, abs=0.01)
    assert first.adjusted is not None
    assert first.adjusted > 0.05
    assert comparison_table(compare_runs(a, b)).rows[0][-2] == "not shown"
    alone = compare_runs(baked(tmp_path, {"p0": [0.0] * 10}), baked(tmp_path, {"p0": [1.0] * 6 + [0.0] * 4}, 3))
    assert comparison_table(alone).rows[0][-2] == "yes"


def worded(runs: Path, seed: int, questions: Sequence[Question], texts: Sequence[str]) -> RunFolder:
    """A run in which one pipeline gave these answers."""
    config = Config(evaluation=EvaluationOptions(resamples=300, seed=seed))
    run = new_run(runs, questions, {"rag": FakePipeline("rag", str)}, config)
    with run.journal() as journal:
        for each, text in zip(questions, texts, strict=True):
            score = Score(value=correctness(each.reference or "", text), status="scored")
            journal.append(trial(question_id=each.id, text=text, scores={CORRECTNESS: score}))
    run.finish()
    return run


def test_a_change_that_earns_parts_of_wrong_sentences_is_in_doubt(tmp_path: Path) -> None:
    """As many are right after it, in a sentence; and a wrong sentence has nearly half of the words of a right one."""
    told = "The harbour keeps its logs in cold storage for {} days."
    questions = [question(n).model_copy(update={"reference": told.format(n)}) for n in range(40)]
    brief = worded(tmp_path, 0, questions, [f"{n} days" if n < 8 else "bananas" for n in range(40)])
    whole = worded(tmp_path, 1, questions, [told.format(n if n < 8 else 99) for n in range(40)])
    change = compare_runs(brief, whole).changes[0]
    assert change.paired.differs(0.95)
    assert (change.paired.estimate.low or 0.0) > 0.2  # more than the eight that may be right would earn
    assert change.paired.worst_right
    assert change.paired.worst_right.estimate.mean == 0
    assert change.doubt


def test_a_change_that_may_be_of_length_alone_is_in_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same pipeline, told to answer briefly: as right as before, and its words are too few to count."""
    told = "The harbour keeps its logs in cold storage for {} days."
    questions = [question(n).model_copy(update={"reference": told.format(n)}) for n in range(12)]

    def answered(seed: int, text: str) -> RunFolder:
        return worded(tmp_path, seed, questions, [text.format(n) for n in range(12)])

    whole, brief, wrong = answered(0, told), answered(1, "{} days"), answered(2, "bananas")
    for first, second in ((whole, brief), (brief, whole)):
        comparison = compare_runs(first, second)
        (change,) = comparison.changes
        assert change.doubt
        assert f" rag in {brief.manifest.run_id}" in change.doubt
        assert comparison_table(comparison).rows[0][-2] == "in doubt"
    show_comparison(brief.path, whole.path)
    assert " ".join(change.doubt.split()) in " ".join(capsys.readouterr().out.split())
    clear = compare_runs(whole, wrong)
    assert (clear.changes[0].doubt, comparison_table(clear).rows[0][-2]) == (None, "yes")


def test_what_is_minus_what_is_legible_in_eighty_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.terminal.console.width", 80)
    a, b = (baked(tmp_path, {"finetuned": [value] * 10}, seed) for seed, value in ((0, 0.0), (3, 1.0)))
    show_comparison(a.path, b.path)
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == f"B minus A: {b.manifest.run_id} − {a.manifest.run_id}"
    assert any(" B − A " in row for row in rows)
    assert any("finetuned" in row and "+1.00" in row for row in rows)


def test_runs_without_anything_in_common_are_not_compared(tmp_path: Path) -> None:
    a = baked(tmp_path, {"rag": [0.0] * 10})
    with pytest.raises(RunError, match="no pipeline in common"):
        compare_runs(a, baked(tmp_path, {"other": [0.0] * 10}))
    with pytest.raises(RunError, match=rf"{a.manifest.run_id} \(split test\) and .* have no question in common"):
        compare_runs(a, baked(tmp_path, {"rag": [0.0]}, questions=(question(99),)))


def test_a_run_that_is_not_finished_is_not_compared(tmp_path: Path) -> None:
    done = baked(tmp_path, {"rag": [1.0] * 10})
    begun = new_run(tmp_path, QUESTIONS, {"rag": FakePipeline("rag", str)})
    with pytest.raises(RunError, match=rf"{begun.manifest.run_id} is not finished\. Finish it with: .*--resume"):
        compare_runs(done, begun)


def test_a_run_that_lost_questions_is_told_when_it_is_opened(tmp_path: Path) -> None:
    run = baked(tmp_path, {"rag": [1.0] * 10})
    lines = (run.path / "questions.jsonl").read_bytes().splitlines(keepends=True)
    (run.path / "questions.jsonl").write_bytes(b"".join(lines[:-1]))
    with pytest.raises(RunStorageError, match="9 questions in place of 10"):
        RunFolder.open(run.path)
