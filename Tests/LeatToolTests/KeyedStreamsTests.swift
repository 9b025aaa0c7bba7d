// SPDX-License-Identifier: MIT

import Leat
import LeatSamples
import Testing

@testable import LeatTool

/// Blocks of rows of many streams, as a run reads them.
private struct Blocks {
  private let buffer = InputBuffer(capacity: 1 << 16)
  var reader: CSVReader
  let block: SampleBlock
  var streams: [Int] = []
  var inputs: [[Float]] = []
  var outputs: [[Float]] = []

  /// - Parameter rows: the stream of each row
  init(_ model: Model, rows: [Int], capacity: Int) throws {
    var text = Array("k,a,b,c\n".utf8)
    for (row, stream) in rows.enumerated() {
      text += Array("\(stream),\(row),\(row % 7),\(-row)\n".utf8)
    }
    _ = buffer.add { room in
      room.copyBytes(from: text)
      return text.count
    }
    reader = CSVReader(limit: model.inputLimit)
    reader.keys = KeyTable(most: 1000, longest: 10)
    _ = try reader.readLayout(
      ColumnChoice(keys: ["k"]), inputSize: model.inputSize, from: buffer, isEnd: true)
    block = SampleBlock(
      inputSize: model.inputSize, outputSize: model.outputSize, carried: 1, capacity: capacity)
  }

  /// - Returns: false at the end
  mutating func next() -> Bool {
    block.removeAll()
    _ = reader.fill(block, limit: .max, from: buffer, isEnd: true)
    return block.count > 0
  }

  mutating func keepOutputs() {
    for row in 0..<block.count {
      streams.append(Int(block.streams[row]))
      inputs.append((0..<block.inputSize).map { block.inputs[row * block.inputSize + $0] })
      outputs.append((0..<block.outputSize).map { block.outputs[row * block.outputSize + $0] })
    }
  }
}

@Suite struct KeyedStreamsTests {
  private let model: Model

  init() throws {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    model = try Model(path: "/\(folder)/Vectors/documentation-3-2/model.safetensors")
  }

  /// Which stream each row belongs to: turns, pieces, both, and any.
  private static let orders: [[Int]] = {
    var random = SplitMix(state: 3)
    return [
      (0..<200).map { $0 % 60 },
      (0..<200).map { $0 / 25 },
      (0..<200).map { $0 < 90 ? $0 % 9 : $0 / 31 },
      (0..<200).map { _ in Int.random(in: 0..<12, using: &random) },
      (0..<200).map { _ in min(Int.random(in: 0..<40, using: &random), 9) },
      [Int](repeating: 0, count: 200),
    ]
  }()

  @Test(arguments: orders, [1, 3, 16, 64]) func everyStreamIsAsIfItWereAlone(
    rows: [Int], capacity: Int
  ) throws {
    var blocks = try Blocks(model, rows: rows, capacity: capacity)
    let streams = try KeyedStreams(
      of: model, in: nil, keys: KeyTable(most: 1000, longest: 10), name: nil, capacity: capacity)
    while blocks.next() {
      try streams.meet(blocks.reader.keys)
      // What a signal undoes: a part of the block is stepped again.
      streams.keepStates(before: blocks.block)
      try streams.step(blocks.block)
      try streams.undo()
      try streams.step(blocks.block)
      blocks.keepOutputs()
    }
    #expect(streams.position == UInt64(rows.count))
    #expect(streams.count == Set(rows).count && blocks.outputs.count == rows.count)
    for stream in 0..<streams.count {
      var alone = try ModelStream(of: model)
      for row in rows.indices where blocks.streams[row] == stream {
        var output = [Float](repeating: 0, count: model.outputSize)
        try alone.step(blocks.inputs[row], into: &output)
        #expect(output.map(\.bitPattern) == blocks.outputs[row].map(\.bitPattern))
      }
    }
  }

  @Test func aStreamIsForgottenOrResetAlone() throws {
    var blocks = try Blocks(model, rows: [0, 1, 0, 1, 2], capacity: 4)
    let streams = try KeyedStreams(
      of: model, in: nil, keys: KeyTable(most: 9, longest: 10), name: "s", capacity: 4)
    var isMore = blocks.next()
    #expect(isMore)
    let first = blocks.reader.keys
    try streams.meet(first)
    try streams.step(blocks.block)
    isMore = blocks.next()
    #expect(isMore)
    try streams.meet(blocks.reader.keys)
    #expect(streams.count == 3 && streams.members == ["s/", "s/0", "s/1", "s/2"])
    try streams.meet(first)
    #expect(streams.count == 2 && streams.members == ["s/", "s/0", "s/1"])
    try streams.reset(1)
    let states = (0..<3).map { streams.streams.withStream(at: $0) { $0.state() } }
    var new = try ModelStream(of: model)
    try new.setPosition(2)
    #expect(states.map(\.position) == [0, 2, 2] && states[2] == new.state())
    #expect(states[1] != new.state() && streams.changed == [true, true, true])
  }

  @Test(arguments: [
    ["s/", "s/a", "s/b/c"], ["s/"],
  ]) func theMembersOfAGroupAreItsStreams(names: [String]) throws {
    let streams = try KeyedStreams(
      of: model, in: nil, keys: KeyTable(most: 2, longest: 10), name: "s", capacity: 4)
    try streams.setMembers(names)
    #expect(streams.members == names && streams.keysAtStart?.count == names.count - 1)
  }

  @Test(arguments: [
    [], ["s/a"], ["s/", "t/a"], ["s/", "s/a", "s/a"], ["s/", "s/"], ["s/", "s/a", "s/b", "s/c"],
  ]) func otherGroupsAreRefused(names: [String]) throws {
    let streams = try KeyedStreams(
      of: model, in: nil, keys: KeyTable(most: 2, longest: 10), name: "s", capacity: 4)
    #expect(throws: SampleError.self) { try streams.setMembers(names) }
  }
}
