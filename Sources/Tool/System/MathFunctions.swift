// SPDX-License-Identifier: MIT

import Glibc

/// Functions of the C library.
enum MathFunctions {
  static func exp(_ x: Double) -> Double { Glibc.exp(x) }
  static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
}
