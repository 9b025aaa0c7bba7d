// SPDX-License-Identifier: MIT

/// A size in 32 bits, so that the tables of a workspace are small.
@propertyWrapper
struct Compact: BitwiseCopyable {
  private var bits: UInt32

  init(wrappedValue: Int) { bits = UInt32(wrappedValue) }

  var wrappedValue: Int {
    get { Int(bits) }
    set { bits = UInt32(newValue) }
  }
}
