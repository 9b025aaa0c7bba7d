// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// The tables, as Documentation/Formats.md describes them.
enum Schema {
  static let version = Int64(LEAT_STORE_VERSION)

  /// SQLite keeps these texts byte for byte, so that they serve as the check as well. That of
  /// leat_meta is the same in all versions: it's where the version stands.
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

  /// The version of the tables, or nil when there is room to make them; changes nothing. Throws for
  /// a database that is no store, or none that this version can use. `isOwn` tells a file that is
  /// to hold a store alone from the database of an application.
  static func version(in database: Connection, isOwn: Bool) throws(Failure) -> Int64? {
    var headerVersion: Int64?
    if isOwn {
      headerVersion = try versionInHeader(database)
      if headerVersion == nil { return nil }
    }
    let encoding = try Statement(database, "PRAGMA main.encoding", kept: false)
    guard try encoding.step(), try encoding.text(0) == "UTF-8" else {
      throw Failure(
        LEAT_E_UNSUPPORTED, "the text encoding is UTF-16, and UTF-8 is needed, in \(database)")
    }
    let hasStream = try Table("leat_stream", stream, in: database)
    let hasCheckpoint = try Table("leat_checkpoint", checkpoint, in: database)
    switch try Table("leat_meta", meta, in: database) {
    case .absent where !isOwn && hasStream == .absent && hasCheckpoint == .absent: return nil
    case .sound: break
    case .absent, .other:
      throw Failure(
        isOwn ? LEAT_E_CORRUPT : LEAT_E_NOT_STORE,
        "leat_meta is missing or is not the table that Leat makes, in \(database)")
    }
    let found = try metaVersion(database)
    try requireVersion(found, in: database)
    if let headerVersion, headerVersion != found {
      throw Failure(
        LEAT_E_CORRUPT,
        "user_version is \(headerVersion), and leat_meta says version \(found), in \(database)")
    }
    guard hasStream == .sound && hasCheckpoint == .sound else {
      throw Failure(
        LEAT_E_CORRUPT,
        """
        leat_stream or leat_checkpoint is missing or is not the table of version \(version), in \
        \(database)
        """)
    }
    let triggers = try database.number(
      """
      SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger' AND \
      tbl_name COLLATE NOCASE IN ('leat_meta', 'leat_stream', 'leat_checkpoint')
      """)
    if triggers != 0 {
      throw Failure(
        LEAT_E_CORRUPT, "the store's tables have triggers, \(triggers) in all, in \(database)")
    }
    return found
  }

  /// Makes the tables, inside a transaction.
  static func create(in database: Connection, isOwn: Bool) throws(Failure) {
    try database.execute(meta)
    try database.execute(stream)
    try database.execute(checkpoint)
    try database.execute("INSERT INTO main.leat_meta VALUES ('version', 2), ('epoch', 0)")
    try addCount(CommitCount.ofNewStore(), to: database)
    if isOwn {
      // A PRAGMA takes no parameters.
      assert(LEAT_STORE_APPLICATION_ID == 1_281_712_500 && LEAT_STORE_VERSION == 2)
      try database.execute("PRAGMA main.application_id = 1281712500")
      try database.execute("PRAGMA main.user_version = 2")
    }
    try requireMade(in: database, isOwn: isOwn)
  }

  /// Brings the tables of an older version up to this one, inside a transaction. Version 1 differs
  /// in that it doesn't count its commits.
  static func migrate(in database: Connection, isOwn: Bool) throws(Failure) {
    try addCount(CommitCount.ofNewStore(), to: database)
    try database.execute("UPDATE main.leat_meta SET value = 2 WHERE key = 'version'")
    if isOwn { try database.execute("PRAGMA main.user_version = 2") }
    try requireMade(in: database, isOwn: isOwn)
  }

  /// Throws unless the tables are found as they were made just now.
  private static func requireMade(in database: Connection, isOwn: Bool) throws(Failure) {
    let found = try Schema.version(in: database, isOwn: isOwn)
    if found != version {
      throw Failure(
        LEAT_E_UNSUPPORTED,
        """
        tables of version \(found ?? 0) are found after they were made, expected \(version): a \
        trigger or an authorizer on the connection keeps Leat from it: \(database)
        """)
    }
  }

  /// Makes row 0 of leat_stream, which is no stream: no name is empty.
  static func addCount(_ count: CommitCount, to database: Connection) throws(Failure) {
    let add = try Statement(
      database,
      """
      INSERT OR REPLACE INTO main.leat_stream(id, name, model, generation, position, row_crc) \
      VALUES (0, '', x'', ?1, ?2, ?3)
      """, kept: false)
    try add.bind(1, count.commits)
    try add.bind(2, count.store)
    try add.bind(3, Int64(count.checksum))
    try add.writeRow(of: "leat_stream")
  }

  /// Checks what the file's header says. nil when nothing has ever been made in it.
  private static func versionInHeader(_ database: Connection) throws(Failure) -> Int64? {
    let application = try database.number("PRAGMA main.application_id")
    let version = try database.number("PRAGMA main.user_version")
    let objects = try database.number("SELECT count(*) FROM main.sqlite_schema")
    if application == 0 && version == 0 && objects == 0 {
      // A new file in WAL mode has one page. In one that has more the first page was lost.
      let pages = try database.number("PRAGMA main.page_count")
      if pages <= 1 { return nil }
      throw Failure(
        LEAT_E_CORRUPT, "the file has \(pages) pages and no table in them: \(database)")
    }
    if application != Int64(LEAT_STORE_APPLICATION_ID) {
      throw Failure(
        LEAT_E_NOT_STORE,
        """
        an SQLite database with application_id \(application) and \(objects) tables and indexes, \
        and a store has \(LEAT_STORE_APPLICATION_ID); to keep checkpoints in it use \
        leat_store_attach: \(database)
        """)
    }
    try requireVersion(version, in: database)
    return version
  }

  private static func metaVersion(_ database: Connection) throws(Failure) -> Int64 {
    let version = try Statement(
      database, "SELECT value FROM main.leat_meta WHERE key = 'version'", kept: false)
    guard try version.step(), let number = version.integer(0) else {
      throw Failure(LEAT_E_CORRUPT, "leat_meta holds no version, in \(database)")
    }
    return number
  }

  private static func requireVersion(_ found: Int64, in database: Connection) throws(Failure) {
    if found > version {
      throw Failure(
        LEAT_E_NEWER,
        "the store has version \(found), and this Leat knows up to \(version): \(database)")
    }
    if found < 1 {
      throw Failure(
        LEAT_E_CORRUPT, "the store has version \(found), and 1 is the first: \(database)")
    }
  }

  /// How a table stands in the database.
  private enum Table {
    case absent, other, sound

    init(
      _ name: StaticString, _ expected: StaticString, in database: Connection
    ) throws(Failure) {
      let find = try Statement(
        database, "SELECT sql FROM main.sqlite_schema WHERE name = ?1 COLLATE NOCASE", kept: false)
      try find.bind(1, text: unsafe ByteView(name.utf8Start, count: name.utf8CodeUnitCount))
      guard try find.step() else {
        self = .absent
        return
      }
      self = try find.text(0) == ByteView(stringLiteral: expected) ? .sound : .other
    }
  }
}

extension Connection {
  /// The number that a statement gives.
  func number(_ sql: StaticString) throws(Failure) -> Int64 {
    let statement = try Statement(self, sql, kept: false)
    guard try statement.step(), let number = statement.integer(0) else {
      throw Failure(LEAT_E_CORRUPT, "\(sql) gives no number, in \(self)")
    }
    return number
  }
}
