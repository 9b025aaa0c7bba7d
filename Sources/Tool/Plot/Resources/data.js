// SPDX-License-Identifier: MIT
// The chart's numbers, as Swift wrote them, and the columns of a zoomed view.

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

/**
 * The buckets of a trace. A bucket has count, missing, first, last, minimum, maximum, minimumAt and
 * maximumAt, as in Envelope.swift.
 */
class Trace {
  constructor(entry, grid) {
    const { name, colour } = entry;
    Object.assign(this, { name, colour, grid, length: grid.first.length });
    this.values = new Float32Array(bytesOf(entry.values));
    this.offsets = entry.offsets && new Float32Array(bytesOf(entry.offsets));
    this.missing = entry.missing && new Uint32Array(bytesOf(entry.missing));
  }

  bucket(index) {
    const { first, last, samples } = this.grid;
    const missing = this.missing ? this.missing[index] : 0;
    const minimumOffset = this.offsets ? this.offsets[2 * index] : 0;
    const maximumOffset = this.offsets ? this.offsets[2 * index + 1] : 0;
    return {
      count: (samples ? samples[index] : 1) - missing, missing,
      first: first[index], last: last[index],
      minimum: this.values[2 * index], maximum: this.values[2 * index + 1],
      minimumAt: first[index] + minimumOffset, maximumAt: first[index] + maximumOffset,
    };
  }

  /** The index of the first bucket that ends at x or after. */
  at(x) {
    const last = this.grid.last;
    let low = 0, high = last.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (last[middle] < x) low = middle + 1; else high = middle;
    }
    return low;
  }

  /** The smallest and the largest value between two places; null if there is none. */
  range(from, to) {
    let low = Infinity, high = -Infinity;
    for (let index = this.at(from); index < this.length && this.grid.first[index] <= to; index++) {
      if (this.values[2 * index] < low) low = this.values[2 * index];
      if (this.values[2 * index + 1] > high) high = this.values[2 * index + 1];
    }
    return low <= high ? [low, high] : null;
  }
}

function merged(bucket, next) {
  if (!bucket) return next;
  const isFirst = bucket.count === 0;
  bucket.last = next.last;
  bucket.missing += next.missing;
  if (next.count === 0) return bucket;
  if (isFirst || next.minimum < bucket.minimum) {
    [bucket.minimum, bucket.minimumAt] = [next.minimum, next.minimumAt];
  }
  if (isFirst || next.maximum > bucket.maximum) {
    [bucket.maximum, bucket.maximumAt] = [next.maximum, next.maximumAt];
  }
  bucket.count += next.count;
  return bucket;
}

function readChart(text) {
  const chart = JSON.parse(text);
  const grids = chart.grids.map((grid) => {
    const first = new Float64Array(bytesOf(grid.first));
    return {
      first,
      last: grid.last ? new Float64Array(bytesOf(grid.last)) : first,
      samples: grid.samples && new Uint32Array(bytesOf(grid.samples)),
    };
  });
  for (const panel of chart.panels) {
    panel.traces = panel.traces.map((entry) => new Trace(entry, grids[entry.grid]));
  }
  chart.checkpoints = Array.from(new Float64Array(bytesOf(chart.checkpoints)));
  // A zoom ends where a few samples fill the width.
  chart.leastSpan = 4 * (chart.high - chart.low) / chart.samples;
  return chart;
}

/** The buckets of each column of pixels, merged into one, as in Envelope+Columns.swift. */
function columns(trace, x, from, to) {
  const result = [];
  // With a neighbour on both sides, so that lines reach the edges.
  const end = Math.min(trace.length, trace.at(to) + 2);
  let column;
  for (let index = Math.max(0, trace.at(from) - 1); index < end; index++) {
    const bucket = trace.bucket(index);
    const next = Math.floor(x((bucket.first + bucket.last) / 2));
    if (next === column) {
      result[result.length - 1] = merged(result[result.length - 1], bucket);
    } else {
      result.push(bucket);
    }
    column = next;
  }
  return result;
}
