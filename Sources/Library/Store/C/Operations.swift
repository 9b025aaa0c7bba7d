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
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let store = try unsafe StoreHandle(store)
    guard let path = unsafe path else { throw StoreFailure(LEAT_E_ARGUMENT, "path is NULL") }
    try store.refusingCalls { () throws(StoreFailure) in
      try unsafe store.backup(to: FilePath(path), Progress(progress, context))
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
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let store = try unsafe StoreHandle(store)
    try store.refusingCalls { () throws(StoreFailure) in
      try unsafe store.verify(Findings(finding, context), Progress(progress, context))
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
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let store = try unsafe StoreHandle(store)
    let options = try unsafe PruneOptions(options)
    if unsafe deleted != nil { try unsafe checkStorePointer(deleted, "deleted") }
    var count: UInt64 = 0
    defer { if let deleted = unsafe deleted { unsafe deleted.pointee = count } }
    try store.refusingCalls { () throws(StoreFailure) in
      try unsafe store.prune(options, Progress(progress, context), deleted: &count)
    }
    return LEAT_OK
  }
}

@_cdecl("leat_store_statistics") @implementation
public func leat_store_statistics(
  _ store: OpaquePointer!, _ statistics: UnsafeMutablePointer<leat_store_statistics_t>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let store = try unsafe StoreHandle(store)
    try unsafe checkStorePointer(statistics, "statistics")
    unsafe statistics.pointee = try store.statistics()
    return LEAT_OK
  }
}
