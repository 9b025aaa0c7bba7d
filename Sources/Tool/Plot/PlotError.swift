// SPDX-License-Identifier: MIT

/// Why a chart can't be drawn, in one line.
public struct PlotError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
