// SPDX-License-Identifier: MIT

import Leat
import Testing

@Suite struct GroupTests {
  private let members = ["line/a", "line/b", "line/c"]

  /// Streams at the positions `first`, `first` + 1, …
  private func batch(_ model: Model, first: UInt64) throws -> Batch {
    var batch = try Batch(of: model, count: members.count)
    for index in members.indices {
      try batch.withStream(at: index) { stream throws(LeatError) in
        try stream.setPosition(first + UInt64(index))
      }
    }
    return batch
  }

  private func positions(_ batch: inout Batch) -> [UInt64] {
    (0..<batch.count).map { index in batch.withStream(at: index) { $0.position } }
  }

  @Test("a group is saved and resumed, with its cursor")
  func resumes() throws {
    let folder = try Folder()
    let model = try model("head")
    let store = try Store(path: folder.file("state.db"))
    var found = try Batch(of: model, count: members.count)
    #expect(try store.load(group: "line", members: members, into: &found) == nil)
    #expect(try store.members(ofGroup: "line") == nil)

    var saved = try batch(model, first: 10)
    try store.save(saved, asGroup: "line", members: members, cursor: [1])
    try saved.withStream(at: 1) { stream throws(LeatError) in try stream.setPosition(20) }
    try store.save(
      saved, asGroup: "line", members: members, changed: [false, true, false], cursor: [2])
    let checkpoint = try store.load(group: "line", members: members, into: &found)
    #expect(checkpoint?.cursor == [2] && checkpoint?.isFallback == false)
    #expect(checkpoint?.position == 42 && checkpoint?.generation == 2)
    #expect(positions(&found) == [10, 20, 12])
    #expect(try store.members(ofGroup: "line") == members)
    let entries = try store.streams()
    #expect(entries.map(\.members) == [3, 0, 0, 0])
    #expect(entries.map(\.generation) == [2, 1, 2, 1])
  }

  @Test("what is refused says why, and changes nothing")
  func refused() throws {
    let folder = try Folder()
    let model = try model("head")
    let store = try Store(path: folder.file("state.db"))
    let saved = try batch(model, first: 10)
    var found = try batch(model, first: 50)
    try store.save(saved, asGroup: "line", members: members)
    #expect(code { try store.save(saved, asGroup: "line", members: ["x"]) } == .size)
    #expect(
      code { try store.save(saved, asGroup: "line", members: members, changed: [true]) }
        == .size)
    #expect(code { try store.save(saved, asGroup: "a\0b", members: members) } == .argument)
    #expect(code { try store.save(saved, asGroup: "x", members: ["a\0b", "c", "d"]) } == .argument)
    #expect(
      code { try store.load(group: "line", members: ["line/a", "x", "y"], into: &found) }
        == .mismatch)
    #expect(code { try store.delete("line/b") } == .argument)
    #expect(code { _ = try store.export("line") } == .unsupported)
    #expect(positions(&found) == [50, 51, 52])
  }

  @Test("an autosave keeps a group together")
  func autosave() throws {
    let folder = try Folder()
    let model = try model("head")
    let store = try Store(path: folder.file("state.db"))
    let autosave = try Autosave(to: store, models: [model], streams: 4, cursorSize: 1)
    let slot = try autosave.addGroup("line", members: members)
    #expect(code { _ = try autosave.addGroup("line", members: members) } == .exists)
    var offered = try batch(model, first: 5)
    #expect(try autosave.offer(offered, toGroup: slot, cursor: [7]) == 1)
    #expect(try autosave.offer(offered, toGroup: slot, cursor: [8]) == nil)
    try offered.withStream(at: 0) { stream throws(LeatError) in try stream.setPosition(6) }
    #expect(try autosave.offer(offered, toGroup: slot, cursor: [9]) == 2)
    try autosave.flush()
    #expect(try autosave.durableOffer(of: slot) == 2)
    try autosave.stop()
    var found = try Batch(of: model, count: members.count)
    #expect(try store.load(group: "line", members: members, into: &found)?.cursor == [9])
    #expect(positions(&found) == [6, 6, 7])

    let other = try Autosave(to: store, models: [try LeatTests.model("bf16")], streams: 4)
    let another = try other.addGroup("line", members: members)
    #expect(code { try other.offer(offered, toGroup: another) } == .mismatch)
    try other.stop()
  }
}
