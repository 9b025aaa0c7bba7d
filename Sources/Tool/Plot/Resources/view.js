// SPDX-License-Identifier: MIT
// The visible part of the chart. The address names it: #from=…&to=…&at=…&theme=….

const chart = readChart(document.getElementById("leat-data").textContent);
const place = document.getElementById("leat-chart");
const tip = document.getElementById("leat-tip");
const output = document.getElementById("leat-range");
const svg = element("svg",
  { class: "leat-plot", role: "img", "aria-label": place.dataset.summary });
const pictures = element("g", {}), pointed = element("g", { "pointer-events": "none" });
svg.append(pictures, pointed);
place.replaceChildren(svg);

const view = { from: chart.low, to: chart.high };
let drawing, pointer = null, brush = null, isWaiting = false;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const isWhole = () => view.from <= chart.low && view.to >= chart.high;

/** Draws once, however much has changed since the last frame. */
function refresh() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    draw();
  });
}

function draw() {
  const width = Math.max(240, place.clientWidth);
  drawing = new Drawing(chart, width, view.from, view.to);
  svg.setAttribute("width", width);
  svg.setAttribute("height", drawing.height);
  svg.setAttribute("viewBox", `0 0 ${width} ${drawing.height}`);
  pictures.replaceChildren(...drawing.nodes);
  const isCounted = chart.axis === "sample";
  output.textContent = chart.isEmpty ? "no samples"
    : `${isCounted ? "samples " : ""}${placeText(roundedPlace(view.from), chart.isTime)} to ` +
      `${placeText(roundedPlace(view.to), chart.isTime)}${isCounted ? "" : ` ${chart.axis}`}`;
  point();
}

/** A place rounded to what a pixel can show. */
function roundedPlace(x) {
  const perPixel = (view.to - view.from) / Math.max(1, place.clientWidth);
  if (perPixel >= 1 || chart.axis === "sample") return Math.round(x);
  return Math.round(x * 1000) / 1000;
}

function show(from, to) {
  const span = clamp(to - from, Math.min(chart.leastSpan, chart.high - chart.low),
    chart.high - chart.low);
  const middle = (from + to) / 2;
  view.from = clamp(middle - span / 2, chart.low, chart.high - span);
  view.to = Math.min(chart.high, view.from + span);
  remember();
  refresh();
}

/** The place `around` keeps its pixel. */
function zoom(factor, around = (view.from + view.to) / 2) {
  const from = around - (around - view.from) * factor;
  show(from, from + (view.to - view.from) * factor);
}

function pan(share) {
  const by = share * (view.to - view.from);
  show(view.from + by, view.to + by);
}

// --- the address -------------------------------------------------------------

let remembering;

function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const state = new URLSearchParams();
    if (!isWhole()) {
      state.set("from", view.from);
      state.set("to", view.to);
    }
    const theme = document.documentElement.dataset.theme;
    if (theme) state.set("theme", theme);
    try {
      history.replaceState(null, "", "#" + state);
    } catch {
      // A page in some frames may not change its address.
    }
  }, 200);
}

function recall() {
  const state = new URLSearchParams(location.hash.slice(1));
  const number = (name) => state.has(name) ? Number(state.get(name)) : NaN;
  const theme = state.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const from = number("from"), to = number("to");
  if (from < to) show(from, to); else show(chart.low, chart.high);
  const at = number("at");
  if (Number.isFinite(at)) pointer = { at };
  refresh();
}
