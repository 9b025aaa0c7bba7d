// SPDX-License-Identifier: MIT
// The chart as SVG elements, by the same rules and numbers as Layout.swift and its neighbours.

const laneText = 16, laneArea = 26, railHeight = 18, sharedHeight = 150;

/** A scale's values for what is visible of these traces. */
function domainOf(traces, threshold, from, to) {
  const ranges = traces.map((trace) => trace.range(from, to)).filter(Boolean);
  if (!ranges.length) return null;
  if (threshold) ranges.push([threshold.value, threshold.value]);
  const low = Math.min(...ranges.map((range) => range[0]));
  const high = Math.max(...ranges.map((range) => range[1]));
  const room = low < high ? (high - low) * 0.06 : low === 0 ? 1 : Math.abs(low) * 0.1;
  return [low - room, high + room];
}

const scale = (domain, from, to) => (value) =>
  from + (value - domain[0]) / (domain[1] - domain[0]) * (to - from);

function tracePath(buckets, x, y, withDots) {
  let data = "", dots = "", length = 0, pen;
  const line = (at, value) => {
    pen = `${round(x(at))} ${round(y(value))}`;
    data += (length ? "L" : "M") + pen;
    if (withDots) dots += `M${pen}h0`;
    length += 1;
  };
  const lift = () => {
    if (length === 1 && !withDots) dots += `M${pen}h0`;
    length = 0;
  };
  for (const bucket of buckets) {
    if (bucket.count > 0) {
      const low = [bucket.minimumAt, bucket.minimum], high = [bucket.maximumAt, bucket.maximum];
      if (bucket.minimum === bucket.maximum) {
        line(...low);
        if (bucket.count > 1) line(bucket.last, bucket.minimum);
      } else {
        const isRising = bucket.minimumAt <= bucket.maximumAt;
        line(...(isRising ? low : high));
        line(...(isRising ? high : low));
      }
    }
    if (bucket.missing > 0) lift();
  }
  lift();
  return { data, dots };
}

/** Places a chart in so much width, and draws what is between `from` and `to`. */
class Drawing {
  constructor(chart, width, from, to) {
    Object.assign(this, { chart, width, from, to, right: width - margin, frames: [] });
    const room = this.right - margin;
    let y = margin + 22 + (chart.subtitle ? row : 0);
    const events = legend(eventItems(chart), room);
    const nodes = [...this.heading(room), ...events.nodes(y)];
    y += events.rows * row;
    let widest = 0;
    for (const panel of chart.panels) {
      const words = legend(panelItems(panel), room);
      nodes.push(...words.nodes(y + 8));
      y += 8 + words.rows * row + 6;
      const frame = { panel, areas: [], ticks: [] };
      if (panel.arrangement === "lanes") {
        for (const trace of panel.traces) {
          frame.areas.push({
            top: y + laneText, bottom: y + laneText + laneArea,
            domain: domainOf([trace], null, from, to),
          });
          y += laneText + laneArea;
        }
      } else {
        const domain = domainOf(panel.traces, panel.threshold, from, to);
        frame.areas.push({ top: y, bottom: y + sharedHeight, domain });
        y += sharedHeight;
        frame.ticks = domain ? numberTicks(...domain, Math.floor(sharedHeight / 26)) : [];
        widest = Math.max(widest, ...frame.ticks.map((tick) => widthOf(tick.label)));
      }
      frame.top = frame.areas[0].top;
      frame.bottom = frame.areas[frame.areas.length - 1].bottom;
      this.frames.push(frame);
    }
    this.left = margin + (widest ? widest + 8 : 0);
    this.rail = events.rows ? y + 4 : null;
    this.axis = events.rows ? y + 4 + railHeight : y;
    this.height = this.axis + 16 + row + 14;
    this.x = scale([from, to], this.left, this.right);
    this.at = (pixel) => from + (pixel - this.left) / (this.right - this.left) * (to - from);
    const across = this.right - this.left, count = Math.floor(across / 84);
    this.ticks = chart.isEmpty ? [] : chart.isTime ? timeTicks(from, to, across)
      : chart.axis === "s" ? numberTicks(from, to, count) : positionTicks(from, to, count);
    this.nodes = [
      element("rect", { class: "bg", width, height: this.height }), ...nodes, this.clip(),
      ...this.frames.flatMap((frame) => this.panel(frame)), ...this.strip(), ...this.labels(),
    ];
  }

  heading(room) {
    const { title, subtitle } = this.chart;
    return [
      label(fitted(title, room, 17, 600), margin, margin + 14, "ti"),
      ...(subtitle ? [label(fitted(subtitle, room), margin, margin + 34, "mu")] : []),
    ];
  }

  clip() {
    const clip = element("clipPath", { id: "leat-clip" });
    clip.append(element("rect", {
      x: round(this.left - 1), y: 0, width: round(this.right - this.left + 2), height: this.height,
    }));
    return clip;
  }

  clipped(nodes) {
    const group = element("g", { "clip-path": "url(#leat-clip)" });
    group.append(...nodes);
    return group;
  }

  panel(frame) {
    const { panel, top, bottom } = frame, { left, right, x } = this;
    const over = `${round(top)}V${round(bottom)}`;
    let grid = this.ticks.map((tick) => `M${crisp(x(tick.value))} ${over}`).join("");
    const nodes = [], lines = [];
    const [area] = frame.areas;
    if (panel.arrangement !== "lanes" && area.domain) {
      const y = scale(area.domain, area.bottom, area.top);
      for (const tick of frame.ticks) {
        grid += `M${round(left)} ${crisp(y(tick.value))}H${right}`;
        nodes.push(label(tick.label, left - 8, y(tick.value) + 4, "mu en"));
      }
      if (panel.threshold) {
        nodes.push(...path(`M${round(left)} ${round(y(panel.threshold.value))}H${right}`, "th"));
      }
    } else if (panel.arrangement !== "lanes") {
      nodes.push(label("no values", (left + right) / 2, (top + bottom) / 2 + 4, "mu mi"));
    }
    panel.traces.forEach((trace, index) => {
      const isLane = panel.arrangement === "lanes", place = frame.areas[isLane ? index : 0];
      const colour = panel.arrangement === "overlay" ? 0 : index % mostColours;
      if (isLane) nodes.push(...this.laneWords(trace, place));
      if (!place.domain) return;
      const y = scale(place.domain, place.bottom, place.top);
      const buckets = columns(trace, x, this.from, this.to);
      const withDots = buckets.length < (right - left) / 10;
      const { data, dots } = tracePath(buckets, x, y, withDots);
      const extra = panel.arrangement === "overlay" ? " ov" : "";
      lines.push(...path(data, `tr s${colour}${extra}`), ...path(dots, `tr pt s${colour}`));
    });
    const kinds = { resume: "re", kill: "ki" };
    const marks = Object.entries(kinds).flatMap(([kind, name]) =>
      path(this.spaced(kind, 3).map((at) => `M${round(at)} ${over}`).join(""), name));
    const shades = this.chart.replayed.map(([from, to]) => element("rect", {
      class: "rp", x: round(x(from)), y: round(top), height: round(bottom - top),
      width: round(Math.max(1.5, x(to) - x(from))),
    }));
    return [
      ...path(grid, "gr"), ...path(`M${round(left)} ${crisp(bottom)}H${right}`, "ax"),
      this.clipped(shades), ...nodes, this.clipped(lines), this.clipped(marks),
    ];
  }

  laneWords(trace, area) {
    const range = trace.range(this.from, this.to);
    const note = !range ? "no values" : range[0] === range[1] ? `always ${shortNumber(range[0])}`
      : `${shortNumber(range[0])} to ${shortNumber(range[1])}`;
    const room = this.right - this.left - widthOf(note, 11) - 16;
    return [
      label(fitted(trace.name, room, 11), this.left, area.top - 4, "sm"),
      label(note, this.right, area.top - 4, "sm mu en"),
    ];
  }

  /** Pixels of the marks of a kind, without those nearer than that to the one before. */
  spaced(kind, least) {
    const places = kind === "checkpoint" ? Array.from(this.chart.checkpoints.at)
      : this.chart.marks.filter((mark) => mark.kind === kind).map((mark) => mark.x);
    places.sort((a, b) => a - b);
    const result = [];
    for (const place of places) {
      const at = this.x(place);
      if (place < this.from || place > this.to) continue;
      if (!result.length || at >= result[result.length - 1] + least) result.push(at);
    }
    return result;
  }

  strip() {
    if (this.rail === null) return [];
    const middle = this.rail + railHeight / 2;
    const ticks = this.spaced("checkpoint", 3).map((at) => `M${round(at)} ${middle - 4}v8`);
    return [
      element("rect", {
        class: "ra", x: round(this.left), y: this.rail, width: round(this.right - this.left),
        height: railHeight,
      }),
      ...path(ticks.join(""), "ck"),
      ...this.spaced("resume", 8).flatMap((at) => symbols.resume(at - 12, middle)),
      ...this.spaced("kill", 8).flatMap((at) => symbols.kill(at - 6, middle)),
    ];
  }

  labels() {
    const { x, axis } = this;
    const nodes = path(this.ticks.map((tick) => `M${crisp(x(tick.value))} ${axis}v5`).join(""),
      "ax");
    let end = -Infinity;
    for (const tick of this.ticks) {
      const half = widthOf(tick.label) / 2;
      const middle = Math.min(Math.max(x(tick.value), half + 4), this.width - half - 4);
      if (middle - half < end + 6) continue;
      nodes.push(label(tick.label, middle, axis + 17, "mu mi"));
      end = middle + half;
    }
    // From the right: where they crowd, the left edge's gives way.
    const name = this.chart.axis;
    nodes.push(label(name, this.right, axis + 16 + row, "mu en"));
    let limit = this.right - widthOf(name) - 12;
    for (const tick of [...this.ticks].reverse()) {
      if (!tick.context) continue;
      const width = widthOf(tick.context), half = widthOf(tick.label) / 2;
      const start = Math.min(Math.max(4, x(tick.value) - half), limit - width);
      if (start < 0 || start <= x(tick.value) - half - width) continue;
      nodes.push(label(tick.context, start, axis + 16 + row));
      limit = start - 10;
    }
    return nodes;
  }
}
