// SPDX-License-Identifier: MIT

/// What samples are refused for: one English line that says what was found and what was expected.
public struct SampleError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
