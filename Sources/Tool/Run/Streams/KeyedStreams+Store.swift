// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// The streams of keys in a store: a group, whose members are named `NAME/KEY`. A save writes those
/// that have changed since the last one.
extension KeyedStreams {
  func save(
    as name: String, in store: Store, cursor: [UInt8], _ options: SaveOptions
  ) throws {
    try store.save(
      streams, asGroup: name, members: members, changed: changed, cursor: cursor, options)
    for index in changed.indices { changed[index] = false }
  }

  func load(_ name: String, from store: Store) throws -> Checkpoint? {
    guard let names = try members(of: name, in: store) else { return nil }
    do { try setMembers(names) } catch let error as SampleError {
      throw ToolError(.data, "stream '\(name)' in the store: \(error)")
    }
    guard let checkpoint = try store.load(group: name, members: names, into: &streams) else {
      return nil
    }
    setLoaded()
    return checkpoint
  }

  private func members(of name: String, in store: Store) throws -> [String]? {
    do { return try store.members(ofGroup: name) } catch {
      guard error.code == .mismatch, try store.entry(of: name)?.members == 0 else { throw error }
      throw ToolError(
        .usage,
        "the stream '\(name)' in the store was begun without --by: --restart starts it over, another "
          + "--stream keeps it")
    }
  }
}
