// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_window_size") @implementation
public func leat_window_size(_ model: OpaquePointer!, _ window: UInt32, _ hop: UInt32) -> Int {
  guard let image = unsafe modelHandle(model) else { return 0 }
  return WindowLayout(image, window: window, hop: hop)?.size ?? 0
}

@_cdecl("leat_window_init") @implementation
public func leat_window_init(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ model: OpaquePointer!,
  _ window: UInt32, _ hop: UInt32, _ stream: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkBlock(memory, memory_size, explanation)
    let image = unsafe try openModel(model, explanation)
    try unsafe checkPointer(stream, "stream", explanation)
    guard window >= 1 else {
      throw explanation.failure(LEAT_E_ARGUMENT, "window is 0, expected at least 1")
    }
    guard hop >= 1, hop <= window else {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "hop is \(hop), expected 1 to the window, \(window)")
    }
    guard let layout = WindowLayout(image, window: window, hop: hop) else {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        "a window of \(window) and a hop of \(hop), expected fewer streams than memory can hold")
    }
    guard memory_size >= layout.size else {
      throw explanation.failure(
        LEAT_E_SIZE, "memory of \(memory_size) bytes, expected at least \(layout.size)")
    }
    unsafe WindowHandle.make(memory, image, layout, window: window, hop: hop)
    unsafe stream.pointee = OpaquePointer(memory)
    return LEAT_OK
  }
}

@_cdecl("leat_stream_window") @implementation
public func leat_stream_window(_ stream: OpaquePointer!, _ hop: UnsafeMutablePointer<UInt32>!)
  -> UInt32
{
  var (window, foundHop): (UInt32, UInt32) = (0, 0)
  if let block = unsafe eitherHandle(stream) {
    (window, foundHop) = (block.header.window, block.header.hop)
  }
  if let hop = unsafe hop { unsafe hop.pointee = foundHop }
  return window
}

@_cdecl("leat_stream_block_size") @implementation
public func leat_stream_block_size(_ stream: OpaquePointer!) -> Int {
  if let block = unsafe streamHandle(stream) { return block.model.header.streamSize }
  return unsafe windowHandle(stream)?.layout.size ?? 0
}

@_cdecl("leat_stream_state_size") @implementation
public func leat_stream_state_size(_ stream: OpaquePointer!) -> Int {
  if let block = unsafe streamHandle(stream) { return block.model.header.stateSize }
  return unsafe windowHandle(stream)?.stateSize ?? 0
}

@_cdecl("leat_stream_outputs") @implementation
public func leat_stream_outputs(
  _ stream: OpaquePointer!, _ position: UInt64, _ count: UInt64
) -> UInt64 {
  if let window = unsafe windowHandle(stream) {
    return window.outputs(from: position, count: count)
  }
  guard unsafe streamHandle(stream) != nil else { return 0 }
  return min(count, UInt64(Int64.max) - min(position, UInt64(Int64.max)))
}
