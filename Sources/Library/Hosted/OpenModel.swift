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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    guard let path = unsafe path else { throw explanation.failure(LEAT_E_ARGUMENT, "path is NULL") }
    try unsafe checkPointer(model, "model", explanation)
    let file = try unsafe FileBytes(path, explanation)
    let code = unsafe file.bytes.withBytes { bytes in
      unsafe leatcore_model_load(
        bytes.baseAddress, bytes.count, leat_hosted_allocate_aligned, model, error)
    }
    if code != LEAT_OK { throw unsafe completed(code, error, with: path, explanation) }
    return code
  }
}

@_cdecl("leat_model_close") @implementation
public func leat_model_close(_ model: OpaquePointer!) {
  unsafe free(leatcore_model_block(model))
}

/// The failure of another call, with a path at the end of its message: in a line that is too long,
/// the reason stays.
private func completed(
  _ code: Int32, _ error: UnsafePointer<leat_error>?, with path: UnsafePointer<CChar>,
  _ explanation: Explanation
) -> Failure {
  // Without a leat_error nobody reads the message.
  guard let error = unsafe error else { return explanation.failure(code, "") }
  return unsafe withUnsafeBytes(of: error.pointee.message) { bytes in
    let text = unsafe bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
    return unsafe explanation.failure(code, "\(text: text): '\(text: path)'")
  }
}
