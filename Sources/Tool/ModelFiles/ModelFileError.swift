// SPDX-License-Identifier: MIT

/// What a file is refused for: one English line that says what was found and what was expected.
public struct ModelFileError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
