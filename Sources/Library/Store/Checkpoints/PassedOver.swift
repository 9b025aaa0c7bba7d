// SPDX-License-Identifier: MIT

import CLeatStore

/// The newer checkpoints that a load passes over on its way to one that is whole.
struct PassedOver {
  private let row: StreamRow
  private(set) var count = 0
  private var furthest: UInt64

  init(_ row: StreamRow) {
    self.row = row
    furthest = UInt64(row.newest?.position ?? 0)
  }

  /// - Parameter position: if a checksum confirms it
  mutating func add(_ generation: Int64, isThere: Bool, _ position: UInt64?) {
    // A missing checkpoint that the row names is counted in `countLost`.
    if isThere || generation != row.newest?.generation { count += 1 }
    furthest = max(furthest, position ?? 0)
  }

  /// Says in `loaded` what newer checkpoints were lost. Returns whether there are none: if the row
  /// names what was found, what was passed over only claimed to be newer.
  func countLost(since found: StreamRow.Newest, in loaded: inout leat_checkpoint) -> Bool {
    if row.newest == found { return true }
    var lost = count
    if let named = row.newest?.generation {
      let missing = named > found.generation ? named - found.generation : 1
      lost = max(lost, Int(min(64, missing)))
    } else {
      lost += 1
    }
    loaded.corrupt_generations = UInt32(lost)
    loaded.lost_samples = furthest > loaded.position ? furthest - loaded.position : 0
    return false
  }
}
