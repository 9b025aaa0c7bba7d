// SPDX-License-Identifier: MIT

import Leat

/// What `leat store show` reports of a group.
struct GroupReport: FileReport {
  let name: String
  /// The sum of the members' positions.
  let position: UInt64
  let generation: UInt64
  let generationsKept: Int
  let savedAtMs: Int64
  let cursorBytes: UInt64
  /// Of the newest checkpoint that is whole for every member.
  let members: [String]

  init(_ entry: Store.Entry, in store: Store) throws {
    name = entry.name
    (position, generation) = (entry.position, entry.generation)
    generationsKept = entry.generations
    savedAtMs = entry.savedAt
    cursorBytes = entry.cursorSize
    members = try store.members(ofGroup: name) ?? []
  }

  var lines: [(String, String)] {
    let age = Age(of: savedAtMs, at: Clock.milliseconds)
    var lines = [
      ("group", name),
      ("position", "\(Figures.grouped(position)) samples taken in, by all members together"),
      ("generation", "\(Figures.grouped(generation)); \(generationsKept) kept"),
      ("saved", "\(Figures.utc(milliseconds: savedAtMs)), \(age.sentence)"),
      ("cursor", cursorBytes == 0 ? "none" : "\(Figures.grouped(cursorBytes)) bytes"),
      ("members", Figures.grouped(members.count)),
    ]
    let most = 20
    lines += members.prefix(most).map { ("member", $0) }
    if members.count > most { lines.append(("member", "… --json has all of them")) }
    return lines
  }
}
