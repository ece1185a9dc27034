"use strict";
// Keys, moving on without a blank page between, the next picture fetched ahead, boxes drawn
// on a page. Without it every form and link still works.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function tell(words) {
  const told = $("#told");
  told.textContent = words;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { told.textContent = ""; }, 2500);
}

// Pictures fetched ahead, and kept so that the browser does not let go of them. Two at a time, so
// that connections are left for a verdict; those of the fact that is shown come first.
const ahead = new Map();
let wanted = [];
let fetching = 0;
function preload(hrefs) {
  wanted = hrefs.filter((href) => href && !ahead.has(href));
  fetchNext();
}

function fetchNext() {
  if (fetching >= 2 || !wanted.length) return;
  const href = wanted.shift();
  const picture = new Image();
  ahead.set(href, picture);
  if (ahead.size > 16) ahead.delete(ahead.keys().next().value);
  fetching++;
  picture.onload = picture.onerror = () => { fetching--; fetchNext(); };
  picture.fetchPriority = "low";
  picture.src = href;
  fetchNext();
}

let moving = false;
async function go(url, options, push = true) {
  if (moving) return;
  moving = true;
  document.body.dataset.moving = "";
  try {
    const response = await fetch(url, { credentials: "same-origin", ...options });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = $("main", page);
    if (!main) { location.assign(response.url); return; }
    document.title = page.title;
    $("main").replaceWith(document.adoptNode(main));
    const top = $(".top", page);
    if (top) $(".top").replaceWith(document.adoptNode(top));
    // A form that came back with a word on what is wrong has no address of its own.
    if (push && (!options || response.redirected)) history.pushState(null, "", response.url);
    scrollTo(0, 0);
    begin();
  } catch {
    tell("The program does not answer. Nothing was lost; is it still running?");
  } finally {
    moving = false;
    delete document.body.dataset.moving;
  }
}

addEventListener("popstate", () => go(location.href, undefined, false));

document.addEventListener("submit", (event) => {
  const form = event.target;
  const data = new URLSearchParams(new FormData(form, event.submitter));
  event.preventDefault();
  if (form.method === "get") {
    go(`${form.getAttribute("action")}?${data}`);
  } else {
    go(form.getAttribute("action"), { method: "POST", body: data });
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(link.href);
    return;
  }
  const zoom = event.target.closest("[data-zoom]");
  if (zoom) look(zoom.dataset.zoom);
  const open = event.target.closest("[data-open]");
  if (open) show(open.dataset.open);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#choose select")) event.target.form.requestSubmit();
});

// Opens a part and puts the cursor into its first field.
function show(id) {
  const part = document.getElementById(id);
  if (!part) return;
  part.open = true;
  const field = $("select, input:not([type=hidden])", part);
  if (field) field.focus();
  part.scrollIntoView({ block: "nearest" });
}

function look(how) {
  const sheet = $("#sheet");
  if (!sheet) return;
  if (how === "near" || how === "whole") {
    sheet.setAttribute("viewBox", sheet.dataset[how]);
    return;
  }
  const [x, y, w, h] = sheet.getAttribute("viewBox").split(" ").map(Number);
  const by = how === "in" ? 0.75 : 1 / 0.75;
  const view = [x + (w - w * by) / 2, y + (h - h * by) / 2, w * by, h * by];
  sheet.setAttribute("viewBox", view.map((edge) => edge.toFixed(1)).join(" "));
}

const looks = { "1": "near", "0": "whole", "+": "in", "=": "in", "-": "out" };

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.key === "Escape") { at.blur(); return; }
  // Keys are words inside a field, and the browser's own with a modifier.
  if (event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable) return;
  if (at.closest("input, select, textarea")) return;
  if (looks[event.key]) { look(looks[event.key]); return; }
  if (event.key === "k") { event.preventDefault(); show("comment"); return; }
  const target = $(`main [data-key="${CSS.escape(event.key)}"]`);
  if (target && !moving) { event.preventDefault(); target.click(); }
});

// A point of the screen on the page, in the page's own measure.
function onPage(sheet, event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(sheet.getScreenCTM().inverse());
  return [point.x, point.y];
}

function mark(values) {
  for (const field of $$("[data-mark]")) field.value = values[field.dataset.mark] ?? "";
  const place = $("#place");
  if (place) place.textContent = "The place is marked.";
}

function drawing(sheet) {
  const box = $("#drawn");
  let from = null;
  const edges = (event) => {
    const [x, y] = onPage(sheet, event);
    return [Math.min(x, from[0]), Math.min(y, from[1]), Math.max(x, from[0]), Math.max(y, from[1])];
  };
  sheet.addEventListener("pointerdown", (event) => {
    from = onPage(sheet, event);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x0, y0, x1, y1] = edges(event);
    const set = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
    for (const name in set) box.setAttribute(name, set[name].toFixed(1));
  });
  sheet.addEventListener("pointerup", (event) => {
    if (!from) return;
    const drawn = edges(event);
    from = null;
    if (drawn[2] - drawn[0] > 2 && drawn[3] - drawn[1] > 2) {
      mark({ box: drawn.map((edge) => edge.toFixed(1)).join(" ") });
    }
  });
}

// Code points before a place in a text.
const points = (text) => [...text].length;

document.addEventListener("mouseup", () => {
  const chosen = getSelection();
  const text = $(".desk[data-page] .plain[data-offset]");
  if (!text || chosen.isCollapsed || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return;
  const range = chosen.getRangeAt(0);
  const before = range.cloneRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const start = Number(text.dataset.offset) + points(before.toString());
  mark({ start, end: start + points(range.toString()) });
});

function begin() {
  preload(($("main [data-preload]")?.dataset.preload ?? "").split(" "));
  const desk = $(".desk");
  if (!desk) return;
  for (const part of $$(".context, .ink .plain")) {
    const quote = $("mark", part);
    if (quote) part.scrollTop = quote.offsetTop - part.clientHeight / 2 + quote.offsetHeight / 2;
  }
  const sheet = $("#sheet");
  $("image", sheet ?? document)?.addEventListener("error", () => {
    tell("The page cannot be shown: its file was moved or changed since it was read.");
  });
  if (sheet && "page" in desk.dataset) {
    drawing(sheet);
    const marked = $("[data-mark=box]")?.value;
    if (marked) {
      const [x0, y0, x1, y1] = marked.split(" ").map(Number);
      const set = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
      for (const name in set) $("#drawn").setAttribute(name, set[name]);
    }
  }
}

begin();
