// SPDX-License-Identifier: MIT
// Where axes are labelled and how, as Ticks.swift and TimeTicks.swift do it for the SVG.

const minus = "\u2212";

/** The largest n with 10^n <= |value|. */
function exponentOf(value) {
  return value === 0 ? 0 : Number(Math.abs(value).toExponential().split("e")[1]);
}

/** digits · 10^exponent, as text, with the point moved `shift` places to the left. */
function decimalText(digits, exponent, shift) {
  const places = shift - exponent;
  let text = String(Math.abs(digits));
  if (digits === 0) return "0";
  if (places < 0) {
    text += "0".repeat(-places);
  } else if (places > 0) {
    text = text.padStart(places + 1, "0");
    text = text.slice(0, -places) + "." + text.slice(-places);
  }
  return (digits < 0 ? minus : "") + text;
}

function grouped(number) {
  const digits = String(Math.abs(Math.round(number))).replace(/\B(?=(\d{3})+$)/g, ",");
  return (number < 0 ? minus : "") + digits;
}

/** How the numbers of an axis are written, by the largest one's exponent. */
function notation(magnitude) {
  let shift = 0, suffix = "";
  if (magnitude >= 4 && magnitude <= 14) {
    const group = Math.max(1, Math.floor(magnitude / 3));
    [shift, suffix] = [3 * group, "\u2009" + "kMGT"[group - 1]];
  } else if (magnitude < -3 || magnitude > 14) {
    [shift, suffix] = [magnitude, "e" + magnitude];
  }
  return (digits, exponent) =>
    digits === 0 ? "0" : decimalText(digits, exponent, shift) + suffix;
}

/** One number by itself, short. */
function shortNumber(value, significant = 3) {
  if (value === 0) return "0";
  let [digits, exponent] = value.toExponential(significant - 1).split("e").map(Number);
  exponent -= significant - 1;
  digits = Math.round(digits * 10 ** (significant - 1));
  while (digits % 10 === 0) [digits, exponent] = [digits / 10, exponent + 1];
  return notation(exponent + String(Math.abs(digits)).length - 1)(digits, exponent);
}

/** A float of 32 bits in as few digits as tell it from its neighbours. */
function exactNumber(value) {
  for (let digits = 1; digits < 9; digits++) {
    if (Math.fround(Number(value.toPrecision(digits))) === value) {
      return String(Number(value.toPrecision(digits))).replace("-", minus);
    }
  }
  return String(Number(value.toPrecision(9))).replace("-", minus);
}

/** Multiples of 1, 2 or 5 times a power of ten, as { value, digits, exponent }. */
function numberSteps(low, high, count) {
  if (!(high > low)) return [];
  const raw = (high - low) / Math.max(1, count);
  let exponent = exponentOf(raw);
  const leading = raw / 10 ** exponent * (1 - 1e-9);
  let factor = leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10;
  if (factor === 10) [factor, exponent] = [1, exponent + 1];
  const valueOf = (n) => exponent < 0 ? n * factor / 10 ** -exponent : n * factor * 10 ** exponent;
  const steps = [];
  const first = Math.ceil(low / valueOf(1) - 1e-9), last = Math.floor(high / valueOf(1) + 1e-9);
  for (let n = first; n <= last && steps.length < 1000; n++) {
    steps.push({ value: valueOf(n), digits: n * factor, exponent });
  }
  return steps;
}

function numberTicks(low, high, count) {
  const steps = numberSteps(low, high, count);
  const magnitude = Math.max(...steps.filter((step) => step.digits !== 0)
    .map((step) => exponentOf(step.value)));
  // Thousands and more that differ in their last digits are written in full.
  const inFull = steps.some((step) =>
    step.exponent >= 0 && magnitude >= 4 && magnitude <= 8 && magnitude - step.exponent >= 4);
  const text = notation(magnitude);
  return steps.map((step) => ({
    value: step.value,
    label: inFull ? grouped(step.value) : text(step.digits, step.exponent),
  }));
}

function positionTicks(low, high, count) {
  if (high >= 1e7) return numberTicks(low, high, count);
  const most = Math.min(count, Math.max(1, Math.floor(high - low)));
  return numberSteps(low, high, most).filter((step) => step.exponent >= 0)
    .map((step) => ({ value: step.value, label: grouped(step.value) }));
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = (number) => String(number).padStart(2, "0");

/** In seconds; at least so many pixels apart; of what unit. */
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => [n, 80, "second", n]),
  ...[60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200]
    .map((n) => [n, 58, "second", n]),
  ...[1, 2, 5, 10].map((n) => [n * 86400, 36, "day", n]),
  ...[1, 3, 6].map((n) => [n * 2629746, 44, "month", n]),
];

/** Midnight of a date in UTC; Date.UTC() by itself takes the year 99 for 1999. */
function midnight(year, month, day) {
  return new Date(0).setUTCFullYear(year, month, day) / 1000;
}

function secondText(date) {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** @param room pixels from low to high */
function timeTicks(low, high, room) {
  if (!(low > -6e10 && high < 2.5e11)) return numberTicks(low, high, room / 80);
  const perPixel = (high - low) / Math.max(1, room);
  let [, , unit, length] = timeSteps.find((step) => step[0] >= perPixel * step[1]) ||
    [0, 0, "year"];
  if (perPixel * 80 <= 0.5) unit = "fraction";
  const ticks = [];
  const add = (value, label, context) => {
    if (value >= low && value <= high) ticks.push({ value, label, context });
  };
  const dayText = (date) => `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ` +
    `${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  const from = new Date(low * 1000).getUTCFullYear(), to = new Date(high * 1000).getUTCFullYear();
  if (unit === "fraction") {
    const minute = Math.floor(low / 60) * 60;
    for (const step of numberSteps(low - minute, high - minute, room / 110)) {
      const value = minute + step.value, whole = Math.floor(step.value + 1e-9);
      const date = new Date((minute + whole) * 1000);
      const fraction = (step.value - whole).toFixed(6).slice(1).replace(/\.?0+$/, "");
      add(value, secondText(date) + fraction, dayText(date));
    }
  } else if (unit === "second") {
    for (let value = Math.ceil(low / length) * length; value <= high; value += length) {
      const date = new Date(value * 1000);
      add(value, length < 60 ? secondText(date) : secondText(date).slice(0, 5), dayText(date));
    }
  } else if (unit === "year") {
    for (const step of numberSteps(from, to + 1, room / 60).filter((s) => s.exponent >= 0)) {
      add(midnight(step.value, 0, 1), String(step.value));
    }
  } else {
    for (let year = from; year <= to; year++) {
      for (let month = 0; month < 12; month += unit === "month" ? length : 1) {
        if (unit === "month") {
          add(midnight(year, month, 1), months[month], String(year));
          continue;
        }
        const last = length === 1 ? new Date(midnight(year, month + 1, 0) * 1000).getUTCDate()
          : 31 - length;
        for (let day = 1; day <= last; day += length) {
          add(midnight(year, month, day), String(day), `${months[month]} ${year}`);
        }
      }
    }
  }
  // Only where it changes.
  let before;
  for (const tick of ticks) {
    if (tick.context === before) delete tick.context; else before = tick.context;
  }
  return ticks;
}

/** A place on the x axis in full, to the millisecond. */
function placeText(x, isTime) {
  if (!isTime || !(Math.abs(x) < 6e10)) return Number.isInteger(x) ? grouped(x) : String(x);
  const date = new Date(Math.round(x * 1000));
  const fraction = date.getUTCMilliseconds() ? "." + String(date.getUTCMilliseconds())
    .padStart(3, "0") : "";
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ` +
    secondText(date) + fraction;
}
