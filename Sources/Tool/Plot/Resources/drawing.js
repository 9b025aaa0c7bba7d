// SPDX-License-Identifier: MIT
// A view of the chart as SVG elements. Layout, legends and symbols are from Swift.

/** The range of a scale for the visible part of these traces. */
function domainOf(traces, threshold, from, to) {
  const ranges = traces.map((trace) => trace.range(from, to)).filter(Boolean);
  if (!ranges.length) return null;
  if (threshold !== null) ranges.push([threshold, threshold]);
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

/**
 * A chart of this width, between the places `from` and `to`. The layout from Swift is for another
 * width: a legend may need more or fewer rows here, which shifts all that is below it.
 */
class Drawing {
  constructor(chart, width, from, to) {
    const { margin, row, tickWidth, tickHeight, rail, axis, height } = chart.layout;
    Object.assign(this, { chart, width, from, to, right: width - margin });
    const nodes = [];
    let shift = 0;
    const addLegend = ({ items, top, rows }) => {
      const placed = legend(items, chart.layout, this.right - margin, top + shift);
      nodes.push(...placed.nodes);
      shift += (placed.rows - rows) * row;
    };
    chart.heading.forEach(addLegend);
    this.frames = chart.panels.map((panel) => {
      addLegend(panel.legend);
      const isLanes = panel.arrangement === "lanes";
      const areas = panel.areas.map(([top, bottom], index) => ({
        top: top + shift, bottom: bottom + shift,
        domain: domainOf(isLanes ? [panel.traces[index]] : panel.traces, panel.threshold, from, to),
      }));
      const [{ top, domain }] = areas, { bottom } = areas[areas.length - 1];
      const ticks = isLanes || !domain ? []
        : numberTicks(...domain, Math.floor((bottom - top) / tickHeight));
      return { panel, areas, ticks, top, bottom };
    });
    const widest = Math.max(0, ...this.frames.flatMap((frame) => frame.ticks)
      .map((tick) => widthOf(tick.label)));
    this.left = margin + (widest ? widest + 8 : 0);
    this.rail = rail === null ? null : rail + shift;
    this.axis = axis + shift;
    this.height = height + shift;
    this.x = scale([from, to], this.left, this.right);
    this.at = (pixel) => from + (pixel - this.left) / (this.right - this.left) * (to - from);
    const across = this.right - this.left, count = Math.floor(across / tickWidth);
    this.ticks = chart.isEmpty ? [] : chart.isTime ? timeTicks(from, to, across, chart.timeSteps)
      : chart.axis === "s" ? numberTicks(from, to, count) : positionTicks(from, to, count);
    this.nodes = [
      element("rect", { class: "bg", width, height: this.height }), ...nodes, this.clip(),
      ...this.frames.flatMap((frame) => this.panel(frame)), ...this.strip(), ...this.labels(),
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
      if (panel.threshold !== null) {
        nodes.push(...path(`M${round(left)} ${round(y(panel.threshold))}H${right}`, "th"));
      }
    } else if (panel.arrangement !== "lanes") {
      nodes.push(label("no values", (left + right) / 2, (top + bottom) / 2 + 4, "mu mi"));
    }
    panel.traces.forEach((trace, index) => {
      const isLane = panel.arrangement === "lanes", place = frame.areas[isLane ? index : 0];
      if (isLane) nodes.push(...this.laneWords(trace, place));
      if (!place.domain) return;
      const y = scale(place.domain, place.bottom, place.top);
      const buckets = columns(trace, x, this.from, this.to);
      const withDots = buckets.length < (right - left) / 10;
      const { data, dots } = tracePath(buckets, x, y, withDots);
      const extra = panel.arrangement === "overlay" ? " ov" : "";
      lines.push(...path(data, `tr s${trace.colour}${extra}`),
        ...path(dots, `tr pt s${trace.colour}`));
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

  /** Pixels of the visible marks of a kind, without those less than `least` after another. */
  spaced(kind, least) {
    const places = kind === "checkpoint" ? [...this.chart.checkpoints]
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
    const { kill, resume } = this.chart.symbols, middle = (this.rail + this.axis) / 2;
    const ticks = this.spaced("checkpoint", 3).map((at) => `M${round(at)} ${middle - 4}v8`);
    return [
      element("rect", {
        class: "ra", x: round(this.left), y: this.rail, width: round(this.right - this.left),
        height: this.axis - this.rail,
      }),
      ...path(ticks.join(""), "ck"),
      // Left of its line, so that a kill at the same place doesn't cover it.
      ...this.spaced("resume", 8).map((at) => symbol(resume, at - 6, middle)),
      ...this.spaced("kill", 8).map((at) => symbol(kill, at, middle)),
    ];
  }

  labels() {
    const { x, axis } = this, contextBaseline = axis + 16 + this.chart.layout.row;
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
    // From the right: if contexts crowd, the one at the left edge is left out.
    const name = this.chart.axis;
    nodes.push(label(name, this.right, contextBaseline, "mu en"));
    let limit = this.right - widthOf(name) - 12;
    for (const tick of [...this.ticks].reverse()) {
      if (!tick.context) continue;
      const width = widthOf(tick.context), half = widthOf(tick.label) / 2;
      const start = Math.min(Math.max(4, x(tick.value) - half), limit - width);
      if (start < 0 || start <= x(tick.value) - half - width) continue;
      nodes.push(label(tick.context, start, contextBaseline));
      limit = start - 10;
    }
    return nodes;
  }
}
