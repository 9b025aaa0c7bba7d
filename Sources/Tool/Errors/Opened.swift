// SPDX-License-Identifier: MIT

import Glibc
import Leat

extension Model {
  /// The model of a file. When the file can't even be read, that is the reason.
  static func opened(_ path: String) throws -> Model {
    do { return try Model(path: path) } catch { throw error.reading(path) }
  }
}

extension Store {
  /// The store of a file; for `.create` as `init`, which needs none. The same holds.
  static func opened(
    _ path: String, for access: Access, generations: Int? = nil
  ) throws -> Store {
    do {
      return try Store(path: path, for: access, generations: generations)
    } catch {
      throw access == .create ? error : error.reading(path)
    }
  }
}

extension LeatError {
  fileprivate func reading(_ path: String) -> any Error {
    let isThere = unsafe access(path, R_OK) == 0
    return code == .io && !isThere ? ToolError(.noInput, message) : self
  }
}
