// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_state_size") @implementation
public func leat_state_size(_ model: OpaquePointer!) -> Int {
  guard let image = unsafe modelHandle(model) else { return 0 }
  return image.header.stateSize
}

@_cdecl("leat_stream_save") @implementation
public func leat_stream_save(
  _ stream: OpaquePointer!, _ buffer: UnsafeMutableRawPointer!, _ buffer_size: Int,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if let functions = unsafe windowFunctions(stream) {
    return unsafe functions.pointee.save(stream, buffer, buffer_size, error)
  }
  return unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream, explanation)
    try unsafe checkBuffer(
      buffer, buffer_size, holds: block.model.header.stateSize, explanation)
    unsafe block.save(block.model, to: buffer)
    return LEAT_OK
  }
}

@_cdecl("leat_stream_load") @implementation
public func leat_stream_load(
  _ stream: OpaquePointer!, _ buffer: UnsafeRawPointer!, _ buffer_size: Int,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if let functions = unsafe windowFunctions(stream) {
    return unsafe functions.pointee.load(stream, buffer, buffer_size, error)
  }
  return unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream, explanation)
    let state = try StateView(
      unsafe stateBytes(buffer, buffer_size, explanation), explanation,
      hasCRC32C: block.model.header.hasCRC32C)
    try block.load(block.model, from: state)
    return LEAT_OK
  }
}

@_cdecl("leat_state_info") @implementation
public func leat_state_info(
  _ buffer: UnsafeRawPointer!, _ buffer_size: Int, _ info: UnsafeMutablePointer<leat_state_info_t>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkPointer(info, "info", explanation)
    let bytes = try unsafe stateBytes(buffer, buffer_size, explanation)
    var result = leat_state_info_t()
    let state: StateView
    if try StateView.version(bytes, explanation, hasCRC32C: false) == StateLayout.windowedVersion {
      let windowed = try WindowState(bytes, explanation, hasCRC32C: false)
      (result.window, result.hop) = (windowed.window, windowed.hop)
      state = windowed.view
    } else {
      state = try StateView(bytes, explanation, hasCRC32C: false)
    }
    result.version = state.version
    result.recurrent_layers = UInt32(state.layers)
    result.position = state.position
    copyFingerprint(state.fingerprint, to: &result.fingerprint)
    unsafe info.pointee = result
    return LEAT_OK
  }
}

/// Checks a buffer for a state, or for several.
func checkBuffer(
  _ buffer: UnsafeMutableRawPointer?, _ bufferSize: Int, holds size: Int,
  _ explanation: Explanation
) throws(Failure) {
  guard unsafe buffer != nil else {
    throw explanation.failure(LEAT_E_ARGUMENT, "buffer is NULL")
  }
  guard bufferSize < 0 || bufferSize >= size else {
    throw explanation.failure(
      LEAT_E_SIZE, "buffer of \(bufferSize) bytes, expected at least \(size)")
  }
}

func stateBytes(
  _ buffer: UnsafeRawPointer?, _ size: Int, _ explanation: Explanation
) throws(Failure) -> ByteView {
  guard let buffer = unsafe buffer else {
    throw explanation.failure(LEAT_E_ARGUMENT, "buffer is NULL")
  }
  try checkSizeArgument(size, "buffer_size", explanation)
  return unsafe ByteView(buffer, count: size)
}
