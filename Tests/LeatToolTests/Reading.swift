// SPDX-License-Identifier: MIT

import LeatSamples

/// Reads a whole text in pieces of a number of bytes. Repeated times are skipped, and other doubts
/// accepted.
struct Reading {
  var rows: [[Float]] = []
  var texts: [String] = []
  var errors: [String] = []
  /// Rows before which a gap was accepted.
  var gaps: [Int] = []
  /// The stream of each row, in an input with keys.
  var streams: [Int] = []
  var reader: CSVReader

  init(
    _ text: String, choice: ColumnChoice = ColumnChoice(), inputs: Int = 2, piece: Int = 1000,
    capacity: Int = 64, limit: Float = 1e30, steps: Int = 3, isForTerminal: Bool = false,
    dialect: CSVDialect = CSVDialect(), rules: SampleRules = SampleRules(), marksGaps: Bool = false,
    after cursor: RunCursor? = nil, keys: KeyTable? = nil
  ) throws {
    reader = CSVReader(dialect, limit: limit)
    reader.rules = rules
    reader.keys = keys
    let buffer = InputBuffer(capacity: capacity)
    var rest = Array(text.utf8)[...]
    func add() {
      _ = buffer.add(most: piece) { room in
        let part = rest.prefix(room.count)
        room.copyBytes(from: part)
        rest.removeFirst(part.count)
        return part.count
      }
    }
    if let cursor {
      try reader.resume(
        choice, inputSize: inputs, firstLine: cursor.firstLine, offset: cursor.input.offset,
        line: cursor.line, skipped: cursor.skipped, isAfterOpenLine: cursor.isAfterOpenLine,
        memory: cursor.memory, mayRepeatHeader: false)
    }
    while try cursor == nil
      && reader.readLayout(choice, inputSize: inputs, from: buffer, isEnd: rest.isEmpty)
        == nil
    {
      guard !rest.isEmpty else { throw SampleError("empty") }
      add()
    }
    let layout = reader.layout!
    let block = SampleBlock(
      inputSize: inputs, outputSize: 1, carried: layout.texts.count, capacity: steps)
    let writer = CSVWriter(
      separator: dialect.separator, decimal: dialect.decimal, front: .texts,
      isForTerminal: isForTerminal, marksGaps: marksGaps)
    let output = OutputBuffer(capacity: 4096)
    while true {
      block.removeAll()
      let result = reader.fill(block, limit: .max, from: buffer, isEnd: rest.isEmpty)
      for row in 0..<block.count {
        rows.append((0..<inputs).map { block.inputs[row * inputs + $0] })
        block.outputs[row] = 7
        if keys != nil { streams.append(Int(block.streams[row])) }
      }
      if !layout.texts.isEmpty { _ = writer.write(block, from: 0, position: 0, to: output) }
      switch result {
      case .isFull: break
      case .malformed(let error):
        errors.append(error.description)
        reader.skip(from: buffer)
      case .doubtful(let doubt, let error):
        errors.append(error.description)
        if case .gap = doubt { gaps.append(rows.count) }
        if case .repeat = doubt {
          reader.skipRepeat(from: buffer)
        } else {
          reader.accept(doubt)
        }
      case .refused(let error):
        errors.append("refused: \(error)")
        return
      case .needsInput:
        if rest.isEmpty {
          texts = String(decoding: output.bytes, as: UTF8.self)
            .split(separator: "\n").map(String.init)
          return
        }
        add()
      }
    }
  }
}
