// SPDX-License-Identifier: MIT

import CHosted
import CInternal
import CLeat
import LeatSupport

// The two functions of leat.h that need an operating system.

@_cdecl("leat_model_open") @implementation
public func leat_model_open(
  _ path: UnsafePointer<CChar>!, _ model: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) -> Int32 in
    guard let path = unsafe path else { throw Failure(LEAT_E_ARGUMENT, "path is NULL") }
    try unsafe checkPointer(model, "model")
    let file = try unsafe FileBytes(path)
    let code = unsafe file.bytes.withBytes { bytes in
      unsafe leatcore_model_load(
        bytes.baseAddress, bytes.count, leat_hosted_allocate_aligned, model, error)
    }
    if code != LEAT_OK { unsafe Failure.complete(error, with: path) }
    return code
  }
}

@_cdecl("leat_model_close") @implementation
public func leat_model_close(_ model: OpaquePointer!) {
  unsafe free(leatcore_model_block(model))
}

extension Failure {
  /// Adds a path to the end of the message of another call: in a line that is too long, the reason
  /// stays.
  fileprivate static func complete(
    _ error: UnsafeMutablePointer<leat_error>?, with path: UnsafePointer<CChar>
  ) {
    guard let error = unsafe error else { return }
    let message = unsafe withUnsafeBytes(of: &error.pointee.message) { bytes in
      let text = unsafe bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
      return unsafe Message("\(text: text): '\(text: path)'")
    }
    _ = unsafe Failure(error.pointee.code, message).report(to: error)
  }
}
