// SPDX-License-Identifier: MIT
//
// leat_store.h: Autosave.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_autosave_start") @implementation
public func leat_autosave_start(
  _ store: OpaquePointer!, _ options: UnsafePointer<leat_autosave_options>!,
  _ autosave: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let store = try unsafe StoreHandle(store)
    let options = try unsafe AutosaveOptions(options)
    try unsafe checkStorePointer(autosave, "autosave")
    unsafe autosave.pointee = try AutosaveHandle.start(store, options)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_add") @implementation
public func leat_autosave_add(
  _ autosave: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ slot: UnsafeMutablePointer<UInt32>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let autosave = try unsafe AutosaveHandle(asking: autosave)
    let name = try unsafe StreamName(name)
    try unsafe checkStorePointer(slot, "slot")
    unsafe slot.pointee = try autosave.add(name)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_remove") @implementation
public func leat_autosave_remove(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let autosave = try unsafe AutosaveHandle(asking: autosave)
    try autosave.remove(slot, abandons: abandons(flags))
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_offer") @implementation
public func leat_autosave_offer(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ stream: OpaquePointer!,
  _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let autosave = try unsafe AutosaveHandle(autosave)
    let cursor = try unsafe cursorView(
      cursor, cursor_size, most: autosave.options.cursorSize, else: LEAT_E_SIZE)
    try requireFlags(
      flags, of: LEAT_OFFER_NOW | LEAT_OFFER_REWIND, "flags",
      "LEAT_OFFER_NOW, 1, and LEAT_OFFER_REWIND, 2")
    try unsafe autosave.offer(slot, stream, cursor: cursor, flags: flags)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_durable") @implementation
public func leat_autosave_durable(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ position: UnsafeMutablePointer<UInt64>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let autosave = try unsafe AutosaveHandle(autosave)
    try unsafe checkStorePointer(position, "position")
    unsafe position.pointee = try autosave.slots.used(slot).durablePosition.load()
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_flush") @implementation
public func leat_autosave_flush(
  _ autosave: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    try unsafe AutosaveHandle(asking: autosave).flush()
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_stop") @implementation
public func leat_autosave_stop(
  _ autosave: OpaquePointer!, _ flags: UInt32, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if unsafe autosave == nil { return LEAT_OK }
  return unsafe reportStoreFailure(to: error) { () throws(StoreFailure) in
    let abandons = try abandons(flags)
    if try unsafe AutosaveHandle.closeInherited(autosave) { return LEAT_OK }
    let autosave = try unsafe AutosaveHandle(asking: autosave)
    try autosave.stop(abandons: abandons)
    return LEAT_OK
  }
}

private func abandons(_ flags: UInt32) throws(StoreFailure) -> Bool {
  try requireFlags(flags, of: LEAT_AUTOSAVE_ABANDON, "flags", "LEAT_AUTOSAVE_ABANDON, 1")
  return flags & LEAT_AUTOSAVE_ABANDON != 0
}
