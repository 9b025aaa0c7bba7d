// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Makes the typed handle of a caller's `leat_model *`, or says what is wrong with the pointer.
func openModel(_ pointer: OpaquePointer?) throws(Failure) -> ModelImage {
  guard let image = unsafe modelImage(pointer) else {
    throw Failure(
      LEAT_E_ARGUMENT, "model: expected one that leat_model_open or leat_model_init returned")
  }
  return image
}

/// The same without a reason: nil when the pointer is NULL, misaligned or points to no model
/// of this layout.
@inline(__always)
func modelImage(_ pointer: OpaquePointer?) -> ModelImage? {
  guard let pointer = unsafe pointer, UInt(bitPattern: pointer) % UInt(LEAT_ALIGNMENT) == 0 else {
    return nil
  }
  let image = unsafe ModelImage(UnsafeRawPointer(pointer))
  guard unsafe image.header.pointee.magic == ModelImage.magic,
    unsafe image.header.pointee.layout == ModelImage.layout
  else { return nil }
  return image
}
