// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

// What LeatHosted calls. It is declared in CShims/internal.h.

@_cdecl("leatcore_model_load") @implementation
public func leatcore_model_load(
  _ file: UnsafeRawPointer!, _ file_size: Int,
  _ allocate: (@convention(c) (Int) -> UnsafeMutableRawPointer?)!,
  _ model: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let bytes = unsafe try fileBytes(file, file_size, explanation)
    return try ModelLoader<EveryOtherLayer>.load(bytes, explanation) { loader throws(Failure) in
      let kernels = unsafe leatcore_every_kernel()
      let best = unsafe try loader.bestKernels(kernels!)
      guard let block = allocate(loader.memorySize) else {
        throw explanation.failure(
          LEAT_E_MEMORY, "no memory for a model of \(loader.memorySize) bytes")
      }
      unsafe model.pointee = OpaquePointer(
        try loader.writeModel(to: block, kernels: kernels!, best: best, isOwned: true))
      return LEAT_OK
    }
  }
}

@_cdecl("leatcore_model_block") @implementation
public func leatcore_model_block(_ model: OpaquePointer!) -> UnsafeMutableRawPointer! {
  guard let image = unsafe modelHandle(model), image.header.isOwned else {
    return nil
  }
  return unsafe UnsafeMutableRawPointer(model)
}
