// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// The handle of a stream of the core. The store uses it through the core's C interface only.
@safe struct CoreStream {
  private let raw: OpaquePointer
  private let model: OpaquePointer

  init(_ stream: OpaquePointer?) throws(StoreFailure) {
    guard let stream = unsafe stream, let model = unsafe leat_stream_model(stream) else {
      throw StoreFailure(LEAT_E_ARGUMENT, "stream is NULL or no leat_stream")
    }
    unsafe raw = stream
    unsafe self.model = model
  }

  var position: UInt64 { unsafe leat_stream_position(raw) }

  var stateSize: Int { unsafe leat_state_size(model) }

  func fingerprint() throws(StoreFailure) -> Fingerprint {
    var info = leat_model_info_t()
    var error = leat_error()
    if unsafe leat_model_info(model, &info, &error) != LEAT_OK { throw StoreFailure(error) }
    return unsafe withUnsafeBytes(of: &info.fingerprint) { unsafe Fingerprint(copying: $0) }
  }

  /// Writes the state to a buffer of at least `stateSize` bytes.
  func save(to buffer: UnsafeMutableRawPointer) throws(StoreFailure) -> ByteView {
    let size = stateSize
    var error = leat_error()
    if unsafe leat_stream_save(raw, buffer, size, &error) != LEAT_OK { throw StoreFailure(error) }
    return unsafe ByteView(buffer, count: size)
  }

  func load(_ state: ByteView) throws(StoreFailure) {
    var error = leat_error()
    let result = unsafe state.withBytes { bytes in
      unsafe leat_stream_load(raw, bytes.baseAddress, bytes.count, &error)
    }
    if result != LEAT_OK { throw StoreFailure(error) }
  }
}

extension StoreFailure {
  /// An error that the core reported.
  init(_ error: leat_error) {
    var error = error
    let message = unsafe withUnsafeBytes(of: &error.message) { text -> Message in
      // Safe: the core ends the text with NUL within the array.
      guard let start = text.baseAddress else { return "" }
      return unsafe "\(text: start.assumingMemoryBound(to: CChar.self))"
    }
    self.init(error.code, message)
  }
}

/// What a state says of itself. Its checksum is correct.
struct StateInfo {
  let position: UInt64
  let fingerprint: Fingerprint

  /// nil when the bytes are not a state as it was written.
  init?(_ state: ByteView) throws(StoreFailure) {
    do throws(StoreFailure) {
      self = try StateInfo(checking: state)
    } catch let failure {
      if failure.code == LEAT_E_CORRUPT { return nil }
      throw failure
    }
  }

  init(checking state: ByteView) throws(StoreFailure) {
    var info = leat_state_info_t()
    var error = leat_error()
    let result = unsafe state.withBytes { bytes in
      unsafe leat_state_info(bytes.baseAddress, bytes.count, &info, &error)
    }
    if result != LEAT_OK { throw StoreFailure(error) }
    position = info.position
    fingerprint = unsafe withUnsafeBytes(of: &info.fingerprint) { unsafe Fingerprint(copying: $0) }
  }
}
