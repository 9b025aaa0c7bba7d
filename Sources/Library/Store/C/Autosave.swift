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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let options = try unsafe AutosaveOptions(options, explanation)
    try unsafe checkPointer(autosave, "autosave", explanation)
    unsafe autosave.pointee = try AutosaveHandle.start(store, options)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_add") @implementation
public func leat_autosave_add(
  _ autosave: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ slot: UnsafeMutablePointer<UInt32>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let autosave = try unsafe AutosaveHandle(asking: autosave, explanation)
    let name = try unsafe StreamName(name, explanation)
    try unsafe checkPointer(slot, "slot", explanation)
    unsafe slot.pointee = try autosave.add(name)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_add_group") @implementation
public func leat_autosave_add_group(
  _ autosave: OpaquePointer!, _ name: UnsafePointer<CChar>!,
  _ members: UnsafePointer<UnsafePointer<CChar>?>!, _ count: Int,
  _ slot: UnsafeMutablePointer<UInt32>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let autosave = try unsafe AutosaveHandle(asking: autosave, explanation)
    let name = try unsafe StreamName(name, explanation)
    let names = try unsafe MemberNames(members, count, explanation)
    try names.check()
    try unsafe checkPointer(slot, "slot", explanation)
    unsafe slot.pointee = try autosave.addGroup(name, count: count) {
      (index) throws(Failure) in try names.name(index)
    }
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_remove") @implementation
public func leat_autosave_remove(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let autosave = try unsafe AutosaveHandle(asking: autosave, explanation)
    try autosave.remove(slot, abandons: abandons(flags, explanation))
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_offer") @implementation
public func leat_autosave_offer(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ stream: OpaquePointer!,
  _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if let autosave = try? unsafe AutosaveHandle(autosave, .none),
    (try? unsafe cursorView(
      cursor, cursor_size, most: autosave.options.cursorSize, else: LEAT_E_SIZE, .none)) != nil,
    flags & ~offerFlags == 0, unsafe autosave.isIdle(slot, stream, flags: flags)
  {
    return LEAT_OK
  }
  return unsafe offer(autosave, slot, stream, cursor, cursor_size, flags, error)
}

private func requireOfferFlags(_ flags: UInt32, _ explanation: Explanation) throws(Failure) {
  try requireFlags(
    flags, of: offerFlags, "flags", "LEAT_OFFER_NOW, 1, and LEAT_OFFER_REWIND, 2", explanation)
}

private let offerFlags = LEAT_OFFER_NOW | LEAT_OFFER_REWIND

/// An offer that isn't idle. Not inlined: so the frame of the others needs no place for a message.
@inline(never)
private func offer(
  _ autosave: OpaquePointer?, _ slot: UInt32, _ stream: OpaquePointer?,
  _ cursor: UnsafeRawPointer?, _ cursorSize: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>?
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let autosave = try unsafe AutosaveHandle(autosave, explanation)
    let cursor = try unsafe cursorView(
      cursor, cursorSize, most: autosave.options.cursorSize, else: LEAT_E_SIZE, explanation)
    try requireOfferFlags(flags, explanation)
    try unsafe autosave.offer(slot, stream, cursor: cursor, flags: flags)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_offer_group") @implementation
public func leat_autosave_offer_group(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int, _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ number: UnsafeMutablePointer<UInt64>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let autosave = try unsafe AutosaveHandle(autosave, explanation)
    let cursor = try unsafe cursorView(
      cursor, cursor_size, most: autosave.options.cursorSize, else: LEAT_E_SIZE, explanation)
    try requireOfferFlags(flags, explanation)
    try unsafe checkPointer(streams, "streams", explanation)
    if unsafe number != nil { try unsafe checkPointer(number, "number", explanation) }
    var offer: UInt64?
    defer { if let number = unsafe number, let offer { unsafe number.pointee = offer } }
    try unsafe autosave.offerGroup(
      slot, streams, count: count, cursor: cursor, flags: flags, offer: &offer)
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_durable") @implementation
public func leat_autosave_durable(
  _ autosave: OpaquePointer!, _ slot: UInt32, _ position: UnsafeMutablePointer<UInt64>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let autosave = try unsafe AutosaveHandle(autosave, explanation)
    try unsafe checkPointer(position, "position", explanation)
    unsafe position.pointee = try autosave.slots.used(slot).durablePosition.load()
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_flush") @implementation
public func leat_autosave_flush(
  _ autosave: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    try unsafe AutosaveHandle(asking: autosave, explanation).flush()
    return LEAT_OK
  }
}

@_cdecl("leat_autosave_stop") @implementation
public func leat_autosave_stop(
  _ autosave: OpaquePointer!, _ flags: UInt32, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if unsafe autosave == nil { return LEAT_OK }
  return unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let abandons = try abandons(flags, explanation)
    if try unsafe AutosaveHandle.closeInherited(autosave, explanation) { return LEAT_OK }
    let autosave = try unsafe AutosaveHandle(asking: autosave, explanation)
    try autosave.stop(abandons: abandons)
    return LEAT_OK
  }
}

private func abandons(
  _ flags: UInt32, _ explanation: Explanation
) throws(Failure) -> Bool {
  try requireFlags(
    flags, of: LEAT_AUTOSAVE_ABANDON, "flags", "LEAT_AUTOSAVE_ABANDON, 1", explanation)
  return flags & LEAT_AUTOSAVE_ABANDON != 0
}
