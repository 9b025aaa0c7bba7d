// SPDX-License-Identifier: MIT

import LeatModelFiles
import LeatPlot
import LeatSamples

/// What the tool itself says when it refuses.
struct ToolError: Error {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}

/// An error of any part of the tool, as the user is told.
struct Refusal {
  let status: ExitStatus
  let description: String

  /// nil for what the argument parser reports in its own way.
  init?(_ error: any Error) {
    switch error {
    case let error as ToolError: (status, description) = (error.status, error.description)
    case let error as LibraryError: (status, description) = (error.status, error.description)
    case let error as ModelFileError: (status, description) = (.data, error.description)
    case let error as SampleError: (status, description) = (.data, error.description)
    case let error as PlotError: (status, description) = (.unavailable, error.description)
    default: return nil
    }
  }
}
