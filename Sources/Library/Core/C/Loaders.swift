// SPDX-License-Identifier: MIT
//
// The loaders that leat_kernels.h names. A program whose table names only the first has no code of
// other kinds of layers: see `LayerPlan`.

import CLeat
import LeatSupport

@_cdecl("leat_load_lstm") @implementation
public func leat_load_lstm(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ file: UnsafeRawPointer!,
  _ file_size: Int, _ kernels: UnsafePointer<leat_kernels>!,
  _ model: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe loadModel(
      NoOtherLayers.self, to: memory, memory_size, file, file_size, kernels, model, explanation)
  }
}

@_cdecl("leat_load_any") @implementation
public func leat_load_any(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ file: UnsafeRawPointer!,
  _ file_size: Int, _ kernels: UnsafePointer<leat_kernels>!,
  _ model: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe loadModel(
      EveryOtherLayer.self, to: memory, memory_size, file, file_size, kernels, model, explanation)
  }
}

private func loadModel<Other: OtherLayers>(
  _: Other.Type, to memory: UnsafeMutableRawPointer?, _ size: Int, _ file: UnsafeRawPointer?,
  _ fileSize: Int, _ kernels: UnsafePointer<leat_kernels>?,
  _ model: UnsafeMutablePointer<OpaquePointer?>?, _ explanation: Explanation
) throws(Failure) -> Int32 {
  try unsafe checkBlock(memory, size, explanation)
  let bytes = unsafe try fileBytes(file, fileSize, explanation)
  let kernels = unsafe try kernelList(kernels, explanation)
  try unsafe checkPointer(model, "model", explanation)
  return try ModelLoader<Other>.load(bytes, explanation) { loader throws(Failure) in
    guard size >= loader.memorySize else {
      throw explanation.failure(
        LEAT_E_SIZE, "memory of \(size) bytes, expected at least \(loader.memorySize)")
    }
    let best = unsafe try loader.bestKernels(kernels)
    // Safe: both pointers were checked.
    unsafe model.unsafelyUnwrapped.pointee = OpaquePointer(
      try loader.writeModel(
        to: memory.unsafelyUnwrapped, kernels: kernels, best: best, isOwned: false))
    return LEAT_OK
  }
}
