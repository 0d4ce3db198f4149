// The review page's script: it says what a person did, and shows what the server makes of it. Nothing else is decided here.
"use strict";

const main = document.getElementById("main");
const told = document.getElementById("told");
let changing = null; // the value that is being changed

const report = () => document.getElementById("report");
const values = () => [...main.querySelectorAll("li.value")];
const current = () => document.activeElement && document.activeElement.closest("li.value");

function spanOf(item) {
  const at = (name) => (item.dataset[name] === undefined ? null : Number(item.dataset[name]));
  return { value: item.dataset.value, char_start: at("start"), char_end: at("end") };
}

// Offsets are counted in code points, as the database has them.
const points = (text) => [...text].length;

function selected() {
  const selection = window.getSelection();
  const text = document.getElementById("text");
  if (!text || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.commonAncestorContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const start = points(before.toString());
  const value = range.toString();
  return { value, char_start: start, char_end: start + points(value) };
}

function typed(value) {
  const text = document.getElementById("text").textContent;
  const taken = new Set(values().map((item) => item.dataset.start));
  let found = -1;
  for (let at = text.indexOf(value); value && at >= 0; at = text.indexOf(value, at + 1)) {
    const start = points(text.slice(0, at));
    if (found < 0) found = start;
    if (!taken.has(String(start))) { found = start; break; }
  }
  return found < 0 ? null : { value, char_start: found, char_end: found + points(value) };
}

async function act(body) {
  const { report: id, query } = report().dataset;
  const place = values().indexOf(current());
  let answer;
  try {
    answer = await fetch(`/report/${id}/act?${query}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    told.textContent = "crimeetl review does not answer; start it again: what it acknowledged is kept";
    return;
  }
  if (!answer.ok) {
    const kind = answer.headers.get("Content-Type") || "";
    told.textContent = kind.includes("json") ? (await answer.json()).error : `not stored (${answer.status})`;
    return;
  }
  const scroll = document.getElementById("text").scrollTop;
  main.innerHTML = await answer.text();
  document.getElementById("text").scrollTop = scroll;
  told.textContent = { accepted: "accepted", rejected: "rejected", changed: "changed", added: "added",
    absent: "not stated", done: "done", reopened: "open again", undone: "taken back" }[body.verdict];
  if (body.verdict === "done") {
    window.location.assign(`/next?${query}&after=${id}`);
    return;
  }
  const moved = body.verdict === "accepted" ? place + 1 : place;
  if (place >= 0 && values().length) values()[Math.min(moved, values().length - 1)].focus();
  main.dispatchEvent(new CustomEvent("acted"));
}

function openPicker(type, item) {
  changing = item || null;
  const span = selected();
  const picker = document.getElementById("picker");
  const [typeField, valueField] = [document.getElementById("picked-type"), document.getElementById("picked-value")];
  typeField.value = type || (item ? item.dataset.type : "");
  typeField.readOnly = Boolean(item);
  valueField.value = span ? span.value : item ? item.dataset.value : "";
  picker.span = span;
  document.getElementById("pick").firstChild.textContent = item ? "Change " : "Add ";
  picker.showModal();
  offerChoices();
  (typeField.value ? valueField : typeField).focus();
}

function choicesOf(type) {
  const option = [...document.querySelectorAll("#types option")].find((one) => one.value === type);
  return option && option.dataset.choices ? option.dataset.choices.split("|") : [];
}

function offerChoices() {
  const list = document.getElementById("choices");
  list.replaceChildren(...choicesOf(document.getElementById("picked-type").value).map((choice) => new Option(choice)));
  document.getElementById("picked-value").setAttribute("list", list.children.length ? "choices" : "");
}

function pick() {
  const picker = document.getElementById("picker");
  const type = document.getElementById("picked-type").value.trim();
  const value = document.getElementById("picked-value").value;
  const isChoice = choicesOf(type).length > 0;
  const isSelected = picker.span && picker.span.value === value;
  const span = isChoice ? { value, char_start: null, char_end: null } : isSelected ? picker.span : typed(value.trim());
  if (!span) {
    told.textContent = "the report does not have these words; select them in the text";
    return;
  }
  if (changing) act({ verdict: "changed", entity_type: type, old: spanOf(changing), new: span });
  else act({ verdict: "added", entity_type: type, new: span });
}

function press(button) {
  const item = button.closest("li.value");
  const type = button.dataset.type || (item && item.dataset.type) || null;
  if (button.dataset.do === "help") document.getElementById("help").showModal();
  else if (button.dataset.do === "add") openPicker(button.dataset.type);
  else if (button.dataset.do === "change") openPicker(null, item);
  else if (button.dataset.verdict) act({ verdict: button.dataset.verdict, entity_type: type, old: item ? spanOf(item) : null });
}

function mark(numbers, is) {
  for (const number of numbers) {
    for (const one of main.querySelectorAll(`li.value[data-number="${number}"]`)) one.classList.toggle("shown", is);
    for (const one of main.querySelectorAll("mark"))
      if (one.dataset.values.split(" ").includes(number)) one.classList.toggle("shown", is);
  }
}

const numbersOf = (node) => {
  const item = node.closest && node.closest("li.value, mark");
  return item ? (item.dataset.number !== undefined ? [item.dataset.number] : item.dataset.values.split(" ")) : [];
};

main.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && (button.dataset.verdict || button.dataset.do)) { event.preventDefault(); press(button); return; }
  const marked = event.target.closest("mark");
  if (marked && window.getSelection().isCollapsed) {
    const item = main.querySelector(`li.value[data-number="${marked.dataset.values.split(" ").pop()}"]`);
    if (item) item.focus();
  }
});
main.addEventListener("mouseup", (event) => {
  if (event.target.closest("#text") && selected()) openPicker("");
});
main.addEventListener("submit", (event) => {
  if (event.target.closest("#picker") && event.submitter && event.submitter.value === "pick") pick();
});
main.addEventListener("input", (event) => { if (event.target.id === "picked-type") offerChoices(); });
for (const [name, is] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]])
  main.addEventListener(name, (event) => mark(numbersOf(event.target), is));
main.addEventListener("focusin", (event) => {
  const [number] = event.target.matches("li.value") ? numbersOf(event.target) : [];
  const marked = number && [...main.querySelectorAll("mark")].find((one) => one.dataset.values.split(" ").includes(number));
  if (marked) marked.scrollIntoView({ block: "nearest" });
});

async function follow() {
  const teaching = document.getElementById("teaching");
  if (!teaching || !teaching.dataset.running) return;
  const answer = await fetch("/teach?part=1").catch(() => null);
  if (answer && answer.ok) teaching.outerHTML = await answer.text();
  window.setTimeout(follow, 1000);
}
follow();

document.addEventListener("keydown", (event) => {
  if (!report() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea") || document.querySelector("dialog[open]")) return;
  const item = current();
  const list = values();
  const go = (step) => {
    const at = list.indexOf(item);
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))];
    if (next) next.focus();
  };
  const onItem = (verdict) => item && act({ verdict, entity_type: item.dataset.type, old: spanOf(item) });
  const keys = {
    j: () => go(1), ArrowDown: () => item && go(1), k: () => go(-1), ArrowUp: () => item && go(-1),
    y: () => onItem("accepted"), Enter: () => event.target === item && onItem("accepted"), n: () => onItem("rejected"),
    c: () => item && openPicker(null, item), a: () => openPicker(""),
    m: () => item && act({ verdict: "absent", entity_type: item.dataset.type }),
    u: () => act({ verdict: "undone" }), d: () => act({ verdict: "done" }),
    "?": () => document.getElementById("help").showModal(),
  };
  if (keys[event.key] && !(event.target.matches("button, a, summary") && event.key === "Enter")) {
    if (!(event.key.startsWith("Arrow") && !item)) event.preventDefault();
    keys[event.key]();
  }
});
