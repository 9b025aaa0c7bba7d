// SPDX-License-Identifier: MIT

import CStoreFiles

/// What changes when a file is written to or replaced.
struct FileStamp: Equatable {
  /// -1 when there is no file, or it can't be seen.
  let size: Int64
  private let modified: Int64
  private let file: UInt64

  init(_ path: FilePath) {
    let stamp = unsafe leat_files_stamp(path.text)
    size = stamp.size
    modified = stamp.modified_ns
    file = stamp.file
  }
}
