// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles
import LeatPlot
import LeatSamples

/// The exit status and the message of an error, whichever part of the tool found it.
struct FailureStatus {
  let status: ExitStatus
  let description: String

  /// nil for an error of the argument parser, which has its own way to report it.
  init?(_ error: any Error) {
    switch error {
    case let error as ToolError: (status, description) = (error.status, error.description)
    case let error as LeatError: (status, description) = (ExitStatus(error.code), error.message)
    case let error as ModelFileError: (status, description) = (.data, error.description)
    case let error as SampleError: (status, description) = (.data, error.description)
    case let error as PlotError: (status, description) = (.unavailable, error.description)
    default: return nil
    }
  }
}
