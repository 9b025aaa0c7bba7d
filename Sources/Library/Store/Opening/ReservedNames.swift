// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// The names of the files that SQLite and Leat make beside a store.
enum ReservedNames {
  static var suffixes: InlineArray<5, StaticString> {
    ["-wal", "-shm", "-journal", "-lock", "-lock.new"]
  }

  /// Throws when a file at `path` would be taken for a part of another file that is there: nothing
  /// may be written under such a name.
  static func requireUnreserved(_ path: borrowing StorePath) throws(Failure) {
    let name = path.path.bytes
    let suffixes = suffixes
    for index in suffixes.indices {
      let count = name.count - suffixes[index].utf8CodeUnitCount
      guard count > 0, name.slice(count, name.count).equals(suffixes[index]) else { continue }
      let store = try PathBuffer(path.path, first: count)
      guard FileStatus(store.path).isRegular else { continue }
      throw Failure(
        LEAT_E_ARGUMENT,
        """
        found a path that ends with \(suffixes[index]), as a file beside the store does, expected \
        another: \(path.path)
        """)
    }
  }
}
