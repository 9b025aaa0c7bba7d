// SPDX-License-Identifier: MIT

import Leat
import Testing

@Suite struct StoreTests {
  @Test("a stream is saved and resumed, with its cursor")
  func resumes() throws {
    let folder = try Folder()
    let model = try model("head")
    let samples = samples(10, model)
    var first = try ModelStream(of: model)
    let store = try Store(path: folder.file("state.db"), generations: 2)
    #expect(try store.load("pump", into: &first) == nil)
    _ = try outputs(&first, samples)
    try store.save(first, as: "pump", cursor: [1, 2, 3])
    try store.close()
    #expect(code { try store.save(first, as: "pump") } == .argument)

    var second = try ModelStream(of: model)
    let checkpoint = try Store(path: folder.file("state.db"), for: .existing).load(
      "pump", into: &second)
    #expect(checkpoint?.cursor == [1, 2, 3] && checkpoint?.position == 10)
    #expect(checkpoint?.isFallback == false && checkpoint?.generation == 1)
    #expect(second.state() == first.state())
    #expect(try outputs(&second, samples) == outputs(&first, samples))
  }

  @Test("what is refused says why")
  func refused() throws {
    let folder = try Folder()
    let path = folder.file("state.db")
    #expect(code { _ = try Store(path: path, for: .existing) } == .io)
    #expect(code { _ = try Store(path: path, generations: 65) } == .argument)
    #expect(code { _ = try Store(path: "a\0b") } == .argument)
    let store = try Store(path: path)
    #expect(code { _ = try Store(path: path) } == .busy)
    #expect(Store.writer(of: path)?.hasPrefix("process ") == true)
    var stream = try ModelStream(of: try model("head"))
    try stream.setPosition(5)
    try store.save(stream, as: "pump")
    #expect(code { try store.save(stream, as: "a\0b") } == .argument)
    #expect(code { try store.save(stream, as: "") } == .argument)
    try stream.setPosition(4)
    #expect(code { try store.save(stream, as: "pump") } == .position)
    try store.save(stream, as: "pump", .rewind)
    #expect(try store.streams().map(\.position) == [4])
    try store.close()
    #expect(Store.writer(of: path) == nil && Store.writer(of: "a\0b") == nil)
  }

  @Test("streams are listed, renamed, deleted, exported and imported")
  func streams() throws {
    let folder = try Folder()
    let store = try Store(path: folder.file("state.db"))
    var stream = try ModelStream(of: try model("head"))
    try stream.setPosition(3)
    for name in ["b", "a", "c"] { try store.save(stream, as: name, cursor: [9]) }
    #expect(try store.streams().map(\.name) == ["a", "b", "c"])
    var visited = 0
    try store.forEachStream { _ in
      visited += 1
      return visited < 2
    }
    #expect(visited == 2)
    try store.rename("b", to: "d")
    try store.delete("c")
    #expect(code { try store.delete("c") } == .notFound)
    #expect(code { try store.rename("a", to: "d") } == .exists)
    let exported = try store.export("d")
    #expect(exported.state == stream.state() && exported.checkpoint.cursor == [9])
    #expect(code { _ = try store.export("none") } == .notFound)
    try store.import(exported.state, as: "e")
    #expect(try store.export("e").checkpoint.cursor == [])
    #expect(try store.streams().map(\.name) == ["a", "d", "e"])
  }

  @Test("a transaction is done whole or not at all")
  func transactions() throws {
    struct Stop: Error {}
    let folder = try Folder()
    let store = try Store(path: folder.file("state.db"))
    let stream = try ModelStream(of: try model("head"))
    #expect(throws: Stop.self) {
      try store.withTransaction {
        try store.save(stream, as: "a")
        throw Stop()
      }
    }
    #expect(try store.streams().isEmpty)
    try store.withTransaction { for name in ["a", "b"] { try store.save(stream, as: name) } }
    #expect(try store.streams().count == 2)
    #expect(code { try store.commit() } == .argument)
  }

  @Test("a store is backed up, checked, pruned and counted")
  func maintenance() throws {
    let folder = try Folder()
    let store = try Store(path: folder.file("state.db"))
    var stream = try ModelStream(of: try model("head"))
    for position in 1...3 {
      try stream.setPosition(UInt64(position))
      try store.save(stream, as: "a")
    }
    #expect(try store.statistics().checkpoints == 3)
    var reports = 0
    try store.backup(to: folder.file("copy.db")) { done, total in
      reports += 1
      return done <= total
    }
    #expect(reports > 0)
    #expect(code { try store.backup(to: folder.file("copy.db")) } == .exists)
    #expect(code { try store.backup(to: folder.file("none.db")) { _, _ in false } } == .stopped)
    #expect(try store.prune(generations: 1) == 2)
    #expect(code { try store.prune() } == .argument)
    let copy = try Store(path: folder.file("copy.db"), for: .readOnly)
    #expect(try copy.statistics().checkpoints == 3)
    #expect(try copy.verify { Issue.record("found \($0)") })
  }

  @Test("an autosave writes what is offered")
  func autosave() throws {
    let folder = try Folder()
    let model = try model("head")
    let store = try Store(path: folder.file("state.db"))
    var stream = try ModelStream(of: model)
    let autosave = try Autosave(to: store, models: [model], streams: 2, cursorSize: 4)
    let slot = try autosave.add("pump")
    #expect(code { _ = try autosave.add("pump") } == .exists)
    _ = try outputs(&stream, samples(4, model))
    try autosave.offer(stream, to: slot, cursor: [4])
    #expect(code { try autosave.offer(stream, to: slot, cursor: [1, 2, 3, 4, 5]) } == .size)
    #expect(code { try store.save(stream, as: "pump") } == .argument)
    try autosave.flush()
    #expect(try autosave.durablePosition(of: slot) == 4)
    let other = try ModelStream(of: try StoreTests.other())
    #expect(code { try autosave.offer(other, to: slot) } == .mismatch)
    try autosave.stop()
    #expect(code { try autosave.flush() } == .argument)
    #expect(try store.export("pump").checkpoint.cursor == [4])
    #expect(code { _ = try Autosave(to: store, models: [model], streams: 0) } == .argument)
    #expect(code { _ = try Autosave(to: store, models: [], streams: 1) } == .argument)
  }

  private static func other() throws -> Model { try model("layers-3") }

  @Test("an autosave that goes writes what it has")
  func autosaveGoes() throws {
    let folder = try Folder()
    let model = try model("head")
    var stream = try ModelStream(of: model)
    try stream.setPosition(8)
    do {
      let store = try Store(path: folder.file("state.db"))
      let autosave = try Autosave(
        to: store, models: [model], streams: 1, everyMilliseconds: 3_600_000)
      try autosave.offer(stream, to: try autosave.add("pump"))
    }
    #expect(
      try Store(path: folder.file("state.db"), for: .readOnly).streams().map(\.position) == [8])
  }
}
