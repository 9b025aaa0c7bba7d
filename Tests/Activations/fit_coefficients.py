# SPDX-License-Identifier: MIT
"""Find the polynomials of Sources/Library/Kernel/Lanes/SigmoidAndTanh.swift.

    python3 fit_coefficients.py        needs numpy, takes seconds

Minimax by iteratively reweighted least squares (Lawson) on Chebyshev points. Coefficients are
rounded to float one after the other, the highest first, and those below fitted again. The bound of
the result is measured over every float by Tests/C/test_activations.
"""
import numpy as np

POINTS = 4000
CHEBYSHEV = np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)


def fit(x, y, weight, powers, rounds):
    """Coefficients of these powers of x with the least max |p(x) - y| * weight."""
    basis = np.stack([x**k for k in powers], axis=1).astype(float)
    y, weight = y.astype(float), weight.astype(float)
    lawson = np.ones(len(y))
    for _ in range(rounds):
        w = weight * np.sqrt(lawson)
        c = np.linalg.lstsq(basis * w[:, None], y * w, rcond=None)[0]
        error = np.abs((basis @ c - y) * weight)
        lawson *= error / error.max() + 1e-3
        lawson /= lawson.sum()
    return c, error.max()


def fit_rounded(x, y, weight, degree, rounds, lowest=None, steps=(0, 0, 0, 0, 0)):
    """Coefficients as floats, highest first; `lowest` is that of x^0 if it is given. Each is rounded
    to the nearest float, then moved by that many floats."""
    rest, found = y.copy(), []
    last = -1
    if lowest is not None:
        rest, last = rest - lowest, 0
    best = fit(x, rest, weight, range(degree, last, -1), rounds)[1]
    for power, step in zip(range(degree, last, -1), steps):
        c = np.float32(fit(x, rest, weight, range(power, last, -1), rounds)[0][0])
        for _ in range(abs(step)):
            c = np.nextafter(c, np.float32(np.copysign(np.inf, step)))
        found.append(float(c))
        rest = rest - np.longdouble(c) * x**power
    if lowest is not None:
        found.append(lowest)
    return found, best, float(np.max(np.abs(rest) * weight))


def show(name, result):
    coefficients, best, rounded = result
    print(f"{name}: error 2^{np.log2(best):.1f}, 2^{np.log2(rounded):.1f} when rounded")
    for c in coefficients:
        print("   ", c.hex())


# e^-r = 1 - Q, Q = r + (r^2 + w) P(r), |r| <= ln 2 / 2.
r = (CHEBYSHEV * 0.34662).astype(np.longdouble)
q = -np.expm1(-r)


def fit_tanh(points, rounds, steps):
    """Of tanh and exp: w doesn't count. The error is relative to tanh, (1 - s + s Q) / (1 + s - s Q)
    with s = 1, where r >= 0, and with s = 1/2."""
    x, y = r[::points], q[::points]
    series = -0.5 + x / 6 - x * x / 24 + x**3 / 120
    p = np.where(abs(x) > 1e-3, (y - x) / (x * x), series)
    whole = np.where(x > 0, abs(x * x / y * 2 / (2 - y)), 0)
    half = x * x * (1 / (1 + y) + 1 / (3 - y))
    return fit_rounded(x, p, np.maximum(whole, half), 4, rounds, steps=steps)


def fit_sigmoid():
    """Of sigma, the error relative to e^-r, and on purpose not of e^-r alone. Where s = 2^24, 1 + s
    loses the 1, which costs sigma an ulp for r about 0 and below. So e^-r is made greater by
    `excess` units of 2^-24 at 0 through w, a little more than that for r < 0, and less for r > 0,
    where sums of 7/8 s + 1 have no ulp to spare."""
    unit, excess, slope, width = 2.0**-24, 0.48, 0.14, 0.05
    w = np.float32(2 * excess * unit)
    more = excess - slope * r * abs(r) / (width**2 + r * r)
    keep = abs(r) > 2e-3  # closer to 0, P is divided by nothing
    x, square = r[keep], (r * r + w)[keep]
    p = (q - more * unit * (1 - q) - r)[keep] / square
    weight = square / (1 - q)[keep]
    print("w of sigma:", float(w).hex())
    return fit_rounded(x, p, weight, 4, 100, -0.5)


if __name__ == "__main__":
    show("P of sigma", fit_sigmoid())
    show("P of tanh", fit_tanh(4, 40, (-1, -2, 1, 1, 0)))
