// SPDX-License-Identifier: MIT
// The chart's numbers, as EmbeddedData.swift wrote them, and what is asked of them.

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

/**
 * Buckets of a trace: count, missing, first, last, minimum, maximum, minimumAt and maximumAt of
 * the one at an index, as in Envelope.swift.
 */
class Trace {
  constructor(entry, grid) {
    this.name = entry.name;
    this.values = new Float32Array(bytesOf(entry.values));
    this.offsets = entry.offsets && new Float32Array(bytesOf(entry.offsets));
    this.missing = entry.missing && new Uint32Array(bytesOf(entry.missing));
    this.grid = grid;
    this.length = grid.first.length;
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

  /** From the smallest to the largest value between two places; null where there is none. */
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
  chart.checkpoints.at = new Float64Array(bytesOf(chart.checkpoints.at));
  const traces = chart.panels.flatMap((panel) => panel.traces);
  // Zooming in ends where a few samples fill the width.
  const samples = Math.max(1, ...traces.map((trace) => trace.grid.samples
    ? trace.grid.samples.reduce((sum, count) => sum + count, 0) : trace.length));
  chart.leastSpan = 4 * (chart.high - chart.low) / samples;
  return chart;
}

/** Buckets that share a column of pixels, as one each: as they are drawn and pointed at. */
function columns(trace, x, from, to) {
  const result = [];
  // With a neighbour on both sides, so that lines go on to the edges.
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
