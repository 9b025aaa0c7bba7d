// SPDX-License-Identifier: MIT

/// Finds which stream a line belongs to, in an input with keys, and remembers its last sample.
extension CSVReader {
  /// The stream of the sample after a block's last one.
  @inline(__always)
  func stream(in block: SampleBlock) -> Int {
    // Safe: the block has room for that sample, whose stream was found.
    unsafe Int(block.streams[block.count])
  }

  /// Finds the stream of the sample after a block's last one. A new key becomes a new stream.
  ///
  /// - Parameter mayBeNew: whether the line is a sample of a new stream, too
  /// - Returns: false when its fields are no key, or there is no stream of it
  mutating func findStream(in block: SampleBlock, mayBeNew: Bool = true) -> Bool {
    // Safe: the block has room for that sample, whose texts were read.
    let fields = unsafe UnsafePointer(block.carriedText + block.count * block.carriedCount)
    if keyPlaces.count == 1 {
      let value = unsafe KeyText.value(of: fields[keyPlaces[0]])
      if unsafe KeyText.isPlain(value) {
        return unsafe findStream(of: value, fields, block, mayBeNew)
      }
    }
    return unsafe withJoinedKey(fields) { reader, key in
      unsafe reader.findStream(of: key, fields, block, mayBeNew)
    }
  }

  /// Calls `body` with the key that fields spell.
  private mutating func withJoinedKey<Result>(
    _ fields: UnsafePointer<UnsafeBufferPointer<UInt8>>,
    _ body: (inout Self, UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    // So that its memory is used again.
    var key: [UInt8] = []
    swap(&key, &joinedKey)
    defer { swap(&key, &joinedKey) }
    unsafe KeyText.join(fields, keyPlaces, into: &key)
    return unsafe key.withUnsafeBufferPointer { unsafe body(&self, $0) }
  }

  @inline(__always)
  private mutating func findStream(
    of key: UnsafeBufferPointer<UInt8>, _ fields: UnsafePointer<UnsafeBufferPointer<UInt8>>,
    _ block: SampleBlock, _ mayBeNew: Bool
  ) -> Bool {
    guard
      let stream = unsafe keys?.stream(of: key)
        ?? (mayBeNew ? newStream(key, fields, block) : nil)
    else { return false }
    // Safe: the block has room for the sample. There are at most 2^31 streams.
    unsafe block.streams[block.count] = Int32(truncatingIfNeeded: stream)
    return true
  }

  @inline(never)
  private mutating func newStream(
    _ key: UnsafeBufferPointer<UInt8>, _ fields: UnsafePointer<UnsafeBufferPointer<UInt8>>,
    _ block: SampleBlock
  ) -> Int? {
    // The table isn't copied here: to add to it would copy all of it then.
    guard let count = keys?.count, let most = keys?.most, count < most,
      unsafe keyFault(key, fields) == nil
    else { return nil }
    memory.streams.addStream(
      hasTimes: watchesTimes, inputSize: rules.holds ? block.inputSize : 0)
    return unsafe self.keys?.add(key)
  }

  /// Remembers the sample after a block's last one.
  @inline(__always)
  mutating func remember(_ block: SampleBlock) {
    guard watchesTimes || rules.holds else { return }
    // Safe: the block has room for that sample, which was read.
    let inputs = unsafe UnsafeBufferPointer(
      start: block.inputs + block.count * block.inputSize,
      count: rules.holds ? block.inputSize : 0)
    unsafe memory.streams.remember(
      stream(in: block), time: watchesTimes ? block.times[block.count] : nil, inputs: inputs)
  }

  // MARK: Messages

  /// Why fields are no key; nil when they are one.
  private func keyFault(
    _ key: UnsafeBufferPointer<UInt8>, _ fields: UnsafePointer<UnsafeBufferPointer<UInt8>>
  ) -> String? {
    guard let layout, let keys else { return nil }
    for (place, column) in zip(keyPlaces, layout.keys)
    where unsafe KeyText.value(of: fields[place]).isEmpty {
      return "column \(layout.name(column)): found nothing, expected the name of a stream"
    }
    let columns = layout.keys.map(layout.name).joined(separator: ", ")
    let place = "column\(layout.keys.count == 1 ? "" : "s") \(columns)"
    if key.count > keys.longest {
      let found = unsafe shown(key)
      return "\(place): found \(found) of \(key.count) bytes, expected at most \(keys.longest)"
    }
    guard unsafe String(validating: key, as: UTF8.self) != nil, unsafe !key.contains(0) else {
      return unsafe "\(place): found \(shown(key)), expected a name in UTF-8 without NUL"
    }
    return nil
  }

  /// The same for a whole line that has the right number of fields.
  func keyFault(in text: UnsafeBufferPointer<UInt8>) -> String? {
    guard keys != nil, let layout else { return nil }
    var fields = unsafe [UnsafeBufferPointer<UInt8>](
      repeating: UnsafeBufferPointer(start: nil, count: 0), count: layout.texts.count)
    _ = unsafe parser.parse(text) { column, field in
      guard column < roles.count, roles[column].text >= 0 else { return }
      unsafe fields[roles[column].text] = field
    }
    var key: [UInt8] = []
    return unsafe fields.withUnsafeBufferPointer { fields in
      // Safe: keys are in the copied texts, so that there is at least one.
      let base = fields.baseAddress!
      unsafe KeyText.join(base, keyPlaces, into: &key)
      return unsafe key.withUnsafeBufferPointer { unsafe keyFault($0, base) }
    }
  }

  /// For a block whose next sample has a new key.
  func tooManyStreams(_ text: UnsafeBufferPointer<UInt8>) -> SampleError {
    let (fields, layout) = (unsafe fields(of: text) ?? [], layout)
    let columns = (layout?.keys ?? []).map { layout?.name($0) ?? "" }.joined(separator: ", ")
    let found = (layout?.keys ?? []).filter(fields.indices.contains).map { fields[$0] }
      .joined(separator: ", ")
    let shown = unsafe Array(found.utf8).withUnsafeBufferPointer { unsafe self.shown($0) }
    let place = "line \(line + 1), column\(layout?.keys.count == 1 ? "" : "s") \(columns)"
    return SampleError(
      "\(place): found \(shown), one stream more than the \(keys?.most ?? 0) that "
        + (keys?.remedy ?? ""))
  }
}
