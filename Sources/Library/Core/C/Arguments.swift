// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatSupport
import LeatKernel

/// Runs the body of an exported function and turns what it throws into the function's result.
/// Floats mean the same in it whatever the caller has set: a comparison with NaN doesn't trap, and
/// a loader rounds as ever.
@inline(__always)
func answering(
  _ error: UnsafeMutablePointer<leat_error>?, _ body: () throws(Failure) -> Int32
) -> Int32 {
  let environment = leat_processor_enter()
  defer { leat_processor_leave(environment) }
  return unsafe reporting(to: error, body)
}

// What the exported functions check of their arguments before they look at what those point to.

/// Whether a pointer can be to an array of floats.
@inline(__always)
func isArray(_ floats: UnsafePointer<Float>?) -> Bool {
  unsafe floats != nil && UInt(bitPattern: floats) % UInt(MemoryLayout<Float>.alignment) == 0
}

/// A block that is to hold a model or a stream.
func checkBlock(_ memory: UnsafeMutableRawPointer?, _ size: Int) throws(Failure) {
  guard let memory = unsafe memory else { throw Failure(LEAT_E_ARGUMENT, "memory is NULL") }
  guard UInt(bitPattern: memory) % UInt(LEAT_ALIGNMENT) == 0 else {
    throw Failure(
      LEAT_E_ARGUMENT, "memory is misaligned: expected LEAT_ALIGNMENT, \(LEAT_ALIGNMENT) bytes")
  }
  // A size_t beyond ptrdiff_t comes through as a negative number.
  guard size >= 0 else { throw Failure(LEAT_E_ARGUMENT, "memory_size is too large") }
}

/// Bytes from outside.
func openFile(_ file: UnsafeRawPointer?, _ size: Int) throws(Failure) -> ByteView {
  guard let file = unsafe file else { throw Failure(LEAT_E_ARGUMENT, "file is NULL") }
  guard size >= 0 else { throw Failure(LEAT_E_ARGUMENT, "file_size is too large") }
  return unsafe ByteView(file, count: size)
}

func openState(
  _ model: borrowing ModelImage, _ recurrent: UInt32
) throws(Failure) -> StateRecord {
  let count = unsafe model.header.pointee.stateCount
  guard recurrent < count else {
    throw Failure(
      LEAT_E_ARGUMENT, "recurrent \(recurrent): this model has \(count) recurrent layers")
  }
  return unsafe model.states[Int(recurrent)]
}

/// Copies a fingerprint into the C array, which Swift sees as a tuple.
func copy<Tuple>(_ fingerprint: InlineArray<32, UInt8>, to tuple: inout Tuple) {
  unsafe withUnsafeMutableBytes(of: &tuple) { bytes in
    for index in 0..<min(32, bytes.count) { unsafe bytes[index] = fingerprint[index] }
  }
}
