// SPDX-License-Identifier: MIT

/// A failure that the tool itself finds: one line for the user, and the exit status.
struct ToolError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}
