// SPDX-License-Identifier: MIT
//
// leat_store.h: Operations.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_store_backup") @implementation
public func leat_store_backup(
  _ store: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ progress: leat_progress!,
  _ context: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    guard let path = unsafe path else { throw explanation.failure(LEAT_E_ARGUMENT, "path is NULL") }
    try store.refusingCalls { () throws(Failure) in
      try unsafe store.backup(to: FilePath(path), Progress(progress, context, explanation))
    }
    return LEAT_OK
  }
}

@_cdecl("leat_store_verify") @implementation
public func leat_store_verify(
  _ store: OpaquePointer!,
  _ finding: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void)!,
  _ progress: leat_progress!, _ context: UnsafeMutableRawPointer!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    try store.refusingCalls { () throws(Failure) in
      try unsafe store.verify(
        Findings(finding, context, explanation), Progress(progress, context, explanation))
    }
    return LEAT_OK
  }
}

@_cdecl("leat_store_prune") @implementation
public func leat_store_prune(
  _ store: OpaquePointer!, _ options: UnsafePointer<leat_prune_options>!,
  _ progress: leat_progress!, _ context: UnsafeMutableRawPointer!,
  _ deleted: UnsafeMutablePointer<UInt64>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let options = try unsafe PruneOptions(options, explanation)
    if unsafe deleted != nil { try unsafe checkPointer(deleted, "deleted", explanation) }
    var count: UInt64 = 0
    defer { if let deleted = unsafe deleted { unsafe deleted.pointee = count } }
    try store.refusingCalls { () throws(Failure) in
      try unsafe store.prune(options, Progress(progress, context, explanation), deleted: &count)
    }
    return LEAT_OK
  }
}

@_cdecl("leat_store_statistics") @implementation
public func leat_store_statistics(
  _ store: OpaquePointer!, _ statistics: UnsafeMutablePointer<leat_store_statistics_t>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    try unsafe checkPointer(statistics, "statistics", explanation)
    unsafe statistics.pointee = try store.statistics()
    return LEAT_OK
  }
}
