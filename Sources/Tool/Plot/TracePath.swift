// SPDX-License-Identifier: MIT

/// A trace as a line through the smallest and the largest value of each column of pixels, in their
/// order and at their places.
struct TracePath {
  /// The SVG path.
  private(set) var data = ""
  /// Values with gaps on both sides, which a line would not show.
  private(set) var points: [(x: Double, y: Double)] = []

  private var pen: (x: Int, y: Int)?
  /// Points of the line since the last gap.
  private var length = 0

  /// - Parameter column: pixels in a column
  init(_ envelope: Envelope, x: Scale, y: Scale, column: Double) {
    for bucket in envelope.columns(x, width: column) { draw(bucket, x, y) }
    lift()
  }

  private mutating func draw(_ bucket: Envelope.Bucket, _ x: Scale, _ y: Scale) {
    if bucket.count > 0 {
      let low = (x(bucket.minimumAt), y(Double(bucket.minimum)))
      let high = (x(bucket.maximumAt), y(Double(bucket.maximum)))
      if bucket.minimum == bucket.maximum {
        line(to: low)
        // A constant value goes on to the end of the column.
        if bucket.count > 1 { line(to: (x(bucket.last), low.1)) }
      } else if bucket.minimumAt <= bucket.maximumAt {
        line(to: low)
        line(to: high)
      } else {
        line(to: high)
        line(to: low)
      }
    }
    if bucket.missing > 0 { lift() }
  }

  private mutating func line(to point: (Double, Double)) {
    let next = (x: Int((point.0 * 10).rounded()), y: Int((point.1 * 10).rounded()))
    if let pen {
      let dx = Markup.tenths(next.x - pen.x), dy = Markup.tenths(next.y - pen.y)
      data += (length == 1 ? "l" : dx.hasPrefix("-") ? "" : " ") + dx
      data += (dy.hasPrefix("-") ? "" : " ") + dy
    } else {
      data += "M\(Markup.tenths(next.x)) \(Markup.tenths(next.y))"
    }
    pen = next
    length += 1
  }

  private mutating func lift() {
    if let pen, length == 1 { points.append((Double(pen.x) / 10, Double(pen.y) / 10)) }
    (pen, length) = (nil, 0)
  }
}
