// SPDX-License-Identifier: MIT

/// The statements of a running store, compiled once. Every table is named with its schema, so that
/// a temporary table of the caller's can't take its place.
enum Query: Int {
  case begin, commit, rollback, beginReading, endReading
  case epoch, commitCount, setCommitCount
  case findStream, insertStream, updateStream, advanceStream, renameStream, deleteStream
  case generations, generation, ages
  case readCheckpoint, insertCheckpoint, setCheckpointChecksum, deleteCheckpoint
  case list, streams, groups, stream, checkpointIDs
  case namesInTable, namesInIndex

  /// Whether a transaction must be open after the statement; nil when it changes nothing about
  /// that.
  var leavesTransaction: Bool? {
    switch self {
    case .begin, .beginReading: true
    case .commit, .rollback: false
    default: nil
    }
  }

  var sql: StaticString {
    switch self {
    case .begin: "BEGIN IMMEDIATE"
    case .commit: "COMMIT"
    case .rollback: "ROLLBACK"
    // A savepoint, because the caller may have a transaction open.
    case .beginReading: "SAVEPOINT leat"
    case .endReading: "RELEASE leat"

    case .epoch: "SELECT value FROM main.leat_meta WHERE key = 'epoch'"
    case .commitCount: "SELECT generation, position, row_crc FROM main.leat_stream WHERE id = 0"
    case .setCommitCount:
      "UPDATE main.leat_stream SET generation = ?1, position = ?2, row_crc = ?3 WHERE id = 0"

    // The index gives the id, and the id gives the row: so the name that is read is the row's. (Not
    // a subquery: SQLite 3.40 runs one without end when an authorizer answers SQLITE_IGNORE for
    // it.)
    case .findStream:
      """
      SELECT s.id, s.model, s.generation, s.position, s.row_crc, s.name \
      FROM main.leat_stream AS i CROSS JOIN main.leat_stream AS s ON s.id = i.id WHERE i.name = ?1
      """
    case .insertStream:
      """
      INSERT INTO main.leat_stream(model, generation, position, row_crc, name) \
      VALUES (?1, ?2, ?3, ?4, ?5)
      """
    case .updateStream:
      """
      UPDATE main.leat_stream SET model = ?1, generation = ?2, position = ?3, row_crc = ?4 \
      WHERE id = ?5
      """
    case .advanceStream:
      """
      UPDATE main.leat_stream SET generation = ?1, position = ?2, row_crc = ?3 \
      WHERE id = ?4 AND name = ?5 AND model = ?6 AND generation = ?7 AND row_crc = ?8
      """
    case .renameStream: "UPDATE main.leat_stream SET name = ?2, row_crc = ?3 WHERE id = ?1"
    case .deleteStream: "DELETE FROM main.leat_stream WHERE id = ?1"

    case .generations:
      """
      SELECT id, generation FROM main.leat_checkpoint \
      WHERE id BETWEEN ?1 AND ?1 + 63 ORDER BY id
      """
    case .generation: "SELECT id, generation FROM main.leat_checkpoint WHERE id = ?1"
    case .ages:
      """
      SELECT id, generation, saved_at_ms FROM main.leat_checkpoint \
      WHERE id BETWEEN ?1 AND ?1 + 63 ORDER BY id
      """
    case .readCheckpoint:
      """
      SELECT generation, position, saved_at_ms, state_crc, row_crc, cursor, state \
      FROM main.leat_checkpoint WHERE id = ?1
      """
    case .insertCheckpoint:
      """
      INSERT OR REPLACE INTO main.leat_checkpoint\
      (id, generation, position, saved_at_ms, state_crc, row_crc, cursor, state) \
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """
    case .setCheckpointChecksum: "UPDATE main.leat_checkpoint SET row_crc = ?2 WHERE id = ?1"
    case .deleteCheckpoint: "DELETE FROM main.leat_checkpoint WHERE id = ?1"

    // length() reads no blob, and the order is that of the index: nothing is sorted.
    case .list:
      """
      SELECT s.id, s.name, c.generation, c.position, c.saved_at_ms, \
      length(c.state), length(c.cursor), s.model \
      FROM main.leat_stream AS s LEFT JOIN main.leat_checkpoint AS c \
      ON c.id BETWEEN s.id * 64 AND s.id * 64 + 63 \
      ORDER BY s.name
      """

    case .namesInTable: "SELECT id, name FROM main.leat_stream NOT INDEXED ORDER BY id"
    case .namesInIndex: "SELECT id, name FROM main.leat_stream ORDER BY name"

    case .streams:
      """
      SELECT id, model, generation, position, row_crc, name FROM main.leat_stream \
      WHERE id >= ?1 ORDER BY id
      """
    // By the index leat_group, whose condition this is.
    case .groups:
      """
      SELECT id, model, generation, position, row_crc, name FROM main.leat_stream \
      WHERE model = x'4C6561742067726F757000000000000000000000000000000000000000000000' \
      ORDER BY id
      """
    case .stream:
      """
      SELECT id, model, generation, position, row_crc, name FROM main.leat_stream WHERE id = ?1
      """
    case .checkpointIDs:
      "SELECT id FROM main.leat_checkpoint WHERE id BETWEEN ?1 AND ?2 ORDER BY id"
    }
  }
}
