// SPDX-License-Identifier: MIT

import CLeat

/// A model that `leat_model_open` read, for as long as this lives.
@safe final class Model {
  private let model: OpaquePointer

  init(path: String) throws {
    var model: OpaquePointer?
    try unsafe LibraryError.check { error in unsafe leat_model_open(path, &model, error) }
    // Safe: leat_model_open has returned LEAT_OK, and then there is a model.
    unsafe self.model = model!
  }

  deinit { unsafe leat_model_close(model) }

  func info() throws -> leat_model_info_t {
    var info = leat_model_info_t()
    try unsafe LibraryError.check { error in unsafe leat_model_info(model, &info, error) }
    return info
  }

  func layer(_ index: UInt32) throws -> leat_layer_info_t {
    var info = leat_layer_info_t()
    try unsafe LibraryError.check { error in unsafe leat_model_layer(model, index, &info, error) }
    return info
  }
}
