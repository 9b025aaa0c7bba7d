// SPDX-License-Identifier: MIT

/// What a picture can't be drawn for: one English line.
public struct PlotError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
