// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// The handle of a stream of the core. The store uses it through the core's C interface only.
@safe struct CoreStream {
  private let raw: OpaquePointer
  private let model: OpaquePointer
  private let explanation: Explanation

  init(_ stream: OpaquePointer?, _ explanation: Explanation) throws(Failure) {
    guard let stream = unsafe stream, let model = unsafe leat_stream_model(stream) else {
      throw explanation.failure(LEAT_E_ARGUMENT, "stream is NULL or no leat_stream")
    }
    unsafe raw = stream
    unsafe self.model = model
    self.explanation = explanation
  }

  var position: UInt64 { unsafe leat_stream_position(raw) }

  var stateSize: Int { unsafe leat_stream_state_size(raw) }

  func fingerprint() throws(Failure) -> Fingerprint {
    var info = leat_model_info_t()
    try unsafe explanation.reporting { unsafe leat_model_info(model, &info, $0) }
    return unsafe withUnsafeBytes(of: &info.fingerprint) { unsafe fingerprint(ofModel: $0) }
  }

  /// The same, from a state that `save` wrote just now: this takes less time than to ask the model.
  func fingerprint(fromOwn state: ByteView) -> Fingerprint {
    unsafe state.slice(16, 48).withBytes { unsafe fingerprint(ofModel: $0) }
  }

  private func fingerprint(ofModel bytes: UnsafeRawBufferPointer) -> Fingerprint {
    var hop: UInt32 = 0
    let window = unsafe leat_stream_window(raw, &hop)
    return unsafe Fingerprint(copying: bytes, window: window, hop: hop)
  }

  /// Writes the state to a buffer of `size` bytes, which is `stateSize`.
  func save(to buffer: UnsafeMutableRawPointer, size: Int) throws(Failure) -> ByteView {
    try unsafe explanation.reporting { unsafe leat_stream_save(raw, buffer, size, $0) }
    return unsafe ByteView(buffer, count: size)
  }

  /// Whether `load` would succeed: loads into a copy, for which `scratch` has `blockSize` bytes.
  func checkLoad(_ state: ByteView, scratch: UnsafeMutableRawPointer) throws(Failure) {
    unsafe scratch.copyMemory(from: UnsafeRawPointer(raw), byteCount: blockSize)
    // A copy of a stream's block is a stream.
    try unsafe CoreStream(OpaquePointer(scratch), explanation).load(state)
  }

  var blockSize: Int { unsafe leat_stream_block_size(raw) }

  func load(_ state: ByteView) throws(Failure) {
    try unsafe explanation.reporting { error in
      unsafe state.withBytes { bytes in
        unsafe leat_stream_load(raw, bytes.baseAddress, bytes.count, error)
      }
    }
  }
}

extension Explanation {
  /// Runs a call of the core, and throws the error that it reports. The call gets memory for an
  /// error, which it initializes only if it fails.
  @inline(__always)
  fileprivate func reporting(
    _ call: (UnsafeMutablePointer<leat_error>?) -> Int32
  ) throws(Failure) {
    let failure: Failure? = unsafe withUnsafeTemporaryAllocation(of: leat_error.self, capacity: 1) {
      (memory) in
      guard unsafe call(memory.baseAddress) != LEAT_OK, let error = memory.baseAddress
      else { return nil }
      return unsafe self.failure(&error.pointee)
    }
    if let failure { throw failure }
  }

  /// An error that the core reported.
  @inline(never)
  fileprivate func failure(_ error: inout leat_error) -> Failure {
    let code = error.code
    return unsafe withUnsafeBytes(of: &error.message) { text in
      // Safe: the core ends the text with NUL within the array.
      guard let start = text.baseAddress else { return failure(code, "") }
      return unsafe failure(code, "\(text: start.assumingMemoryBound(to: CChar.self))")
    }
  }
}

/// What a state says of itself. Its checksum is correct.
struct StateInfo {
  let position: UInt64
  let fingerprint: Fingerprint

  /// Also of a group's manifest. nil when the bytes are neither as it was written.
  init?(
    _ state: ByteView, _ emptyCRC: CRC32C, _ explanation: Explanation
  ) throws(Failure) {
    if let manifest = GroupManifest(state, emptyCRC) {
      position = manifest.position
      fingerprint = .group
      return
    }
    do throws(Failure) {
      self = try StateInfo(checking: state, explanation)
    } catch let failure {
      if failure.code == LEAT_E_CORRUPT { return nil }
      throw failure
    }
  }

  init(checking state: ByteView, _ explanation: Explanation) throws(Failure) {
    var info = leat_state_info_t()
    try unsafe explanation.reporting { error in
      unsafe state.withBytes { bytes in
        unsafe leat_state_info(bytes.baseAddress, bytes.count, &info, error)
      }
    }
    position = info.position
    let (window, hop) = (info.window, info.hop)
    fingerprint = unsafe withUnsafeBytes(of: &info.fingerprint) {
      unsafe Fingerprint(copying: $0, window: window, hop: hop)
    }
    if fingerprint == .group {
      throw explanation.failure(LEAT_E_CORRUPT, "found a state of a group, expected a model's")
    }
  }
}
