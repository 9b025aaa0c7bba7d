// SPDX-License-Identifier: MIT

import Leat

/// The tool's exit status when it fails: the numbers of sysexits.h, since scripts know them. Every
/// failure has one here, so that the same cause gives the same number in every subcommand.
enum ExitStatus: Int32 {
  case usage = 64
  /// A model, state, store or sample with wrong contents.
  case data = 65
  case noInput = 66
  /// Something that the work needs isn't installed on this machine.
  case unavailable = 69
  case software = 70
  case system = 71
  case cantCreate = 73
  case inputOutput = 74
  /// The same command may work later: another process has the store open.
  case tryAgain = 75
  case noPermission = 77

  /// The status for an error code of the library.
  init(_ code: LeatError.Code) {
    self =
      switch code {
      case .argument: .usage
      case .memory: .system
      case .io, .full, .sqlite, .gone: .inputOutput
      case .notFound: .noInput
      case .busy, .fenced: .tryAgain
      case .readOnly: .noPermission
      case .exists: .cantCreate
      case .tooLate: .software
      default: .data
      }
  }
}
