// SPDX-License-Identifier: MIT

import LeatSupport

/// A tensor's shape. Sizes beyond 32 bits and axes beyond the third are not kept: no model has
/// them.
struct Shape {
  private(set) var rank: UInt8 = 0
  private(set) var sizes: InlineArray<3, UInt32> = [0, 0, 0]

  mutating func append(_ size: UInt64) {
    if rank < 3 { sizes[Int(rank)] = UInt32(clamping: size) }
    if rank < UInt8.max { rank += 1 }
  }

  func isEqual(_ rows: Int) -> Bool { rank == 1 && sizes[0] == rows }

  func isEqual(_ rows: Int, _ columns: Int) -> Bool {
    rank == 2 && sizes[0] == rows && sizes[1] == columns
  }
}

extension Message.Interpolation {
  mutating func appendInterpolation(_ shape: Shape) {
    appendLiteral("[")
    for axis in 0..<min(Int(shape.rank), 3) {
      if axis > 0 { appendLiteral(", ") }
      appendInterpolation(shape.sizes[axis])
    }
    if shape.rank > 3 { appendLiteral(", ...") }
    appendLiteral("]")
  }
}
