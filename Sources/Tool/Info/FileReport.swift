// SPDX-License-Identifier: MIT

/// What there is to say of a file: as lines, and as JSON.
protocol FileReport: Encodable {
  /// The title of each line, empty when it belongs to the one before.
  var lines: [(String, String)] { get }
}
