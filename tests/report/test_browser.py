"""The page in a real browser: what a reader clicks works, nothing leaves the machine, and no text runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import report_sample as sample
from playwright.sync_api import Browser, Page, expect

from eval.outcomes import is_right
from eval.replies import may_be_otherwise
from eval.report.build import build_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def errors() -> list[str]:
    """What the console complained of, and every request but the page itself."""
    return []


@pytest.fixture
def page(browser: Browser, run: Path, errors: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    watch(page, errors)
    page.goto(f"file://{run / 'report.html'}")
    yield page
    context.close()


def watch(page: Page, errors: list[str]) -> None:
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append("a dialog opened"))
    page.on("request", lambda request: None if request.is_navigation_request() else errors.append(request.url))


def facts() -> list[tuple[set[str], set[str]]]:
    """For each question: the filters that it passes, and the choices of kind that it passes."""
    documents, questions = sample.corpus(60)
    found = []
    for number, question in enumerate(questions):
        trials = [sample.trial(name, kind, question, documents, number) for name, kind in sample.KINDS.items()]
        passes = {"all"}
        if len({is_right(question, trial) for trial in trials}) > 1:
            passes.add("different")
        if any(trial.failure for trial in trials):
            passes.add("failed")
        if any(trial.abstained for trial in trials):
            passes.add("abstained")
        kinds = {"", *(f"tag:{tag}" for tag in question.tags)}
        if question.in_examples is not None:
            kinds.add("told" if question.in_examples else "untold")
        if any(may_be_otherwise(question, trial) for trial in trials):
            kinds.add("perhaps")
        found.append((passes, kinds))
    return found


def test_a_reply_that_may_be_a_refusal_is_marked_and_found(page: Page) -> None:
    page.locator("#tag").select_option("perhaps")
    assert shown(page) == sum("perhaps" in kinds for _, kinds in facts()) > 0
    marked = page.locator(".question").first.locator(".badge", has_text="perhaps a refusal")
    assert marked.first.is_visible()


def shown(page: Page) -> int:
    """How many questions pass, as the page says it."""
    status = page.locator("#status").inner_text()
    return 0 if status.startswith("No question passes") else int(status.split()[0])


def one_question(page: Page, question_id: str) -> None:
    """Waits for the page of one question: an address changes, and the page turns to it, a moment after the key."""
    expect(page).to_have_url(re.compile(f"#q={re.escape(question_id)}$"))
    expect(page.locator(".question")).to_have_count(1)
    expect(page.locator(".question")).to_have_attribute("data-id", question_id)


def test_it_opens_without_a_request_or_a_complaint(page: Page, errors: list[str]) -> None:
    page.locator("details").first.locator("summary").click()
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(300)
    assert page.locator(".question").count() > 0
    assert errors == []


@pytest.mark.parametrize("outcome", ["all", "different", "failed", "abstained"])
def test_filters_show_what_they_count(page: Page, outcome: str) -> None:
    wanted = sum(outcome in passes for passes, _ in facts())
    choice = page.locator(f"input[value={outcome}]")
    assert int(page.locator(".choice", has=choice).locator(".count").inner_text()) == wanted > 0
    choice.check()
    assert shown(page) == wanted
    while page.locator("#more").is_visible():
        page.evaluate("document.getElementById('more').click()")  # a click by mouse scrolls, which shows more as well
    assert page.locator(".question").count() == wanted


def test_filters_kinds_and_search_narrow_together(page: Page) -> None:
    kinds = page.locator("#tag option").evaluate_all("options => options.map(option => option.value)")
    assert set(kinds) == {kind for _, each in facts() for kind in each}
    page.locator("input[value=abstained]").check()
    for kind in kinds:
        page.locator("#tag").select_option(kind)
        wanted = sum("abstained" in passes and kind in each for passes, each in facts())
        assert shown(page) == wanted
        assert page.locator("#tag option:checked").inner_text().endswith(f"({wanted})")
    page.locator("#tag").select_option("")
    page.locator("input[value=all]").check()
    page.locator("#search").fill("HARBOUR-17 beacon")
    assert shown(page) == 1
    assert page.locator("input[value=all] ~ .count").inner_text() == "1"
    page.locator("#search").fill("nobody wrote this")
    assert shown(page) == 0
    page.locator("#search").fill("")
    assert shown(page) == 60


def test_questions_come_as_one_scrolls(page: Page) -> None:
    first = page.locator(".question").count()
    assert first < 60
    for _ in range(20):
        page.mouse.wheel(0, 30_000)
        page.wait_for_timeout(50)
    assert page.locator(".question").count() == 60
    assert page.locator("#more").is_hidden()


def test_a_link_leads_to_one_question_and_back(page: Page) -> None:
    page.locator(".question .about a").nth(3).click()
    one_question(page, "harbour-3")
    page.reload()
    assert page.locator(".question h3").inner_text() == "How often does the beacon of harbour 3 shine?"
    page.get_by_text("Show all 60").click()
    expect(page.locator("#status")).to_contain_text("60 of 60")
    page.evaluate("location.hash = '#q=not%20there'")
    expect(page.locator("#status")).to_contain_text("No question has the id not there")
    page.locator("input[value=different]").check()
    assert shown(page) == sum("different" in passes for passes, _ in facts())


def test_evidence_is_marked_in_its_document_and_in_the_passages(page: Page) -> None:
    documents, questions = sample.corpus(60)
    place, question = next(
        (place, each)
        for place, each in enumerate(questions)
        if (answer := sample.trial("rag-k4", "rag", each, documents, 0).answer)
        and each.reference_contexts
        and answer.retrieved_contexts[0].start > 0
    )
    page.goto(page.url + f"#q={question.id}")
    one_question(page, question.id)
    article = page.locator(".question")
    assert article.locator(".evidence mark").inner_text() == question.reference_contexts[0].text
    assert len(article.locator(".evidence blockquote").inner_text()) > len(question.reference_contexts[0].text)
    details = article.locator("details", has_text="with evidence")
    details.locator("summary").click()
    marks = details.locator(".passages mark").all_inner_texts()
    assert marks
    assert all(" ".join(mark.split()) in question.reference_contexts[0].text for mark in marks)
    assert place >= 0


def test_words_of_the_reference_are_marked_in_right_answers(page: Page) -> None:
    page.goto(page.url + "#q=harbour-0")
    one_question(page, "harbour-0")
    right = [answer for answer in page.locator(".answer").all() if answer.locator(".main").inner_text() > "0.9"]
    assert right
    for answer in right:
        assert {"3", "times", "minute"} <= set(answer.locator(".in-reference").all_inner_texts())


def test_all_of_it_can_be_done_with_the_keyboard(page: Page) -> None:
    page.locator("input[value=all]").focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == sum("different" in passes for passes, _ in facts())
    focus = page.locator(".choice:has(:focus-visible)").evaluate("node => getComputedStyle(node).outlineStyle")
    assert focus == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tag"
    page.keyboard.press("Tab")
    page.keyboard.type("harbour-4")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#q=harbour-4\d?$"))


def test_every_control_has_a_name(page: Page) -> None:
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, a, summary")]
            .filter((node) => !(node.labels?.length || node.textContent.trim() || node.getAttribute("aria-label")))
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(browser: Browser, run: Path, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 for all words, those in the plots among them."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"file://{run / 'report.html'}")
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", dark))) < 200) == (scheme == "dark")
    faint = page.evaluate(CONTRAST)
    context.close()
    assert faint == []


CONTRAST = """() => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || node.closest("script, style, noscript, .hidden")) continue;
    const style = getComputedStyle(node);
    const tones = [luminance(node.closest("svg") ? style.fill : style.color), luminance(behind(node))];
    tones.sort((one, other) => other - one);
    if ((tones[0] + 0.05) / (tones[1] + 0.05) < 4.5) faint.add(`${node.tagName}: ${text.data.slice(0, 40)}`);
  }
  return [...faint];
}"""


@pytest.mark.parametrize("width", [380, 800, 1600])
def test_no_width_makes_the_page_scroll_sideways(browser: Browser, run: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"file://{run / 'report.html'}")
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_hostile_text_is_shown_and_does_not_run(browser: Browser, tmp_path: Path, errors: list[str]) -> None:
    run, documents = sample.hostile_run(tmp_path)
    context = browser.new_context()
    page = context.new_page()
    watch(page, errors)
    page.goto(f"file://{build_report(run, documents)}")
    page.locator("#search").fill("<script>alert('x')</script>")
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    page.wait_for_timeout(200)
    seen = " ".join(sample.HOSTILE.split())
    assert seen in " ".join(page.locator(".question h3").first.inner_text().split())
    assert page.locator(".answer .response").first.inner_text().startswith("<script>")
    assert page.locator("#questions script, #questions img, main script, main img").count() == 0
    page.locator(".question .about a").first.click()
    expect(page.locator(".question")).to_have_count(1)
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))")
    context.close()
    complaints = [error for error in errors if "Content Security Policy" not in error]
    assert complaints == []
    assert len(errors) == 1  # the script that the test itself put in was refused


def test_printing_shows_the_questions_without_the_controls(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within margins of 10 mm
    table = page.locator(".summary")
    assert table.evaluate("node => node.scrollWidth") <= 718
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    widths = page.evaluate("[...document.querySelectorAll('.grid')].map((node) => node.scrollWidth)")
    assert len(widths) >= 6
    assert max(widths) <= 718
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = false; })")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".question").count() == 60
    assert page.locator(".filters").is_hidden()
    assert page.locator("nav").is_hidden()
    assert len(page.pdf()) > 10_000
