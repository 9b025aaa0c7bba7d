// SPDX-License-Identifier: MIT
//
// What the functions of streams do with a windowed one: the table of CShims/internal.h.

import CInternal
import CLeat
import CProcessor
import LeatSupport
import LeatKernel

@_cdecl("leatcore_window_run") @implementation
public func leatcore_window_run(
  _ stream: OpaquePointer!, _ steps: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  let environment = leat_processor_enter()
  defer { leat_processor_leave(environment) }
  let window = unsafe WindowHandle(stream!)
  let model = window.block.model
  guard let count = sampleFloats(steps, model), steps <= window.samplesLeft,
    unsafe areWithinLimit(inputs, count: count, model)
  else {
    return unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
      throw unsafe stepFailure(steps, inputs, model, left: window.samplesLeft, explanation)
    }
  }
  var hasOutput = steps == 0
  for index in 0..<steps {
    // Safe: sampleFloats has shown that no index overflows.
    let ends = unsafe window.step(
      inputs + index &* model.header.inputSize, outputs + index &* model.header.outputSize)
    if ends { hasOutput = true }
  }
  return hasOutput ? LEAT_OK : LEAT_NO_OUTPUT
}

@_cdecl("leatcore_window_reset") @implementation
public func leatcore_window_reset(
  _ stream: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe WindowHandle(stream!).reset()
  return LEAT_OK
}

@_cdecl("leatcore_window_save") @implementation
public func leatcore_window_save(
  _ stream: OpaquePointer!, _ buffer: UnsafeMutableRawPointer!, _ buffer_size: Int,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let window = unsafe WindowHandle(stream!)
    try unsafe checkBuffer(buffer, buffer_size, holds: window.stateSize, explanation)
    unsafe window.save(to: buffer)
    return LEAT_OK
  }
}

@_cdecl("leatcore_window_load") @implementation
public func leatcore_window_load(
  _ stream: OpaquePointer!, _ buffer: UnsafeRawPointer!, _ buffer_size: Int,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let window = unsafe WindowHandle(stream!)
    let state = try WindowState(
      unsafe stateBytes(buffer, buffer_size, explanation), explanation,
      hasCRC32C: window.block.model.header.hasCRC32C)
    try window.check(state)
    window.copy(from: state.view.bytes)
    return LEAT_OK
  }
}
