// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore

extension Store {
  func rename(_ from: String, to: String) throws {
    try unsafe LibraryError.check { error in unsafe leat_store_rename(handle, from, to, error) }
  }

  func delete(_ name: String) throws {
    try unsafe LibraryError.check { error in unsafe leat_store_delete(handle, name, error) }
  }

  /// Does all of it or, when it throws, nothing.
  func inTransaction(_ work: () throws -> Void) throws {
    try unsafe LibraryError.check { error in unsafe leat_store_begin(handle, error) }
    do {
      try work()
    } catch {
      // A failure that rolled it back already leaves none to be rolled back.
      _ = unsafe leat_store_rollback(handle, nil)
      throw error
    }
    try unsafe LibraryError.check { error in unsafe leat_store_commit(handle, error) }
  }

  /// - Parameter progress: gets how much is done, and out of how much
  func backup(to path: String, progress: (UInt64, UInt64) -> Void) throws {
    try unsafe withProgress(progress) { call, context in
      try unsafe LibraryError.check { error in
        unsafe leat_store_backup(handle, path, call, context, error)
      }
    }
  }

  /// - Returns: how many checkpoints went
  func prune(
    _ options: leat_prune_options, progress: (UInt64, UInt64) -> Void
  ) throws -> UInt64 {
    var options = options
    var deleted: UInt64 = 0
    try unsafe withProgress(progress) { call, context in
      try unsafe LibraryError.check { error in
        unsafe leat_store_prune(handle, &options, call, context, &deleted, error)
      }
    }
    return deleted
  }

  /// - Parameter finding: gets each thing that is wrong, one line
  /// - Returns: whether nothing is
  func verify(finding: (String) -> Void, progress: (UInt64, UInt64) -> Void) throws -> Bool {
    var count = 0
    let counted = { (line: String) in
      count += 1
      finding(line)
    }
    do {
      try withoutActuallyEscaping(counted) { counted in
        try withoutActuallyEscaping(progress) { progress in
          var calls = VerifyCalls(finding: counted, progress: progress)
          try unsafe LibraryError.check { error in
            unsafe withUnsafeMutablePointer(to: &calls) { context in
              unsafe leat_store_verify(
                handle,
                { context, line in
                  let calls = unsafe context!.assumingMemoryBound(to: VerifyCalls.self)
                  unsafe calls.pointee.finding(String(cString: line!))
                },
                { context, done, total in
                  let calls = unsafe context!.assumingMemoryBound(to: VerifyCalls.self)
                  unsafe calls.pointee.progress(done, total)
                  return 0
                }, context, error)
            }
          }
        }
      }
      return true
    } catch let error as LibraryError where error.code == LEAT_E_CORRUPT && count > 0 {
      return false
    }
  }

  private typealias Call = @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64) -> Int32

  private func withProgress(
    _ progress: (UInt64, UInt64) -> Void,
    _ work: (Call, UnsafeMutableRawPointer) throws -> Void
  ) throws {
    try withoutActuallyEscaping(progress) { progress in
      var progress = progress
      try unsafe withUnsafeMutablePointer(to: &progress) { context in
        unsafe try work(
          { context, done, total in
            let call = unsafe context!.assumingMemoryBound(to: ((UInt64, UInt64) -> Void).self)
            unsafe call.pointee(done, total)
            return 0
          }, context)
      }
    }
  }
}

/// What `leat_store_verify`, which has one context, calls.
private struct VerifyCalls {
  let finding: (String) -> Void
  let progress: (UInt64, UInt64) -> Void
}
