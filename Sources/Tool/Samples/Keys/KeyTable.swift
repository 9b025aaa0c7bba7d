// SPDX-License-Identifier: MIT

/// The keys of an input with many streams. Each key has the number of its stream: 0, 1 and so on, in
/// the order in which the keys came first.
///
/// It is a value, as the reader that has it: a copy of both undoes what was read since.
public struct KeyTable: Sendable {
  /// The most keys.
  public let most: Int
  /// The most bytes of a key.
  public let longest: Int
  /// What a message says about `most`, after the number.
  public let remedy: String
  /// All keys, one after the other, and where each of them ends.
  private var text: [UInt8] = []
  private var ends: [Int] = []
  /// The numbers of keys by their hashes, -1 where there is none; at most half of them are used.
  private var slots = [Int32](repeating: -1, count: 16)

  public init(most: Int, longest: Int, remedy: String = "") {
    (self.most, self.longest, self.remedy) = (most, longest, remedy)
  }

  public var count: Int { ends.count }

  /// A stream's key.
  public subscript(stream: Int) -> String {
    String(decoding: text[start(of: stream)..<ends[stream]], as: UTF8.self)
  }

  private func start(of stream: Int) -> Int { stream == 0 ? 0 : ends[stream - 1] }

  /// - Returns: nil when it isn't in the table
  public func stream(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    let number = Int(slots[unsafe slot(of: key)])
    return number < 0 ? nil : number
  }

  /// Adds a key that isn't in the table, while there are less than `most`.
  ///
  /// - Returns: its stream
  public mutating func add(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    precondition(count < most)
    if 2 * (count + 1) > slots.count { grow() }
    unsafe slots[slot(of: key)] = Int32(count)
    unsafe text.append(contentsOf: key)
    ends.append(text.count)
    return count - 1
  }

  /// The same for text, as a store has it.
  ///
  /// - Returns: false when it is in the table already, or has no place in it
  public mutating func add(_ key: String) -> Bool {
    var key = key
    return key.withUTF8 { bytes in
      guard !bytes.isEmpty, count < most, unsafe stream(of: bytes) == nil else { return false }
      _ = unsafe add(bytes)
      return true
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 4 * slots.count)
    unsafe text.withUnsafeBufferPointer { text in
      for stream in 0..<count {
        let key = unsafe UnsafeBufferPointer(rebasing: text[start(of: stream)..<ends[stream]])
        unsafe slots[slot(of: key)] = Int32(stream)
      }
    }
  }

  /// Where a key is, or where it would be. The hash has a seed of this process, so that nobody can
  /// choose keys that all have one slot.
  private func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    unsafe hasher.combine(bytes: UnsafeRawBufferPointer(key))
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] >= 0, unsafe !has(key, at: Int(slots[slot])) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func has(_ key: UnsafeBufferPointer<UInt8>, at stream: Int) -> Bool {
    let start = start(of: stream)
    guard ends[stream] - start == key.count else { return false }
    for index in 0..<key.count where unsafe text[start + index] != key[index] { return false }
    return true
  }
}
