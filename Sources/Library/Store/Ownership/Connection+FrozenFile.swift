// SPDX-License-Identifier: MIT

extension Connection {
  /// The file of a closed store in a directory that can't be written; nil when a "-wal" holds
  /// commits that are not in the file.
  ///
  /// To read a database in WAL mode SQLite makes the "-shm" file, through which readers and writers
  /// cooperate. Where it can't make it, it reads only a file that never changes (`immutable=1`).
  /// That is true of read-only media. It is also true of a closed store, until a writer comes that
  /// may write to the directory. So this is done only while the "-wal" is missing or empty, as then
  /// the file holds everything; and each use first checks that the file and the "-wal" are still
  /// the same.
  var frozenFile: FileStamp? {
    guard let path, let wal = try? PathBuffer(path, "-wal"),
      FileStamp(wal.path).size <= 0
    else { return nil }
    let file = FileStamp(path)
    return file.size < 0 ? nil : file
  }
}
