// SPDX-License-Identifier: MIT

internal import CLeatStore

extension Store {
  /// Gets how much is done, and of how much. Returns false to stop: the call then throws `.stopped`.
  /// It must not use the store.
  public typealias Progress = (_ done: UInt64, _ total: UInt64) -> Bool

  /// Copies the store, as it is now, to a new file, while its writer goes on. The copy appears under
  /// its name when it is whole and durable.
  ///
  /// - Parameters:
  ///   - path: where nothing is yet
  ///   - progress: in pages
  /// - Throws: `.exists`, `.argument` inside a transaction, `.stopped`, `.busy`, `.full`,
  ///   `.readOnly`, `.io`, `.corrupt`: there is no copy
  public func backup(
    to path: String, progress: Progress = { _, _ in true }
  ) throws(LeatError) {
    try requireNoNUL(path, "path")
    try unsafe withCalls(progress) { context throws(LeatError) in
      try unsafe check { error in
        unsafe leat_store_backup(handle, path, reportProgress, context, error)
      }
    }
  }

  /// Checks everything: the database, the tables, every checkpoint's checksums, and that each
  /// stream's newest checkpoint is there and whole.
  ///
  /// - Parameters:
  ///   - progress: in checkpoints
  ///   - finding: gets each thing that is wrong, one line
  /// - Returns: whether nothing is wrong
  /// - Throws: `.stopped`, `.io`, `.busy`, `.sqlite`, `.argument`; `.corrupt` when it can't be read
  public func verify(
    progress: Progress = { _, _ in true }, finding: (String) -> Void
  ) throws(LeatError) -> Bool {
    var isFound = false
    let find = { (line: String) in
      isFound = true
      finding(line)
    }
    do throws(LeatError) {
      try unsafe withCalls(progress, finding: find) { context throws(LeatError) in
        try unsafe check { error in
          unsafe leat_store_verify(handle, reportFinding, reportProgress, context, error)
        }
      }
      return true
    } catch {
      if error.code == .corrupt && isFound { return false }
      throw error
    }
  }

  /// Deletes old checkpoints, but never a stream's newest whole one.
  ///
  /// - Parameters:
  ///   - savedBefore: deletes checkpoints saved before this, Unix time in milliseconds; nil or 0: age
  ///     doesn't matter
  ///   - generations: keeps this many of the newest; nil or 0: the number doesn't matter
  ///   - includesStreams: a stream goes too when its newest checkpoint was saved before
  ///     `savedBefore`
  ///   - progress: in streams
  /// - Returns: how many checkpoints went
  /// - Throws: `.argument` when neither matters; as ``save(_:as:cursor:_:)``. If it
  ///   throws outside a transaction, what it has deleted stays deleted.
  @discardableResult
  public func prune(
    savedBefore: Int64? = nil, generations: Int? = nil, includesStreams: Bool = false,
    progress: Progress = { _, _ in true }
  ) throws(LeatError) -> UInt64 {
    var options = leat_prune_options()
    options.saved_before_ms = savedBefore ?? 0
    guard let generations = UInt32(exactly: generations ?? 0) else {
      throw LeatError(
        .argument, "generations: found \(generations ?? 0), expected 0 to \(UInt32.max)")
    }
    options.generations = generations
    options.flags = includesStreams ? LEAT_PRUNE_STREAMS : 0
    var deleted: UInt64 = 0
    try unsafe withCalls(progress) { context throws(LeatError) in
      try unsafe check { error in
        unsafe leat_store_prune(handle, &options, reportProgress, context, &deleted, error)
      }
    }
    return deleted
  }
}

/// What the library calls during a long work.
private struct Calls {
  let progress: Store.Progress
  let finding: (String) -> Void
}

/// Hands closures to C as a context, for as long as `body` runs.
private func withCalls(
  _ progress: Store.Progress, finding: (String) -> Void = { _ in },
  _ body: (UnsafeMutableRawPointer) throws(LeatError) -> Void
) throws(LeatError) {
  try withoutActuallyEscaping(progress) { progress throws(LeatError) in
    try withoutActuallyEscaping(finding) { finding throws(LeatError) in
      try unsafe withContext(Calls(progress: progress, finding: finding), body)
    }
  }
}

private func reportProgress(
  _ context: UnsafeMutableRawPointer?, _ done: UInt64, _ total: UInt64
) -> Int32 {
  guard let context = unsafe context else { return 1 }
  // Safe: the context is what `withCalls` made.
  let calls = unsafe context.assumingMemoryBound(to: Calls.self)
  return unsafe calls.pointee.progress(done, total) ? 0 : 1
}

private func reportFinding(_ context: UnsafeMutableRawPointer?, _ line: UnsafePointer<CChar>?) {
  guard let context = unsafe context, let line = unsafe line else { return }
  // Safe: as above.
  let calls = unsafe context.assumingMemoryBound(to: Calls.self)
  unsafe calls.pointee.finding(String(cString: line))
}
