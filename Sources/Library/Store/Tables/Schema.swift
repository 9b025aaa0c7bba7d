// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// The tables, as Documentation/Formats.md describes them.
enum Schema {
  static let version = Int64(LEAT_STORE_VERSION)

  // SQLite keeps these texts byte for byte, so they also serve to check the tables. That of
  // leat_meta, which has the version, is the same in all versions.
  private static let meta: StaticString =
    "CREATE TABLE leat_meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID"
  private static let stream: StaticString =
    """
    CREATE TABLE leat_stream(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, \
    model BLOB NOT NULL, generation INTEGER NOT NULL, position INTEGER NOT NULL, \
    row_crc INTEGER NOT NULL) STRICT
    """
  private static let checkpoint: StaticString =
    """
    CREATE TABLE leat_checkpoint(id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, \
    position INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL, state_crc INTEGER NOT NULL, \
    row_crc INTEGER NOT NULL, cursor BLOB NOT NULL, state BLOB NOT NULL) STRICT
    """

  // The groups, of which there are few among many streams.
  private static let group: StaticString =
    """
    CREATE INDEX leat_group ON leat_stream(id) \
    WHERE model = x'4C6561742067726F757000000000000000000000000000000000000000000000'
    """
  // SQLite stores that text. Without the schema it would be an index of a temporary table of the
  // caller's with this name.
  private static let makeGroup: StaticString =
    """
    CREATE INDEX main.leat_group ON leat_stream(id) \
    WHERE model = x'4C6561742067726F757000000000000000000000000000000000000000000000'
    """

  /// The version of the tables, or nil when there are none and they may be made. Throws for a
  /// database that is no store, or a store that this version can't use. Changes nothing.
  static func version(in database: Connection) throws(Failure) -> Int64? {
    var headerVersion: Int64?
    if database.isOwn {
      headerVersion = try versionInHeader(database)
      if headerVersion == nil { return nil }
    }
    guard try database.isUTF8() else {
      throw database.explanation.failure(
        LEAT_E_UNSUPPORTED, "found UTF-16 as the text encoding, expected UTF-8: \(database)")
    }
    let hasStream = try Table("leat_stream", stream, in: database)
    let hasCheckpoint = try Table("leat_checkpoint", checkpoint, in: database)
    switch try Table("leat_meta", meta, in: database) {
    case .absent where !database.isOwn && hasStream == .absent && hasCheckpoint == .absent:
      return nil
    case .sound: break
    case .absent, .other:
      throw database.explanation.failure(
        database.isOwn ? LEAT_E_CORRUPT : LEAT_E_NOT_STORE,
        "leat_meta is missing or is not the table that Leat makes, in \(database)")
    }
    let found = try storedVersion(database)
    try requireVersion(found, in: database)
    if let headerVersion, headerVersion != found {
      throw database.explanation.failure(
        LEAT_E_CORRUPT,
        "found user_version \(headerVersion), expected leat_meta's version, \(found): \(database)"
      )
    }
    let hasGroup = try Table("leat_group", group, in: database)
    guard hasStream == .sound && hasCheckpoint == .sound, hasGroup == (found < 3 ? .absent : .sound)
    else {
      throw database.explanation.failure(
        LEAT_E_CORRUPT,
        """
        leat_stream, leat_checkpoint or leat_group is missing or is not that of version \(found), in \
        \(database)
        """)
    }
    let triggers = try database.number(
      """
      SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger' AND \
      tbl_name COLLATE NOCASE IN ('leat_meta', 'leat_stream', 'leat_checkpoint')
      """)
    if triggers != 0 {
      throw database.explanation.failure(
        LEAT_E_CORRUPT,
        "found \(triggers) triggers on the store's tables, expected 0: \(database)")
    }
    return found
  }

  /// The version in leat_meta.
  static func storedVersion(_ database: Connection) throws(Failure) -> Int64 {
    let version = try Statement(
      database, "SELECT value FROM main.leat_meta WHERE key = 'version'")
    guard try version.step(), let number = version.integer(0) else {
      throw database.explanation.failure(
        LEAT_E_CORRUPT, "leat_meta holds no version, in \(database)")
    }
    return number
  }

  /// Makes the tables, inside a transaction.
  static func create(in database: Connection) throws(Failure) {
    try database.execute(meta)
    try database.execute(stream)
    try database.execute(checkpoint)
    try database.execute(makeGroup)
    try database.execute("INSERT INTO main.leat_meta VALUES ('version', 3), ('epoch', 0)")
    try insertCommitCount(CommitCount.ofNewStore(), into: database)
    if database.isOwn {
      // A PRAGMA takes no parameters.
      assert(LEAT_STORE_APPLICATION_ID == 1_281_712_500 && LEAT_STORE_VERSION == 3)
      try database.execute("PRAGMA main.application_id = 1281712500")
      try database.execute("PRAGMA main.user_version = 3")
    }
    try requireMade(in: database)
  }

  /// Brings the tables of an older version up to this one, inside a transaction. Version 1 doesn't
  /// count its commits, and versions 1 and 2 have no groups.
  static func migrate(from found: Int64, in database: Connection) throws(Failure) {
    if found == 1 { try insertCommitCount(CommitCount.ofNewStore(), into: database) }
    try database.execute(makeGroup)
    try database.execute("UPDATE main.leat_meta SET value = 3 WHERE key = 'version'")
    if database.isOwn { try database.execute("PRAGMA main.user_version = 3") }
    try requireMade(in: database)
  }

  /// Throws unless the tables that were just made are found.
  private static func requireMade(in database: Connection) throws(Failure) {
    let found = try Schema.version(in: database)
    if found != version {
      throw database.explanation.failure(
        LEAT_E_UNSUPPORTED,
        """
        found tables of version \(found ?? 0) after they were made, expected \(version): a trigger or \
        an authorizer on the connection prevents it: \(database)
        """)
    }
  }

  /// Makes row 0 of leat_stream, which is no stream: no stream's name is empty.
  static func insertCommitCount(
    _ count: CommitCount, into database: Connection
  ) throws(Failure) {
    let insert = try Statement(
      database,
      """
      INSERT OR REPLACE INTO main.leat_stream(id, name, model, generation, position, row_crc) \
      VALUES (0, '', x'', ?1, ?2, ?3)
      """)
    try insert.bind(1, count.number, count.store, Int64(count.checksum))
    try insert.writeRow(of: "leat_stream")
  }

  /// Checks the file's header. nil when nothing was ever made in the file.
  private static func versionInHeader(_ database: Connection) throws(Failure) -> Int64? {
    let application = try database.number("PRAGMA main.application_id")
    let version = try database.number("PRAGMA main.user_version")
    let objects = try database.objectCount()
    if application == 0 && version == 0 && objects == 0 {
      // A new file in WAL mode has one page. A file with more pages has lost the first one.
      let pages = try database.pageCount()
      if pages <= 1 { return nil }
      throw database.explanation.failure(
        LEAT_E_CORRUPT, "found \(pages) pages without a table, expected at most 1: \(database)")
    }
    if application != Int64(LEAT_STORE_APPLICATION_ID) {
      throw database.explanation.failure(
        LEAT_E_NOT_STORE,
        """
        found application_id \(application) and \(objects) tables and indexes, expected a store's, \
        \(LEAT_STORE_APPLICATION_ID); to keep checkpoints in this database use leat_store_attach: \
        \(database)
        """)
    }
    try requireVersion(version, in: database)
    return version
  }

  private static func requireVersion(_ found: Int64, in database: Connection) throws(Failure) {
    if found < 1 || found > version {
      throw database.explanation.failure(
        found < 1 ? LEAT_E_CORRUPT : LEAT_E_NEWER,
        "found version \(found) of the store, expected 1 to \(version): \(database)")
    }
  }

  /// Whether a table is there, and as Leat makes it.
  private enum Table {
    case absent, other, sound

    init(
      _ name: StaticString, _ expected: StaticString, in database: Connection
    ) throws(Failure) {
      let find = try Statement(
        database, "SELECT sql FROM main.sqlite_schema WHERE name = ?1 COLLATE NOCASE")
      try find.bind(1, text: unsafe ByteView(name.utf8Start, count: name.utf8CodeUnitCount))
      guard try find.step() else {
        self = .absent
        return
      }
      self = try find.text(0) == ByteView(stringLiteral: expected) ? .sound : .other
    }
  }
}
