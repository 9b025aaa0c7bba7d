// SPDX-License-Identifier: MIT
// Where axes have labels, and which: the rules of NumberTicks.swift, TimeTicks.swift and AxisNotation.swift
// again, for zoomed views. Tests/Plot compares the two.

const minus = "\u2212";

/** The largest n with 10^n <= |value|; 0 for 0. */
const exponentOf = (value) => Number(value.toExponential().split("e")[1]);

/** 1234567 as 1,234,567; without a sign for -0. */
const grouped = (number) => (Math.round(number) + 0).toLocaleString("en").replace("-", minus);

/** How numbers are written on an axis, whose largest number has this magnitude. */
function notation(magnitude) {
  let shift = 0, suffix = "";
  if (magnitude >= 4 && magnitude <= 14) {
    const group = Math.floor(magnitude / 3);
    [shift, suffix] = [3 * group, "\u2009" + "kMGT"[group - 1]];
  } else if (magnitude < -3 || magnitude > 14) {
    [shift, suffix] = [magnitude, "e" + magnitude];
  }
  return (digits, exponent) => {
    const places = shift - exponent;
    return digits === 0 ? "0" : (places < 0 ? digits * 10 ** -places : digits / 10 ** places)
      .toFixed(Math.max(0, places)).replace("-", minus) + suffix;
  };
}

/** One number by itself, in at most three digits. */
function shortNumber(value) {
  const [text, magnitude] = value.toExponential(2).replace(/\.?0*e/, "e").split("e");
  const places = text.replace(/^-?\d\.?/, "").length;
  return notation(Number(magnitude))(Number(text.replace(".", "")), magnitude - places);
}

/** A float of 32 bits in the fewest digits that differ from its neighbours. */
function exactNumber(value) {
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits += 1;
  return String(Number(value.toPrecision(digits))).replace("-", minus);
}

/** Multiples of 1, 2 or 5 times a power of ten, as { value, digits, exponent }. */
function numberSteps(low, high, count) {
  const raw = (high - low) / Math.max(1, Math.floor(count));
  if (!(raw > 0 && raw < Infinity)) return [];
  let exponent = exponentOf(raw);
  const leading = raw / 10 ** exponent * (1 - 1e-9);
  let factor = [1, 2, 5].find((each) => leading <= each);
  if (!factor) [factor, exponent] = [1, exponent + 1];
  const valueOf = (digits) => exponent < 0 ? digits / 10 ** -exponent : digits * 10 ** exponent;
  const step = valueOf(factor);
  if (Math.max(Math.abs(low), Math.abs(high)) / step >= 1e15) return [];
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const digits = (first + index) * factor;
    return { value: valueOf(digits), digits, exponent };
  });
}

function numberTicks(low, high, count) {
  const steps = numberSteps(low, high, count);
  const magnitude = Math.max(...steps.filter((step) => step.digits !== 0)
    .map((step) => exponentOf(step.digits) + step.exponent));
  // Thousands and more that differ in their last digits are written in full.
  const inFull = steps.some((step) =>
    step.exponent >= 0 && magnitude >= 4 && magnitude <= 8 && magnitude - step.exponent >= 4);
  const text = notation(magnitude);
  return steps.map(({ value, digits, exponent }) =>
    ({ value, label: inFull ? grouped(value) : text(digits, exponent) }));
}

function positionTicks(low, high, count) {
  if (high >= 1e7) return numberTicks(low, high, count);
  return numberSteps(low, high, Math.min(count, Math.max(1, Math.floor(high - low))))
    .filter((step) => step.exponent >= 0).map(({ value }) => ({ value, label: grouped(value) }));
}

// Date.UTC() takes the year 99 for 1999.
const midnight = (year, month, day) => new Date(0).setUTCFullYear(year, month, day) / 1000;

/** Places of time ticks, as whole seconds and the rest of a second. */
function timePlaces({ unit, count, pixels }, low, high, room) {
  if (unit === "fraction") {
    const minute = Math.floor(low / 60) * 60;
    return numberSteps(low - minute, high - minute, room / pixels)
      .map(({ value }) => [minute + Math.floor(value), value % 1]);
  }
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  if (unit === "second") {
    return range(Math.ceil(low / count), Math.floor(high / count)).map((each) => [each * count, 0]);
  }
  const [first, last] = [Math.ceil(low), Math.floor(high)]
    .map((seconds) => new Date(seconds * 1000).getUTCFullYear());
  const years = unit !== "year" ? range(first, last)
    : positionTicks(first, last + 1, room / pixels).map(({ value }) => value);
  const dates = [];
  for (const year of years) {
    for (let month = 0; month < 12; month += { year: 12, month: count, day: 1 }[unit]) {
      const length = new Date(midnight(year, month + 1, 0) * 1000).getUTCDate();
      const end = unit !== "day" ? 1 : count === 1 ? length : Math.min(length, 31 - count);
      for (let day = 1; day <= end; day += count) dates.push(midnight(year, month, day));
    }
  }
  return dates.filter((seconds) => seconds >= low && seconds <= high).map((each) => [each, 0]);
}

/** @param room pixels from low to high */
function timeTicks(low, high, room, timeSteps) {
  if (!(low > -6e10 && high < 2.5e11)) return numberTicks(low, high, room / 80);
  const perPixel = (high - low) / Math.max(1, room);
  const step = timeSteps.find(({ length, pixels }) => length >= perPixel * pixels);
  let before;
  return timePlaces(step, low, high, room).map(([seconds, rest]) => {
    const date = new Date(seconds * 1000), day = date.getUTCDate(), year = date.getUTCFullYear();
    const [weekday, , month, , clock] = date.toUTCString().split(/,? /);
    const fraction = rest.toFixed(6).slice(1).replace(/\.?0+$/, "");
    const today = `${weekday} ${day} ${month} ${year}`;
    const [label, context] = {
      fraction: [clock + fraction, today],
      second: [clock.slice(0, step.count < 60 ? 8 : 5), today],
      day: [String(day), `${month} ${year}`], month: [month, String(year)], year: [String(year)],
    }[step.unit];
    const isNew = context !== before;
    before = context;
    return { value: seconds + rest, label, context: isNew ? context : undefined };
  });
}

/** A place on the x axis in full, to the millisecond. */
function placeText(x, isTime) {
  if (!isTime || !(Math.abs(x) < 6e10)) return Number.isInteger(x) ? grouped(x) : String(x);
  const date = new Date(Math.round(x * 1000));
  // The year as it is, which ISO 8601 may fill up with zeros.
  const rest = date.toISOString().slice(-20, -1).replace("T", " ").replace(".000", "");
  return date.getUTCFullYear() + rest;
}
