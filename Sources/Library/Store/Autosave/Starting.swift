// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import CThreads
import LeatSupport

/// Bytes. SQLite and Leat use some 22 KB of it; the rest is for what the program has SQLite call:
/// a VFS, a hook, a function.
private let stackSize = 262_144

extension AutosaveHandle {
  /// Makes an autosave of a store, and has it run.
  static func start(
    _ store: borrowing StoreHandle, _ options: AutosaveOptions
  ) throws(Failure) -> OpaquePointer {
    try store.requireWritable()
    try requireThreadSafeSQLite()
    if store.connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "a transaction is open on \(store.connection)")
    }
    let autosave = try unsafe AutosaveHandle(making: store.pointer, options)
    store.holder = .autosave
    let error = unsafe leat_monitor_start(
      autosave.monitor, stackSize,
      { context in
        if let context = unsafe context { unsafe AutosaveHandle(running: context).runWriter() }
        return nil
      }, autosave.context)
    if error != 0 {
      store.holder = .nobody
      autosave.free()
      throw noThread(error)
    }
    return unsafe autosave.pointer
  }
}
