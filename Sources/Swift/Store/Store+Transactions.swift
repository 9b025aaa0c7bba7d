// SPDX-License-Identifier: MIT

internal import CLeatStore

extension Store {
  /// Begins a transaction, so that many saves, deletes and statements of the program's own become
  /// durable together and cost one sync.
  ///
  /// - Throws: `.argument` when one is open; `.fenced`, `.busy`, `.readOnly`, `.io`, `.sqlite`
  public func begin() throws(LeatError) {
    try unsafe check { error in unsafe leat_store_begin(handle, error) }
  }

  /// Makes a transaction durable. After a failure the transaction is gone, and nothing of it is
  /// left; after `.gone` or `.unsupported` read back what the store holds.
  ///
  /// - Throws: `.argument` when none is open; as ``save(_:as:cursor:_:)``
  public func commit() throws(LeatError) {
    try unsafe check { error in unsafe leat_store_commit(handle, error) }
  }

  /// Undoes a transaction.
  ///
  /// - Throws: `.argument` when none is open
  public func rollback() throws(LeatError) {
    try unsafe check { error in unsafe leat_store_rollback(handle, error) }
  }

  /// Does all of `work` or, when it throws, nothing.
  ///
  /// - Throws: what `work` throws, and what ``begin()`` and ``commit()`` throw
  public func withTransaction<Result>(_ work: () throws -> Result) throws -> Result {
    try begin()
    let result: Result
    do {
      result = try work()
    } catch {
      // A failure that rolled it back leaves none to be rolled back.
      try? rollback()
      throw error
    }
    try commit()
    return result
  }
}
