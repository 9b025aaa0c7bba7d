// SPDX-License-Identifier: MIT

/// Decides about lines that aren't samples as they are. This is slow, and only runs for these lines.
extension CSVReader {
  var watchesTimes: Bool {
    (rules.gap != nil || rules.asksAboutRepeats) && layout?.time != nil
  }

  /// The time of the sample before the next one, in its stream.
  private func lastTime(_ block: SampleBlock) -> Double? {
    if keys != nil { return memory.streams.lastTime(of: stream(in: block)) }
    if block.count == 0 { return memory.lastTime }
    // Safe: the block has that sample.
    return unsafe block.times[block.count - 1]
  }

  /// Whether the time of the sample after a block's last one follows the one before, without a gap.
  func isTimeExpected(in block: SampleBlock) -> Bool {
    // Safe: the block has room for that sample, whose time was read.
    unsafe block.isAfterGap[block.count] = false
    guard let last = lastTime(block) else { return true }
    let time = unsafe block.times[block.count]
    return !rules.isRepeat(of: last, time) && !rules.isGap(from: last, to: time)
  }

  /// Takes in the line if its doubts were accepted before.
  ///
  /// - Returns: nil when it was taken in, or is the header once more
  mutating func decide(
    about text: UnsafeBufferPointer<UInt8>, _ block: SampleBlock
  ) -> FillResult? {
    let fault = unsafe fault(in: text)
    if fault != nil, let header = unsafe header(in: text) {
      if case .other(let error) = header { return .refused(error) }
      passHeader()
      return nil
    }
    if let fault, !fault.isInValues { return .malformed(fault.error) }
    if keys != nil, !findStream(in: block, mayBeNew: fault == nil) {
      if let fault { return .malformed(rules.holds ? nothingToHold(fault) : fault.error) }
      return unsafe .refused(tooManyStreams(text))
    }
    let last = watchesTimes ? lastTime(block) : nil
    // Safe: the block has room for the sample. Without times this isn't used.
    let time = unsafe block.times[block.count]
    if let last, rules.isRepeat(of: last, time) {
      return unsafe .doubtful(.repeat, repeats(last, text))
    }
    if let fault, let result = decide(about: fault, block) { return result }
    let isGap = last.map { rules.isGap(from: $0, to: time) } ?? false
    if let last, isGap && !acceptsGap {
      let doubt = SampleDoubt.gap(stream: keys == nil ? 0 : stream(in: block))
      return unsafe .doubtful(doubt, gap(from: last, to: time, text))
    }
    if fault != nil {
      memory.replaceBadValues(
        in: block, limit: limit, stream: keys == nil ? nil : stream(in: block))
    }
    if isGap { memory.gaps += 1 }
    // Safe: the block has room for the sample.
    if rules.gap != nil { unsafe block.isAfterGap[block.count] = isGap }
    if keys != nil { remember(block) }
    block.count += 1
    (acceptsGap, acceptsBadValues) = (false, false)
    return nil
  }

  /// - Returns: nil when the bad values may be replaced
  private func decide(about fault: Fault, _ block: SampleBlock) -> FillResult? {
    guard rules.holds else { return .malformed(fault.error) }
    guard hasValuesBefore(block) else { return .malformed(nothingToHold(fault)) }
    return acceptsBadValues ? nil : .doubtful(.badValue, fault.error)
  }

  private func hasValuesBefore(_ block: SampleBlock) -> Bool {
    guard keys != nil else { return block.count > 0 || !memory.lastInputs.isEmpty }
    return memory.streams.hasInputs(of: stream(in: block), inputSize: block.inputSize)
  }

  // MARK: Messages

  private func nothingToHold(_ fault: Fault) -> SampleError {
    SampleError(
      "\(fault.error); there is no sample before it\(keys == nil ? "" : " in its stream") "
        + "whose value it could take\(isResumed ? ": the run before kept no values" : "")")
  }

  private func repeats(_ last: Double, _ text: UnsafeBufferPointer<UInt8>) -> SampleError {
    SampleError(
      unsafe "\(timePlace(text)), expected a time after \(Timestamp.text(last)) of the last sample")
  }

  private func gap(
    from last: Double, to time: Double, _ text: UnsafeBufferPointer<UInt8>
  ) -> SampleError {
    let length = Timestamp.count((time - last).magnitude)
    return SampleError(
      unsafe "\(timePlace(text)), which is \(length) s \(time < last ? "before" : "after") "
        + "\(Timestamp.text(last)) of the last sample, expected at most "
        + "\(Timestamp.count(rules.gap ?? 0)) s")
  }

  /// The line, the column and the text of its time.
  private func timePlace(_ text: UnsafeBufferPointer<UInt8>) -> String {
    guard let layout else { return "" }
    let fields = unsafe fields(of: text) ?? []
    let found = layout.times.filter(fields.indices.contains).map { fields[$0] }
      .joined(separator: " ")
    let name = layout.times.map(layout.name).joined(separator: " ")
    let shown = unsafe Array(found.utf8).withUnsafeBufferPointer { unsafe self.shown($0) }
    return "line \(line + 1), column \(name): found \(shown)"
  }
}
