// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Reads the entries of a `__metadata__` object that was checked before.
struct MetadataReader {
  private var json: JSONReader?

  init() {}

  init(_ header: ByteView, from start: Int, _ explanation: Explanation) {
    var json = JSONReader(header, from: start, explanation)
    if json.take(UInt8(ascii: "{")) { self.json = json }
  }

  mutating func next() -> MetadataEntry? {
    guard var reader = json else { return nil }
    do throws(Failure) {
      let key = try reader.string()
      try reader.expect(UInt8(ascii: ":"), "':'")
      let value = try reader.string()
      json = reader.take(UInt8(ascii: ",")) ? reader : nil
      return MetadataEntry(explanation: reader.explanation, key: key, value: value)
    } catch {
      // Never: it was checked.
      json = nil
      return nil
    }
  }
}

/// A key of the metadata and its value.
struct MetadataEntry {
  fileprivate let explanation: Explanation
  let key: JSONString
  let value: JSONString

  func expect(_ expected: Int) throws(Failure) {
    guard Text(value)?.number(from: 0) == expected else {
      throw explanation.failure(
        LEAT_E_MODEL, "metadata '\(key)' is '\(value)', expected \(expected) by the tensors")
    }
  }

  func expect(_ expected: Bool) throws(Failure) {
    let word: StaticString = expected ? "True" : "False"
    guard value == word else {
      throw explanation.failure(
        LEAT_E_MODEL, "metadata '\(key)' is '\(value)', expected \(word) by the tensors")
    }
  }

  /// Refuses what only the loader of other kinds reads: see `LayerPlan`.
  func expect(defaultOf word: StaticString) throws(Failure) {
    guard value == word else { throw needsOtherKinds() }
  }

  func needsOtherKinds() -> Failure {
    explanation.failure(
      LEAT_E_UNSUPPORTED,
      "metadata '\(key)' is '\(value)', which needs the loader of other kinds: the program was linked without it"
    )
  }
}
