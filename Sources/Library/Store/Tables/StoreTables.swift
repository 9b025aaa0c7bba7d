// SPDX-License-Identifier: MIT
//
// All SQL and all rows are in this folder; Documentation/Formats.md describes the tables.
//
// leat_stream has a row for each stream: its name, and model, generation and position of its newest
// checkpoint. leat_checkpoint has a row for each checkpoint: generation, position, time, cursor and
// state. Row 0 of leat_stream is no stream but the count of commits; leat_meta holds the version of
// the tables and the epoch of the writer.
//
// SQLite doesn't notice damage that leaves a page in the form of a page, so each row carries a
// checksum that includes the stream's name, and each state carries its own. A row that is missing
// leaves nothing to check. So the two tables check each other: a newest checkpoint that is
// gone is still named by its stream's row. Damage can also make pages point at each other, and a
// query then returns the same rows without end. So every loop over rows requires their order, and
// stops.
//
// The statements of a running store are compiled once and kept (`Query`). On an attached connection
// triggers or an authorizer of the caller's can change what a compiled statement does. So whatever
// writes checks the number of changed rows, and after each compilation the first result is read
// back.

import LeatSupport

/// What a store keeps of its tables from call to call.
@safe struct KeptTables {
  let connection: OpenConnection
  /// The last saves of this writer; nil in a store for reading.
  var recentSaves: RecentSaves?
  /// Whether damage was seen since the store was opened. What a save writes to pages that don't fit
  /// together can hide what another save wrote, so from then on every save is read back.
  var hasSeenDamage = false
  /// A group's checkpoint that is known to be whole and its members' newest, because this writer
  /// loaded or wrote it, and has written none of its members since.
  var knownGroup: KnownGroup?
  /// Whether the index of names has been found complete.
  var hasAllNames = false
  /// Whether a transaction of Leat's is still open because there was no memory to end it.
  var isUnfinished = false
  /// Whether all statements must be compiled again, because an answer of an authorizer may be in
  /// one.
  var mustRecompile = false
  /// By `Query`, which has fewer cases than this.
  fileprivate var prepared: InlineArray<32, OpaquePointer?>
  /// A bit for each query whose result was read back since it was compiled.
  fileprivate var readBack: UInt32 = 0

  init(_ connection: OpenConnection) {
    self.connection = connection
    unsafe prepared = InlineArray(repeating: nil)
  }
}

/// Which checkpoint of a group that is.
struct KnownGroup: Equatable {
  let id: Int64
  let generation: Int64
  /// Of the checkpoint's row.
  let checksum: UInt32
}

/// The handle of a store's tables during one call, by way of its connection and prepared
/// statements.
@safe struct StoreTables {
  private let address: UnsafeMutablePointer<KeptTables>
  /// Of the call.
  let explanation: Explanation

  init(_ address: UnsafeMutablePointer<KeptTables>, _ explanation: Explanation) {
    unsafe self.address = address
    self.explanation = explanation
  }

  /// The same tables, for what may fail while an earlier failure is to be reported.
  var unexplained: StoreTables { unsafe StoreTables(address, .none) }

  // Safe: the tables stay where they are until the store is freed.

  var kept: KeptTables {
    unsafeAddress { unsafe UnsafePointer(address) }
    nonmutating unsafeMutableAddress { unsafe address }
  }

  var connection: Connection { Connection(kept.connection, explanation) }

  /// A CRC of a stream's name, by which it is looked up.
  func tag(of name: StreamName) -> UInt32 {
    name.tag(connection.emptyCRC)
  }

  /// A statement, compiled at its first use and kept until close.
  func statement(_ query: Query) throws(Failure) -> Statement {
    assert(query.rawValue < 32)
    if let prepared = unsafe kept.prepared[query.rawValue] {
      return unsafe Statement(connection, prepared, kept: true)
    }
    let statement = try Statement(connection, query.sql, kept: true)
    unsafe kept.prepared[query.rawValue] = statement.pointer
    return statement
  }

  /// A statement whose first parameters are numbers, bound to them.
  func statement(
    _ query: Query, _ first: Int64, _ second: Int64? = nil
  ) throws(Failure) -> Statement {
    let statement = try statement(query)
    try statement.bind(1, first)
    if let second { try statement.bind(2, second) }
    return statement
  }

  /// Finalises all statements. Each is compiled again when it is needed.
  func finalizeStatements() {
    for index in unsafe kept.prepared.indices {
      guard let statement = unsafe kept.prepared[index] else { continue }
      unsafe Statement.finalize(statement)
      unsafe kept.prepared[index] = nil
    }
    kept.readBack = 0
  }

  /// Whether a result of the statement was read back since it was compiled.
  func isReadBack(_ query: Query) -> Bool {
    if let statement = unsafe kept.prepared[query.rawValue],
      unsafe Statement.wasRecompiled(statement)
    {
      kept.readBack &= ~query.bit
    }
    return kept.readBack & query.bit != 0
  }

  func setReadBack(_ query: Query) { kept.readBack |= query.bit }
}

extension Query {
  // Safe: there are fewer than 32 queries.
  fileprivate var bit: UInt32 { 1 &<< UInt32(truncatingIfNeeded: rawValue) }
}
