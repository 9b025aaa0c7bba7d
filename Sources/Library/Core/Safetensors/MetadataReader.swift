// SPDX-License-Identifier: MIT

import LeatSupport

/// Goes through the entries of a `__metadata__` object that has been checked.
struct MetadataReader {
  private var json: JSONReader?

  init() {}

  init(_ header: ByteView, from start: Int) {
    var json = JSONReader(header, from: start)
    if json.take(UInt8(ascii: "{")) { self.json = json }
  }

  mutating func next() -> (key: JSONString, value: JSONString)? {
    guard var reader = json else { return nil }
    do throws(Failure) {
      let key = try reader.string()
      try reader.expect(UInt8(ascii: ":"), "':'")
      let value = try reader.string()
      json = reader.take(UInt8(ascii: ",")) ? reader : nil
      return (key, value)
    } catch {
      json = nil
      return nil
    }
  }
}
