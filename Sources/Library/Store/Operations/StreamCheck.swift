// SPDX-License-Identifier: MIT

import LeatSupport

/// What a verification finds out about one stream.
struct StreamCheck {
  let name: StreamName
  let row: StreamRow
  /// The number of checked rows.
  private(set) var count: UInt64 = 0
  /// Whether SQLite could not read some of the rows, which was reported.
  var isUnreadable = false
  private var newestWhole: Int64 = 0
  private var hasNewest = false

  init(_ name: StreamName, _ row: StreamRow) {
    self.name = name
    self.row = row
  }

  /// `claimed` is the generation in the row, whether or not its checksum is correct.
  mutating func add(
    _ checkpoint: Checkpoint, claims claimed: Int64?, at id: Int64, _ findings: inout Findings
  ) {
    count &+= 1
    let generation = claimed ?? 0
    if generation == row.newest?.generation { hasNewest = true }
    if StreamRow.checkpointID(row.id, generation) != id {
      return findings.add("\(name), generation \(generation): it is in slot \(id & 63)")
    }
    guard let whole = checkpoint.whole else {
      let fault: StaticString =
        checkpoint.row == nil
        ? "the checksum of its row fails"
        : checkpoint.info == nil
          ? "the checksum of its state fails" : "row and state don't belong together"
      return findings.add("\(name), generation \(generation): \(fault)")
    }
    newestWhole = max(newestWhole, generation)
    guard let newest = row.newest else { return }
    if whole.info.fingerprint != newest.model {
      findings.add(
        """
        \(name), generation \(generation): found model \(whole.info.fingerprint), expected the \
        stream's, \(newest.model)
        """)
    }
    if generation == newest.generation && whole.row.position != newest.position {
      findings.add(
        """
        \(name), generation \(generation): found position \(whole.row.position), expected \
        leat_stream's, \(newest.position)
        """)
    } else if generation < newest.generation && whole.row.position > newest.position {
      findings.add(
        """
        \(name), generation \(generation): found position \(whole.row.position), expected at most \
        the newest one's, \(newest.position)
        """)
    }
  }

  /// Counts a row that is there and can't be read.
  mutating func addUnreadable(slot: Int64) {
    count &+= 1
    if let newest = row.newest, newest.generation & 63 == slot { hasNewest = true }
  }

  func conclude(_ findings: inout Findings) {
    if count == 0 && !isUnreadable { return findings.add("\(name): it has no checkpoint") }
    guard let newest = row.newest else { return }
    if newestWhole > newest.generation {
      findings.add(
        """
        \(name), generation \(newestWhole): it is newer than leat_stream's, \(newest.generation)
        """)
    } else if !hasNewest && !isUnreadable {
      findings.add(
        """
        \(name): its newest checkpoint is missing, generation \(newest.generation) at position \
        \(newest.position)
        """)
    }
  }
}
