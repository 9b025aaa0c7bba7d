// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatSupport
import LeatKernel

/// Runs the body of an exported function, and turns what it throws into the function's result. The
/// floating-point environment is that of IEEE 754 meanwhile, whatever the caller has set: a
/// comparison with NaN doesn't trap, and a loader rounds to nearest.
@inline(__always)
func withIEEEFloats(
  reportingTo error: UnsafeMutablePointer<leat_error>?,
  _ body: (_ explanation: Explanation) throws(Failure) -> Int32
) -> Int32 {
  let environment = leat_processor_enter()
  defer { leat_processor_leave(environment) }
  return unsafe reportFailure(to: error, body)
}

/// Whether a pointer can be that of an array.
@inline(__always)
func isArray<Element>(_ array: UnsafePointer<Element>?) -> Bool {
  unsafe array != nil && UInt(bitPattern: array) % UInt(MemoryLayout<Element>.alignment) == 0
}

/// Checks memory for a model or a stream.
func checkBlock(
  _ memory: UnsafeMutableRawPointer?, _ size: Int, _ explanation: Explanation
) throws(Failure) {
  guard let memory = unsafe memory else {
    throw explanation.failure(LEAT_E_ARGUMENT, "memory is NULL")
  }
  guard UInt(bitPattern: memory) % UInt(LEAT_ALIGNMENT) == 0 else {
    throw explanation.failure(
      LEAT_E_ARGUMENT, "memory is misaligned, expected LEAT_ALIGNMENT, \(LEAT_ALIGNMENT) bytes")
  }
  try checkSizeArgument(size, "memory_size", explanation)
}

/// Checks a `size_t`. Swift sees one that is beyond `ptrdiff_t` as a negative number.
func checkSizeArgument(
  _ size: Int, _ name: StaticString, _ explanation: Explanation
) throws(Failure) {
  guard size >= 0 else {
    throw explanation.failure(
      LEAT_E_ARGUMENT, "\(name) is \(UInt(bitPattern: size)), expected at most \(Int.max)")
  }
}

/// Makes the handle of a file's bytes.
func fileBytes(
  _ file: UnsafeRawPointer?, _ size: Int, _ explanation: Explanation
) throws(Failure) -> ByteView {
  guard let file = unsafe file else { throw explanation.failure(LEAT_E_ARGUMENT, "file is NULL") }
  try checkSizeArgument(size, "file_size", explanation)
  return unsafe ByteView(file, count: size)
}

/// Checks a list of kernel sets.
func kernelList(
  _ kernels: UnsafePointer<leat_kernels>?, _ explanation: Explanation
) throws(Failure) -> UnsafePointer<leat_kernels> {
  guard let kernels = unsafe kernels,
    UInt(bitPattern: kernels) % UInt(MemoryLayout<leat_kernels>.alignment) == 0
  else { throw explanation.failure(LEAT_E_ARGUMENT, "kernels: expected a list of leat_kernels") }
  let size = MemoryLayout<leat_kernels>.size
  guard unsafe kernels.pointee.size == size else {
    throw explanation.failure(
      LEAT_E_ARGUMENT,
      "kernels: sets of \(unsafe kernels.pointee.size) bytes, expected \(size): another version of leat_kernels.h"
    )
  }
  return unsafe kernels
}

func recurrentState(
  _ model: borrowing ModelHandle, _ recurrent: UInt32, _ explanation: Explanation
) throws(Failure) -> StateRecord {
  let count = model.header.stateCount
  guard recurrent < count else {
    throw explanation.failure(
      LEAT_E_ARGUMENT,
      "recurrent is \(recurrent), expected less than the \(count) recurrent layers of the model")
  }
  return model.state(Int(recurrent))
}

/// Copies a fingerprint into the C array, which Swift sees as a tuple.
func copyFingerprint<Tuple>(_ fingerprint: InlineArray<32, UInt8>, to tuple: inout Tuple) {
  unsafe withUnsafeMutableBytes(of: &tuple) { bytes in
    for index in 0..<min(32, bytes.count) { unsafe bytes[index] = fingerprint[index] }
  }
}
