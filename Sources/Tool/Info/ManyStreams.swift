// SPDX-License-Identifier: MIT

/// What `leat run --by` needs for some number of streams: about as much as was measured, for names of
/// about 20 bytes.
struct ManyStreams: Encodable {
  let streams: Int
  /// Bytes of the whole process, and of its store's file.
  let memoryBytes, storeBytes: UInt64

  /// Of the process without streams.
  private static let program: UInt64 = 20 << 20
  /// Of a stream, besides its state: its names, and its place in lists and in SQLite's cache.
  private static let besideStream: UInt64 = 550
  /// In the store, for a stream: its row, its name in the index, and its place in three manifests.
  private static let besideCheckpoints: UInt64 = 210
  /// Checkpoints of each stream that a store keeps.
  private static let generations: UInt64 = 3

  /// - Parameters:
  ///   - streams: more than 0
  ///   - modelSize, streamSize, stateSize: bytes in memory of the model and of a stream, and of a state
  init(_ streams: Int, modelSize: UInt64, streamSize: UInt64, stateSize: UInt64) {
    self.streams = streams
    let count = UInt64(streams)
    memoryBytes = Self.program + modelSize + count * (streamSize + Self.besideStream)
    storeBytes =
      count * (Self.besideCheckpoints + Self.generations * Self.checkpointSize(ofState: stateSize))
  }

  /// Bytes of an SQLite file that a checkpoint takes. A page of 4,096 bytes has as many rows as fit;
  /// of a row that doesn't fit, as much as possible is in pages of its own.
  private static func checkpointSize(ofState size: UInt64) -> UInt64 {
    let (page, most, least, overflow): (UInt64, UInt64, UInt64, UInt64) = (4096, 4061, 489, 4092)
    // With the other columns.
    let row = size + 45
    if row <= most { return page / ((page - 12) / (row + 4)) }
    let rest = least + (row - least) % overflow
    let local = rest <= most ? rest : least
    let pages = (row - local + overflow - 1) / overflow
    return pages * page + page / ((page - 12) / (local + 8))
  }

  var text: String {
    "\(Figures.grouped(UInt64(streams))) stream\(streams == 1 ? "" : "s") need about "
      + "\(Figures.bytes(memoryBytes)) of memory, with the program, and a store of about "
      + Figures.bytes(storeBytes)
  }
}
