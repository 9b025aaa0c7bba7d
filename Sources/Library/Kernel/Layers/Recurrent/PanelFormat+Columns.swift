// SPDX-License-Identifier: MIT

extension PanelFormat {
  /// Bytes of a column of a pair of panels.
  @inlinable @inline(__always)
  static func pairColumn(gates: Int) -> Int {
    Panels(units: 16, gates: gates, type: type).columnBytes(together: 2)
  }

  /// Bytes of a column of an odd last panel.
  @inlinable @inline(__always)
  static func lastColumn(gates: Int) -> Int {
    Panels(units: 8, gates: gates, type: type).columnBytes(together: 1)
  }
}
