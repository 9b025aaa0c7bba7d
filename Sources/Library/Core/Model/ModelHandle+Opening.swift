// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Makes the handle of a caller's `leat_model *`, or says what is wrong with the pointer.
func openModel(
  _ pointer: OpaquePointer?, _ explanation: Explanation
) throws(Failure) -> ModelHandle {
  guard let model = unsafe modelHandle(pointer) else {
    throw explanation.failure(
      LEAT_E_ARGUMENT, "model: expected one that leat_model_open or leat_model_init returned")
  }
  return model
}

/// The handle, or nil when the pointer is NULL, misaligned or points to no model of this layout.
@inline(__always)
func modelHandle(_ pointer: OpaquePointer?) -> ModelHandle? {
  guard let pointer = unsafe pointer, UInt(bitPattern: pointer) % UInt(LEAT_ALIGNMENT) == 0 else {
    return nil
  }
  let model = unsafe ModelHandle(UnsafeRawPointer(pointer))
  guard model.isModel else { return nil }
  return model
}

extension ModelHandle {
  @inline(__always)
  fileprivate var isModel: Bool {
    header.magic == ModelHandle.magic && header.layout == ModelHandle.layout
  }
}
