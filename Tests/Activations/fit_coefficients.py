# SPDX-License-Identifier: MIT
"""Find the polynomials of Sources/Library/Kernel/Lanes: SigmoidAndTanh, Logarithm, Gelu.

    python3 fit_coefficients.py        needs numpy, takes seconds

Minimax by iteratively reweighted least squares (Lawson) on Chebyshev points. Coefficients are
rounded to float one after the other, and the others fitted again. The bound of the result is
measured over every float by Tests/C/test_activations and Tests/C/test_activation_kernels.
"""
import math

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


def fit_upwards(x, y, weight, degree):
    """Coefficients as floats, lowest first, rounded in this order: better where the lowest have the
    greatest share of the result."""
    rest, found = y.copy(), []
    best = fit(x, rest, weight, range(degree, -1, -1), 60)[1]
    for power in range(degree + 1):
        c = np.float32(fit(x, rest, weight, range(degree, power - 1, -1), 60)[0][-1])
        found.append(float(c))
        rest = rest - np.longdouble(c) * x**power
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


def fit_logarithm():
    """(log(1 + f) - f) / f^2 for f from -1/4 to 1/2, the error relative to the logarithm."""
    f = (0.125 + 0.375 * CHEBYSHEV[::4]).astype(np.longdouble)
    series = -0.5 + f / 3 - f * f / 4 + f**3 / 5 - f**4 / 6 + f**5 / 7
    p = np.where(abs(f) > 1e-2, (np.log1p(f) - f) / (f * f), series)
    return fit_upwards(f, p, f * f / abs(np.log1p(f)), 8)


def fit_gelu_at_zero():
    """(Phi(x) - 1/2) / x as a polynomial of x^2, x from 0 to 1, the error relative to Phi(-x)."""
    square = (0.5 + 0.5 * CHEBYSHEV[::8]).astype(np.longdouble)
    x = np.sqrt(square)
    p = np.array([math.erf(v / math.sqrt(2)) / (2 * v) for v in x.astype(float)])
    return fit_upwards(square, p.astype(np.longdouble), x / (0.5 - x * p), 5)


class Ratio:
    """E(a) = e^(a^2/2) Phi(-a) as (n_0 + ... + n_4 a^4) / (1 + d_1 a + ... + d_5 a^5), a to 9.125;
    n_0 is 1/2. Linear in its coefficients when the weight has the denominator of the last round."""

    def __init__(self):
        self.a = 9.125 / 2 * (1 + CHEBYSHEV[::2])
        self.e = np.array([math.erfc(v / math.sqrt(2)) * math.exp(v * v / 2) / 2 for v in self.a])

    def fit(self, top, bottom):
        """The other coefficients, given the first of both."""
        a, e = self.a, self.e
        fixed_top = sum(c * a**k for k, c in enumerate(top))
        fixed_bottom = 1 + sum(c * a ** (k + 1) for k, c in enumerate(bottom))
        powers = list(range(len(top), 5)), list(range(len(bottom) + 1, 6))
        denominator, lawson, best = np.ones_like(a), np.ones_like(a), None
        for _ in range(100):
            w = np.sqrt(lawson) / (e * denominator)
            columns = [a**k for k in powers[0]] + [-e * a**k for k in powers[1]]
            basis = np.stack(columns, axis=1) * w[:, None]
            size = np.abs(basis).max(axis=0)
            wanted = (e * fixed_bottom - fixed_top) * w
            c = np.linalg.lstsq(basis / size, wanted, rcond=None)[0] / size
            split = len(powers[0])
            numerator = fixed_top + sum(v * a**k for v, k in zip(c, powers[0]))
            denominator = fixed_bottom + sum(v * a**k for v, k in zip(c[split:], powers[1]))
            error = np.abs(numerator / denominator / e - 1)
            if best is None or error.max() < best[0]:
                best = error.max(), c[:split], c[split:]
            lawson *= error / error.max() + 1e-3
            lawson /= lawson.sum()
        return best

    def fit_rounded(self):
        top, bottom = [0.5], []
        best = self.fit(top, bottom)[0]
        for _ in range(5):
            bottom.append(float(np.float32(self.fit(top, bottom)[2][0])))
            if len(top) < 5:
                top.append(float(np.float32(self.fit(top, bottom)[1][0])))
        numerator = sum(c * self.a**k for k, c in enumerate(top))
        denominator = 1 + sum(c * self.a ** (k + 1) for k, c in enumerate(bottom))
        return top + [1.0] + bottom, best, float(np.abs(numerator / denominator / self.e - 1).max())


if __name__ == "__main__":
    show("P of sigma", fit_sigmoid())
    show("P of tanh", fit_tanh(4, 40, (-1, -2, 1, 1, 0)))
    show("logarithm, lowest first", fit_logarithm())
    show("gelu at 0, lowest first", fit_gelu_at_zero())
    show("gelu away from 0, numerator and denominator, lowest first", Ratio().fit_rounded())
