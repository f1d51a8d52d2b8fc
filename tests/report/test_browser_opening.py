"""What a reader sees first: the order on a narrow screen, and lines that end where they should."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_sample as sample
from playwright.sync_api import Browser

from eval.report.build import build_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_on_a_telephone_the_picture_comes_before_the_notes(browser: Browser, run: Path) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800})
    page = context.new_page()
    page.goto(f"file://{run / 'report.html'}")
    order = ["h1", ".advice", ".opening svg", ".findings", ".notes", ".expected"]
    tops = [page.locator(each).first.evaluate("node => node.getBoundingClientRect().top") for each in order]
    assert tops == sorted(tops)
    assert tops[2] < 800
    context.close()


def test_no_line_ends_between_a_sign_and_its_number(browser: Browser, tmp_path: Path) -> None:
    two = sample.write_run(tmp_path, size=60, kinds={"zero-shot": "prompting", "rag-k4": "rag"})  # one is cheaper
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"file://{build_report(two)}")
    assert "−\u2060$" in page.locator(".findings").inner_text()
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    seen = 0
    for width in range(320, 480, 8):
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate(SIGNS)
        seen += found["seen"]
        assert found["broken"] == []
    assert seen > 50
    context.close()


SIGNS = """() => {
  const broken = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.querySelector(".opening"), NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    for (const match of text.data.matchAll(/[−+]\\S*\\d\\S*/g)) {
      const range = document.createRange();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
      seen += 1;
      if (lines.size > 1) broken.push(match[0]);
    }
  }
  return { broken, seen };
}"""
