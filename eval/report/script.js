// Every answer of the run, rendered as it scrolls into view. Data reaches the page as text nodes only, never as markup.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const list = document.getElementById("questions");
const more = document.getElementById("more");
const status = document.getElementById("status");
const search = document.getElementById("search");
const tag = document.getElementById("tag");
const outcomes = [...document.querySelectorAll("input[name=outcome]")];
const PAGE = 10;
const PRINTED = 200;

// ---- small helpers

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

const number = (value) => (value === null ? "–" : value.toFixed(2));

function seconds(value) {
  if (value < 0.00995) return `${(value * 1000).toFixed(1)} ms`;
  return value < 0.9995 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 9.995 ? 2 : 1)} s`;
}

const grouped = (amount) => amount.toLocaleString("en").replaceAll(",", "\u202f");
const count = (amount, one, many) => `${grouped(amount)} ${amount === 1 ? one : many}`;

function lazyDetails(summary, build) {
  const node = el("details", null, el("summary", null, summary));
  node.addEventListener("toggle", () => {
    if (node.open && node.childElementCount === 1) node.append(build());
  });
  return node;
}

// ---- the words that an answer shares with the reference and with the evidence

const HAN = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const WORD = new RegExp(`[${HAN}]|\\d+(?:[.,]\\d+)*|(?:(?![${HAN}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
const ARTICLES = new Set(["a", "an", "the"]);

const fold = (word) => word.normalize("NFKC").toLowerCase().replace(/(\d),(?=\d)/g, "$1");

function wordsOf(texts, telling) {
  const found = texts.flatMap((text) => text.match(WORD) || []).map(fold);
  return new Set(found.filter((word) => !ARTICLES.has(word) && (!telling || word.length > 3 || /[\d\u3040-\uffff]/.test(word))));
}

function marked(text, question) {
  const reference = wordsOf(question.reference === null ? [] : [question.reference], false);
  const evidence = wordsOf(question.evidence.map((span) => span.text), true);
  const node = el("p", { class: "response", dir: "auto" });
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    const word = fold(match[0]);
    const kind = reference.has(word) ? "in-reference" : evidence.has(word) ? "in-evidence" : null;
    if (!kind) continue;
    node.append(text.slice(end, match.index), el("span", { class: kind }, match[0]));
    end = match.index + match[0].length;
  }
  node.append(text.slice(end));
  return node;
}

// ---- one question

function render(question) {
  const link = el("a", { href: `#q=${encodeURIComponent(question.id)}`, "aria-label": `Link to question ${question.id}` }, question.id);
  const facts = [...question.tags];
  if (question.told !== null) facts.push(question.told ? "told in the training examples" : "not in the training examples");
  return el(
    "article",
    { class: "question", "data-id": question.id },
    el("p", { class: "about" }, link, ...facts.map((fact) => el("span", null, fact))),
    el("h3", { dir: "auto" }, question.text),
    reference(question),
    ...question.evidence.map(evidence),
    el("div", { class: "answers" }, ...question.trials.map((trial, index) => answer(trial, index, question))),
  );
}

function reference(question) {
  if (question.reference === null) return el("p", { class: "reference" }, el("b", null, "No answer in the documents. "), "The right reply is to say so.");
  const others = question.aliases.length ? el("span", { class: "quiet" }, ` or ${question.aliases.join(", or ")}`) : null;
  return el("p", { class: "reference", dir: "auto" }, el("b", null, "Reference: "), question.reference, others);
}

function evidence(span) {
  const [id, title] = data.documents[span.document];
  return el(
    "figure",
    { class: "evidence" },
    el("blockquote", { dir: "auto" }, span.before, el("mark", null, span.text), span.after),
    el("figcaption", null, `Evidence, from ${title}`, title === id ? null : el("span", { class: "quiet" }, ` (${id})`)),
  );
}

function answer(trial, index, question) {
  const name = el("h4", null, el("span", { class: `swatch p${index % 8}`, "aria-hidden": "true" }), data.pipelines[index]);
  if (trial === null) return el("section", { class: "answer" }, el("header", null, name), el("p", { class: "quiet" }, "Not asked."));
  const badges = badgesOf(trial, question).map(([kind, text]) => el("span", { class: `badge ${kind}` }, text));
  const correctness = scoreOf(trial, 0)?.value ?? null;
  const head = el("header", null, name, correctness === null ? null : el("span", { class: "main", title: data.metrics[0] }, number(correctness)));
  if (trial.failure) {
    const [code, message] = trial.failure;
    return el("section", { class: "answer" }, head, el("p", { class: "badges" }, ...badges), el("p", { class: "failure", dir: "auto" }, `${message} (${code})`));
  }
  return el(
    "section",
    { class: "answer" },
    head,
    badges.length ? el("p", { class: "badges" }, ...badges) : null,
    trial.text.trim() ? marked(trial.text, question) : el("p", { class: "quiet" }, "An empty answer."),
    el("p", { class: "quiet" }, `${seconds(trial.timing[1])}, ${count(trial.usage[0], "token", "tokens")} in, ${grouped(trial.usage[2])} out`),
    trial.passages ? lazyDetails(passagesTitle(trial, question), () => passages(trial, question)) : null,
    lazyDetails("Scores, tokens, time", () => particulars(trial)),
  );
}

function scoreOf(trial, index) {
  const score = trial.scores[index];
  if (score === null || score === undefined) return null;
  if (typeof score === "number") return { state: "scored", value: score, reason: null };
  const [state, value, reason] = score;
  return { state, value, reason };
}

function said({ state, value, reason }) {
  if (state === "scored") return number(value);
  return `${value === null ? "" : `${number(value)}, `}${state}${reason ? `: ${reason}` : ""}`;
}

function badgesOf(trial, question) {
  const badges = [];
  if (trial.failure) badges.push(["bad", "failed"]);
  else if (trial.abstained) badges.push(question.reference === null ? ["good", "abstained, rightly"] : ["bad", "abstained"]);
  else if (question.reference === null) badges.push(["bad", "made up"]);
  if (trial.perhaps) badges.push(["plain", trial.abstained ? "perhaps made up" : "perhaps a refusal"]);
  if (trial.cached) badges.push(["plain", "cached"]);
  if (trial.cut) badges.push(["plain", "cut off at the token limit"]);
  return badges;
}

function particulars(trial) {
  const [prompt, cached, completion] = trial.usage;
  const [ttft, e2el, retrieval] = trial.timing;
  const facts = [
    ...data.metrics.map((title, index) => [title, scoreOf(trial, index)]).filter(([, score]) => score).map(([title, score]) => [title, said(score)]),
    ["Prompt tokens", cached ? `${grouped(prompt)}, ${grouped(cached)} of them cached` : grouped(prompt)],
    ["Answer tokens", grouped(completion)],
    ["First token (ttft)", seconds(ttft)],
    ["Answer (e2el)", seconds(e2el)],
    ...(retrieval ? [["Retrieval", seconds(retrieval)], ["Generation", seconds(e2el - retrieval)]] : []),
    ["Cost", data.costs[trial.cost]],
    ["Model", data.models[trial.model]],
  ];
  if (trial.cached) facts.push(["Cached", "answered in an earlier run; the times are those of that run"]);
  return el("dl", null, ...facts.flatMap(([term, text]) => [el("dt", null, term), el("dd", null, text)]));
}

// ---- passages, with the evidence in them; offsets count code points, as Python's do

function overlaps(passage, question) {
  const [document, start, end] = passage;
  return question.evidence
    .filter((span) => span.document === document && span.start < end && start < span.end)
    .map((span) => [Math.max(span.start, start) - start, Math.min(span.end, end) - start])
    .sort((one, other) => one[0] - other[0]);
}

function passagesTitle(trial, question) {
  const holding = trial.passages.filter(([index]) => overlaps(data.passages[index], question).length).length;
  const shown = count(trial.passages.length, "passage shown", "passages shown");
  if (!question.evidence.length) return shown;
  return `${shown}, ${holding || "none"} with evidence`;
}

function passages(trial, question) {
  return el("ol", { class: "passages" }, ...trial.passages.map(([index, score]) => {
    const passage = data.passages[index];
    const letters = Array.from(passage[3]);
    const text = el("p", { dir: "auto" });
    let at = 0;
    for (const [start, end] of overlaps(passage, question)) {
      if (end <= at) continue;
      text.append(letters.slice(at, start).join(""), el("mark", null, letters.slice(Math.max(at, start), end).join("")));
      at = end;
    }
    text.append(letters.slice(at).join(""));
    const title = el("b", null, data.documents[passage[0]][1]);
    return el("li", null, el("p", { class: "quiet" }, title, score === null ? "" : ` score ${score.toFixed(3)}`), text);
  }));
}

// ---- filters and search

const TESTS = {
  all: () => true,
  different: (question) => question.different,
  failed: (question) => question.trials.some((trial) => trial && trial.failure),
  abstained: (question) => question.trials.some((trial) => trial && trial.abstained),
};

const tagsOf = (question) => [
  ...question.tags.map((each) => `tag:${each}`),
  ...(question.told === null ? [] : [question.told ? "told" : "untold"]),
  ...(question.trials.some((trial) => trial && trial.perhaps) ? ["perhaps"] : []),
];

let haystacks = null;

function haystack(index) {
  haystacks ||= data.questions.map((question) =>
    [question.id, question.text, question.reference || "", ...question.aliases, ...question.trials.map((trial) => (trial ? (trial.failure ? trial.failure.join(" ") : trial.text) : ""))]
      .join("\n").normalize("NFKC").toLowerCase(),
  );
  return haystacks[index];
}

let shown = []; // the questions that pass, in the run's order
let rendered = 0;

function pinned() {
  const match = /^#q=(.*)$/.exec(location.hash);
  if (!match) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return match[1];
  }
}

function update() {
  const id = pinned();
  const outcome = outcomes.find((input) => input.checked).value;
  const wanted = search.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const found = data.questions.filter((_, index) => wanted.every((word) => haystack(index).includes(word)));
  const passes = (question) => TESTS[outcome](question) && (!tag.value || tagsOf(question).includes(tag.value));
  shown = id === null ? found.filter(passes) : data.questions.filter((question) => question.id === id);
  showCounts(found, outcome);
  list.replaceChildren();
  rendered = 0;
  append(PAGE);
}

function showCounts(found, outcome) {
  const ofTag = found.filter((question) => !tag.value || tagsOf(question).includes(tag.value));
  for (const input of outcomes) {
    const amount = ofTag.filter(TESTS[input.value]).length;
    input.parentElement.querySelector(".count").textContent = grouped(amount);
  }
  const ofOutcome = found.filter(TESTS[outcome]);
  const counts = new Map();
  for (const question of ofOutcome) for (const each of tagsOf(question)) counts.set(each, (counts.get(each) || 0) + 1);
  for (const option of tag.options) {
    const amount = option.value ? counts.get(option.value) || 0 : ofOutcome.length;
    option.textContent = `${option.dataset.label} (${grouped(amount)})`;
  }
}

function append(amount) {
  list.append(...shown.slice(rendered, rendered + amount).map(render));
  rendered = Math.min(rendered + amount, shown.length);
  more.hidden = rendered === shown.length;
  more.textContent = `Show ${Math.min(PAGE, shown.length - rendered)} more`;
  tell();
}

function tell() {
  const total = grouped(data.questions.length);
  status.replaceChildren();
  if (pinned() !== null) {
    const all = el("a", { href: "#answers" }, `Show all ${total}`);
    status.append(shown.length ? "One question. " : `No question has the id ${pinned()}. `, all);
  } else if (!shown.length) {
    status.append("No question passes. Choose All, or search for less.");
  } else {
    status.append(`${grouped(shown.length)} of ${count(data.questions.length, "question", "questions")}`);
  }
}

for (const input of [...outcomes, tag]) input.addEventListener("change", change);
search.addEventListener("input", change);

function change() {
  if (pinned() !== null) history.replaceState(null, "", "#answers");
  update();
}

more.addEventListener("click", () => {
  const next = rendered;
  append(PAGE);
  list.children[next]?.querySelector("a").focus({ preventScroll: true });
});
new IntersectionObserver((entries) => {
  if (entries[0].isIntersecting && !more.hidden) append(PAGE);
}, { rootMargin: "800px" }).observe(more);

let wasPinned = pinned() !== null;
addEventListener("hashchange", () => {
  if (wasPinned || pinned() !== null) update();
  wasPinned = pinned() !== null;
  if (wasPinned) document.getElementById("answers").scrollIntoView();
});
addEventListener("beforeprint", () => append(PRINTED - rendered));

document.getElementById("explorer").hidden = false;
update();
if (wasPinned) document.getElementById("answers").scrollIntoView();
