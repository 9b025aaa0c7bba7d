// SPDX-License-Identifier: MIT

import Leat

extension Model {
  /// The model in a file.
  static func opened(_ path: String) throws -> Model {
    do { return try Model(path: path) } catch { throw error.reading(path) }
  }
}

extension LeatError {
  /// The same error; of a file that can't be read at all, that no such input is there.
  func reading(_ path: String) -> any Error {
    code == .io && !FileSystem.isReadable(path) ? ToolError(.noInput, message) : self
  }
}
