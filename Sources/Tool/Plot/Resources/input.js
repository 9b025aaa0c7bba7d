// SPDX-License-Identifier: MIT
// Mouse, touch and keys; and the start of the script.

const touches = new Map();

function where(event) {
  const box = svg.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

svg.addEventListener("wheel", (event) => {
  const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  // A whole chart can't become smaller: the wheel scrolls the page.
  if (!isSideways && !event.shiftKey && event.deltaY > 0 && isWhole()) return;
  event.preventDefault();
  const pixels = (isSideways ? event.deltaX : event.deltaY) * (event.deltaMode === 1 ? 18 : 1);
  if (isSideways || event.shiftKey) pan(pixels / drawing.width);
  else zoom(Math.exp(clamp(pixels, -200, 200) / 400), drawing.at(where(event).x));
}, { passive: false });

svg.addEventListener("pointerdown", (event) => {
  if (event.button > 1) return;
  const at = where(event);
  touches.set(event.pointerId, { ...at, began: at.x });
  svg.setPointerCapture(event.pointerId);
  if (event.pointerType === "mouse" && event.button === 0 && !event.shiftKey) {
    const edge = clamp(at.x, drawing.left, drawing.right);
    brush = { from: edge, to: edge };
  }
});

svg.addEventListener("pointermove", (event) => {
  const at = where(event), held = touches.get(event.pointerId);
  pointer = at;
  if (held && brush) {
    brush.to = clamp(at.x, drawing.left, drawing.right);
  } else if (held && touches.size === 1) {
    pan((held.x - at.x) / (drawing.right - drawing.left));
  } else if (held && touches.size === 2) {
    const other = [...touches.entries()].find(([id]) => id !== event.pointerId)[1];
    const before = Math.abs(held.x - other.x), after = Math.abs(at.x - other.x);
    if (before > 10 && after > 10) zoom(before / after, drawing.at((at.x + other.x) / 2));
  }
  if (held) [held.x, held.y] = [at.x, at.y];
  refresh();
});

function release(event) {
  touches.delete(event.pointerId);
  if (!brush) return;
  const [from, to] = [brush.from, brush.to].sort((a, b) => a - b);
  brush = null;
  if (event.type === "pointerup" && to - from > 4) show(drawing.at(from), drawing.at(to));
  refresh();
}

svg.addEventListener("pointerup", release);
svg.addEventListener("pointercancel", release);
svg.addEventListener("pointerleave", () => {
  if (!touches.size) pointer = null;
  refresh();
});
svg.addEventListener("dblclick", () => show(chart.low, chart.high));

const actions = {
  "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": () => show(chart.low,
    chart.high), ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2),
};

addEventListener("keydown", (event) => {
  const action = actions[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});

for (const [id, key] of [["leat-in", "+"], ["leat-out", "-"], ["leat-all", "0"]]) {
  document.getElementById(id).addEventListener("click", actions[key]);
}

document.getElementById("leat-theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  remember();
});

document.getElementById("leat-bar").hidden = false;
addEventListener("hashchange", recall);
new ResizeObserver(refresh).observe(place);
recall();
draw();
