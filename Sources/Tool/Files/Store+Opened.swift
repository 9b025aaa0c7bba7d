// SPDX-License-Identifier: MIT

import Leat

extension Store {
  /// The store in a file; with `.create`, the file is made if there is none.
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
