// SPDX-License-Identifier: MIT
// SVG elements, the width of text, and what legends are made of, as Legend.swift and Symbols.swift.

const margin = 16, row = 18, mostColours = 8;

const ruler = document.createElement("canvas").getContext("2d");

function widthOf(text, size = 12, weight = 400) {
  ruler.font = `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
  return ruler.measureText(text).width;
}

function fitted(text, room, size = 12, weight = 400) {
  if (widthOf(text, size, weight) <= room) return text;
  const characters = Array.from(text);
  while (characters.length && widthOf(characters.join("") + "…", size, weight) > room) {
    characters.pop();
  }
  return characters.join("").trimEnd() + "…";
}

const round = (value) => Math.round(value * 10) / 10;
const crisp = (value) => Math.floor(value) + 0.5;

function element(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

const path = (data, name) => data ? [element("path", { class: name, d: data })] : [];
const label = (text, x, y, name = "") =>
  element("text", { x: round(x), y: round(y), class: name }, text);

const symbols = {
  trace: (x, y, index) => path(`M${round(x)} ${round(y)}h16`, `tr sw s${index % mostColours}`),
  threshold: (x, y) => path(`M${round(x)} ${round(y)}h16`, "th"),
  checkpoint: (x, y) => path(`M${round(x + 5)} ${round(y - 4)}v8`, "ck"),
  kill: (x, y) => [
    element("circle", { class: "kf", cx: round(x + 6), cy: round(y), r: 6 }),
    ...path(`M${round(x + 3.5)} ${round(y - 2.5)}l5 5m-5 0l5-5`, "kx"),
  ],
  resume: (x, y) => path(`M${round(x + 2)} ${round(y - 5.5)}l10 5.5l-10 5.5z`, "rf"),
  replay: (x, y) => [
    element("rect", { class: "rp", x: round(x), y: round(y - 5), width: 16, height: 10 }),
  ],
};
const symbolWidth = { trace: 22, threshold: 22, replay: 22, checkpoint: 18, kill: 18, resume: 18 };

/** Items of a legend in rows: [symbol, text, index]. */
function legend(items, width) {
  const placed = [];
  let x = 0, line = 0;
  for (const [symbol, full, index] of items) {
    const weight = symbol === "heading" ? 600 : 400, before = symbolWidth[symbol] || 0;
    const text = fitted(full, width - before, 12, weight);
    const size = before + widthOf(text, 12, weight);
    if (placed.length && x + size > width) [x, line] = [0, line + 1];
    placed.push({ symbol, text, index, x, line, before });
    x += size + (symbol === "heading" ? 10 : 16);
  }
  return {
    rows: placed.length ? line + 1 : 0,
    nodes: (top) => placed.flatMap((item) => {
      const left = margin + item.x, baseline = top + item.line * row + 13;
      const name = { heading: "pa", words: "mu" }[item.symbol] || "";
      const symbol = symbols[item.symbol];
      return [
        ...(symbol ? symbol(left, baseline - 4, item.index) : []),
        label(item.text, left + item.before, baseline, name),
      ];
    }),
  };
}

function panelItems(panel) {
  const count = panel.traces.length;
  const items = [["heading", panel.title]];
  if (panel.unit) items.push(["words", panel.unit]);
  if (panel.arrangement === "shared") {
    items.push(...panel.traces.map((trace, index) => ["trace", trace.name, index]));
  } else {
    items.push(["words", count + (panel.arrangement === "lanes"
      ? " traces, each with its own scale" : " traces on one scale")]);
  }
  if (panel.threshold) {
    items.push(["threshold", `${panel.threshold.name} ${shortNumber(panel.threshold.value, 4)}`]);
  }
  return items;
}

function eventItems(chart) {
  const items = [];
  const add = (symbol, count) => {
    if (count) items.push([symbol, `${grouped(count)} ${symbol}${count === 1 ? "" : "s"}`]);
  };
  add("checkpoint", chart.checkpoints.count);
  for (const kind of ["kill", "resume"]) {
    add(kind, chart.marks.filter((mark) => mark.kind === kind).length);
  }
  if (chart.replayed.length) items.push(["replay", "stepped again"]);
  return items;
}
