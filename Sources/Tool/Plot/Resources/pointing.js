// SPDX-License-Identifier: MIT
// The line at the pointer, and a box beside it with the place, values and events.

/** The column of a trace that is nearest to a pixel. */
function nearest(trace, pixel) {
  const { x, from, to } = drawing;
  let best = null, distance = Infinity;
  const margin = (to - from) / 50;
  const at = drawing.at(pixel);
  const near = columns(trace, x, Math.max(from, at - margin), Math.min(to, at + margin));
  for (const bucket of near.length ? near : columns(trace, x, from, to)) {
    if (bucket.last < from || bucket.first > to) continue;
    const column = Math.floor(x((bucket.first + bucket.last) / 2));
    const away = Math.abs(column + 0.5 - pixel);
    if (away < distance) [best, distance] = [bucket, away];
  }
  return best;
}

function valueText(bucket) {
  if (!bucket || bucket.count === 0) return "missing";
  const low = exactNumber(bucket.minimum), high = exactNumber(bucket.maximum);
  return low === high ? low : `${low} … ${high}`;
}

function bucketText(bucket) {
  const samples = bucket.count + bucket.missing;
  const first = placeText(bucket.first, chart.isTime), last = placeText(bucket.last, chart.isTime);
  if (samples === 1) return [first];
  // The day is written once.
  const isSameDay = chart.isTime && first.split(" ")[0] === last.split(" ")[0];
  return [`${first} to ${isSameDay ? last.split(" ")[1] : last}`,
    `${grouped(samples)} samples: lowest … highest`];
}

function happenings(pixel) {
  const near = (x) => Math.abs(drawing.x(x) - pixel) <= 7;
  const lines = chart.marks.filter((mark) => near(mark.x)).map((mark) =>
    [mark.kind, `${placeText(mark.x, chart.isTime)}${mark.note ? ": " + mark.note : ""}`]);
  const saves = chart.checkpoints.filter(near);
  if (saves.length === 1) {
    lines.push(["checkpoint", placeText(saves[0], chart.isTime)]);
  } else if (saves.length) {
    lines.push([`${saves.length} checkpoints`, `from ${placeText(saves[0], chart.isTime)}`]);
  }
  const at = drawing.at(pixel);
  if (chart.replayed.some(([from, to]) => from <= at && at <= to)) {
    lines.push(["stepped again", ""]);
  }
  return lines.length > 8 ? [...lines.slice(0, 8), ["…", `${lines.length - 8} more`]] : lines;
}

/** One line of the box beside the pointer. */
function line(name, value, colour) {
  const node = document.createElement("div"), what = document.createElement("span");
  const figure = document.createElement("b");
  if (colour !== undefined) node.append(swatch(colour));
  what.textContent = name;
  figure.textContent = value;
  node.append(what, figure);
  return node;
}

function words(name, text) {
  const node = document.createElement("div");
  node.className = name;
  node.textContent = text;
  return node;
}

function swatch(colour) {
  const node = element("svg", { class: "leat-plot", width: 14, height: 8 });
  node.append(...path("M2 4h10", `tr sw s${colour}`));
  return node;
}

function point() {
  pointed.replaceChildren();
  tip.hidden = true;
  if (brush) {
    const [from, to] = [brush.from, brush.to].sort((a, b) => a - b);
    for (const frame of drawing.frames) {
      pointed.append(element("rect", {
        class: "brush", x: from, y: frame.top, width: to - from, height: frame.bottom - frame.top,
      }));
    }
    return;
  }
  if (!pointer || chart.isEmpty) return;
  const wanted = pointer.at === undefined ? pointer.x : drawing.x(pointer.at);
  if (wanted < drawing.left - 8 || wanted > drawing.right + 8) return;
  const rows = [];
  let at = null;
  for (const frame of drawing.frames) {
    frame.panel.traces.forEach((trace, index) => {
      const bucket = nearest(trace, wanted);
      if (!bucket) return;
      at = at || bucket;
      const isLane = frame.panel.arrangement === "lanes", area = frame.areas[isLane ? index : 0];
      let y = (area.top + area.bottom) / 2, dots = "";
      if (area.domain && bucket.count > 0) {
        const to = scale(area.domain, area.bottom, area.top);
        y = to((bucket.minimum + bucket.maximum) / 2);
        const ends = new Set([[bucket.minimumAt, bucket.minimum], [bucket.maximumAt,
          bucket.maximum]].map(([x, value]) => `M${round(drawing.x(x))} ${round(to(value))}h0`));
        dots = [...ends].join("");
      }
      rows.push({ panel: frame.panel, trace, bucket, y, dots });
    });
  }
  if (!at) return;
  const x = clamp(drawing.x((at.first + at.last) / 2), drawing.left, drawing.right);
  const top = drawing.frames[0].top;
  pointed.append(...path(`M${crisp(x)} ${top}V${drawing.axis}`, "cross"));
  let shown = rows;
  if (rows.length > 16) {
    const y = pointer.y === undefined ? top : pointer.y;
    shown = [...rows].sort((a, b) => Math.abs(a.y - y) - Math.abs(b.y - y)).slice(0, 14);
    shown = rows.filter((each) => shown.includes(each));
  }
  pointed.append(...shown.flatMap((each) => path(each.dots, `tr dot s${each.trace.colour}`)));
  const found = happenings(x);
  // Several panels may have traces of the same name.
  const values = drawing.frames.flatMap(({ panel }) => {
    const own = shown.filter((each) => each.panel === panel);
    const title = own.length && drawing.frames.length > 1 ? [words("part", panel.title)] : [];
    return [...title,
      ...own.map((each) => line(each.trace.name, valueText(each.bucket), each.trace.colour))];
  });
  tip.replaceChildren(...bucketText(at).map((text) => words("head", text)), ...values,
    ...(shown.length < rows.length ? [line(`and ${rows.length - shown.length} more`, "")] : []),
    ...(found.length ? [words("part", "Events")] : []),
    ...found.map(([kind, text]) => line(kind, text)));
  tip.hidden = false;
  const room = place.clientWidth, y = pointer.y === undefined ? top : pointer.y;
  const left = x + 14 + tip.offsetWidth <= room ? x + 14 : Math.max(0, x - 14 - tip.offsetWidth);
  tip.style.left = `${left}px`;
  tip.style.top = `${clamp(y - tip.offsetHeight / 2, 0, Math.max(0, drawing.height -
    tip.offsetHeight))}px`;
}
