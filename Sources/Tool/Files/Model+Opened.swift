// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

extension Model {
  /// The model in a file.
  static func opened(_ path: String) throws -> Model {
    do { return try Model(path: path) } catch {
      throw error.listingModules(of: path) ?? error.reading(path)
    }
  }
}

extension LeatError {
  /// The same error; of a file that can't be read at all, that no such input is there.
  func reading(_ path: String) -> any Error {
    code == .io && !FileSystem.isReadable(path) ? ToolError(.noInput, message) : self
  }

  /// With the modules that there are, if it is about a name that the metadata has and no tensor; nil
  /// for others.
  fileprivate func listingModules(of path: String) -> ToolError? {
    guard code == .model, message.contains("no tensor belongs to"),
      let file = try? SafetensorsFile(path: path)
    else { return nil }
    return ToolError(
      ExitStatus(code), "\(message); the modules of the file are \(file.moduleList)")
  }
}
