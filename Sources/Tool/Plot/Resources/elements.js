// SPDX-License-Identifier: MIT
// SVG elements, the width of text, and legends.

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

/** A symbol that Swift drew at the point 0 0. */
function symbol(markup, x, y) {
  const node = element("g", { transform: `translate(${round(x)} ${round(y)})` });
  node.innerHTML = markup;
  return node;
}

/** A legend's items in rows of a width, by the rule of Legend.swift. */
function legend(items, { margin, row }, width, top) {
  const nodes = [];
  let x = 0, line = 0;
  for (const { text, size, weight, textClass, symbol: markup, before, after } of items) {
    const words = fitted(text, width - before, size, weight);
    const length = before + widthOf(words, size, weight);
    if (x > 0 && x + length > width) [x, line] = [0, line + 1];
    const left = margin + x, baseline = top + line * row + 13;
    nodes.push(symbol(markup, left, baseline - 4),
      label(words, left + before, baseline, textClass));
    x += length + after;
  }
  return { nodes, rows: items.length ? line + 1 : 0 };
}
