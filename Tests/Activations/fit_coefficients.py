# SPDX-License-Identifier: MIT
"""Find the polynomials of Sources/LeatKernel/Activations.swift.

    python3 fit_coefficients.py        needs numpy, takes seconds

Minimax by iteratively reweighted least squares (Lawson) on Chebyshev points, then each coefficient
rounded to float. The bound of the result is measured over every float by Tests/C/test_activations.
"""
import numpy as np

POINTS = 4000
CHEBYSHEV = np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)


def fit(x, y, weight, degree, rounds):
    """The polynomial p of least max |p(x) - y| * weight, highest coefficient first."""
    basis = np.vander(x.astype(float), degree + 1)
    y, weight = y.astype(float), weight.astype(float)
    lawson = np.ones(POINTS)
    for _ in range(rounds):
        w = weight * np.sqrt(lawson)
        p = np.linalg.lstsq(basis * w[:, None], y * w, rcond=None)[0]
        error = np.abs((basis @ p - y) * weight)
        lawson *= error / error.max() + 1e-3
        lawson /= lawson.sum()
    return [float(np.float32(c)).hex() for c in p], error.max()


def show(name, result):
    coefficients, error = result
    print(f"{name}: relative error 2^{np.log2(error):.1f} before rounding")
    for c in coefficients:
        print("   ", c)


# e^r = 1 + r + r^2 p(r), |r| <= ln 2 / 2, error relative to e^r.
r = (CHEBYSHEV * 0.34658).astype(np.longdouble)
series = 0.5 + r / 6 + r * r / 24 + r**3 / 120
y = np.where(abs(r) > 1e-3, (np.expm1(r) - r) / (r * r), series)
show("exp", fit(r, y, r * r / np.exp(r), 5, 300))

# tanh a = a + a^3 p(a^2), 0 <= a <= 0.7, error relative to tanh a.
a = ((CHEBYSHEV + 1) / 2 * 0.7).astype(np.longdouble)
y = np.where(a > 1e-3, (np.tanh(a) - a) / a**3, -1 / np.longdouble(3) + a * a * 2 / 15)
show("tanh", fit(a * a, y, a**3 / np.tanh(a), 4, 200))
