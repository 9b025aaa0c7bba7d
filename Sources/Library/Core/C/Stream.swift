// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_stream_size") @implementation
public func leat_stream_size(_ model: OpaquePointer!) -> Int {
  guard let image = unsafe modelHandle(model) else { return 0 }
  return image.header.streamSize
}

@_cdecl("leat_stream_init") @implementation
public func leat_stream_init(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ model: OpaquePointer!,
  _ stream: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkBlock(memory, memory_size, explanation)
    let image = unsafe try openModel(model, explanation)
    try unsafe checkPointer(stream, "stream", explanation)
    let size = image.header.streamSize
    guard memory_size >= size else {
      throw explanation.failure(
        LEAT_E_SIZE, "memory of \(memory_size) bytes, expected at least \(size)")
    }
    unsafe StreamHandle(memory).reset(image, image.header.best)
    unsafe stream.pointee = OpaquePointer(memory)
    return LEAT_OK
  }
}

@_cdecl("leat_stream_reset") @implementation
public func leat_stream_reset(
  _ stream: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if let functions = unsafe windowFunctions(stream) {
    return unsafe functions.pointee.reset(stream, error)
  }
  return unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream, explanation)
    unsafe block.reset(block.model, block.header.kernels)
    return LEAT_OK
  }
}

@_cdecl("leat_stream_position") @implementation
public func leat_stream_position(_ stream: OpaquePointer!) -> UInt64 {
  guard let block = unsafe eitherHandle(stream) else { return 0 }
  return block.header.position
}

@_cdecl("leat_stream_set_position") @implementation
public func leat_stream_set_position(
  _ stream: OpaquePointer!, _ position: UInt64, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    guard let block = unsafe eitherHandle(stream) else {
      throw notStream(explanation)
    }
    guard position <= UInt64(Int64.max) else {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "position is \(position), expected at most \(Int64.max)")
    }
    block.header.position = position
    return LEAT_OK
  }
}

@_cdecl("leat_stream_model") @implementation
public func leat_stream_model(_ stream: OpaquePointer!) -> OpaquePointer! {
  guard let block = unsafe eitherHandle(stream) else { return nil }
  return unsafe OpaquePointer(block.header.model)
}

@_cdecl("leat_stream_get_state") @implementation
public func leat_stream_get_state(
  _ stream: OpaquePointer!, _ recurrent: UInt32, _ h: UnsafeMutablePointer<Float>!,
  _ c: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let block = unsafe try openEndless(stream, explanation)
    let state = try recurrentState(block.model, recurrent, explanation)
    if unsafe h != nil { try unsafe checkPointer(h, "h", explanation) }
    if unsafe c != nil { try unsafe checkPointer(c, "c", explanation) }
    if let h = unsafe h {
      unsafe h.update(from: block.floats(at: state.hidden), count: state.hiddenSize)
    }
    if let c = unsafe c {
      unsafe c.update(from: block.floats(at: state.cell), count: state.cellSize)
    }
    return LEAT_OK
  }
}

@_cdecl("leat_stream_set_state") @implementation
public func leat_stream_set_state(
  _ stream: OpaquePointer!, _ recurrent: UInt32, _ h: UnsafePointer<Float>!,
  _ c: UnsafePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let block = unsafe try openEndless(stream, explanation)
    let state = try recurrentState(block.model, recurrent, explanation)
    if let h = unsafe h {
      try unsafe checkPointer(h, "h", explanation)
      for element in 0..<state.hiddenSize {
        try unsafe state.check(
          hidden: h[element], at: element, layer: Int(recurrent), explanation)
      }
    }
    if let c = unsafe c {
      try unsafe checkPointer(c, "c", explanation)
      for element in 0..<state.cellSize {
        try unsafe state.check(cell: c[element], at: element, layer: Int(recurrent), explanation)
      }
    }
    if let h = unsafe h {
      let hidden = unsafe block.floats(at: state.hidden)
      for element in 0..<state.hiddenSize {
        unsafe hidden[element] = h[element].flushed(below: Least.value)
      }
    }
    if let c = unsafe c {
      let cell = unsafe block.floats(at: state.cell)
      for element in 0..<state.cellSize {
        unsafe cell[element] = c[element].flushed(below: Least.cell)
      }
    }
    return LEAT_OK
  }
}

/// Refuses a windowed stream: it has an h and a c for each window.
private func openEndless(
  _ pointer: OpaquePointer?, _ explanation: Explanation
) throws(Failure) -> StreamHandle {
  if unsafe windowFunctions(pointer) != nil {
    throw explanation.failure(
      LEAT_E_UNSUPPORTED,
      "a windowed stream has an h and a c for each window, expected a stream without windows")
  }
  return unsafe try openStream(pointer, explanation)
}
