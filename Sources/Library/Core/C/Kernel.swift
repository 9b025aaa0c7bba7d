// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_kernel_available") @implementation
public func leat_kernel_available(_ index: UInt32) -> UnsafePointer<CChar>! {
  guard let set = availableSet(index, Processor()) else { return nil }
  return unsafe KernelSets.name(set)
}

@_cdecl("leat_stream_kernel") @implementation
public func leat_stream_kernel(_ stream: OpaquePointer!) -> UnsafePointer<CChar>! {
  guard let block = unsafe eitherHandle(stream) else { return nil }
  return unsafe KernelSets.name(block.header.kernels.pointee.set)
}

@_cdecl("leat_stream_set_kernel") @implementation
public func leat_stream_set_kernel(
  _ stream: OpaquePointer!, _ name: UnsafePointer<CChar>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    guard let block = unsafe eitherHandle(stream) else { throw notStream(explanation) }
    guard let name = unsafe name else { throw explanation.failure(LEAT_E_ARGUMENT, "name is NULL") }
    let processor = Processor()
    var index: UInt32 = 0
    while let set = availableSet(index, processor) {
      if unsafe equal(KernelSets.name(set), name) {
        let kernels = unsafe try findKernels(set, block.model, explanation)
        unsafe block.header.kernels = kernels
        unsafe windowHandle(stream)?.setKernels(kernels)
        return LEAT_OK
      }
      index += 1
    }
    throw explanation.failure(
      LEAT_E_ARGUMENT, "name: expected one that leat_kernel_available() gives on this processor")
  }
}

/// The kernel sets that the processor can run, best first.
private func availableSet(_ index: UInt32, _ processor: Processor) -> UInt32? {
  var rest = index
  var place: UInt32 = 0
  while leatcore_set(place) != 0 {
    if processor.canRun(leatcore_set(place)) {
      if rest == 0 { return leatcore_set(place) }
      rest -= 1
    }
    place += 1
  }
  return nil
}

/// The kernels of a set in the model's list.
private func findKernels(
  _ set: UInt32, _ model: borrowing ModelHandle, _ explanation: Explanation
) throws(Failure) -> UnsafePointer<leat_kernels> {
  let sets = unsafe KernelSets(model.header.kernels)
  var index = 0
  while let kernels = unsafe sets.available(index) {
    if unsafe kernels.pointee.set == set { return unsafe kernels }
    index += 1
  }
  throw explanation.failure(LEAT_E_UNSUPPORTED, "the model was made without that kernel")
}

/// Whether two strings that end with NUL are the same.
private func equal(_ a: UnsafePointer<CChar>, _ b: UnsafePointer<CChar>) -> Bool {
  var index = 0
  while unsafe a[index] == b[index] {
    if unsafe a[index] == 0 { return true }
    index += 1
  }
  return false
}
