// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore

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
  init(code: Int32) {
    self =
      switch code {
      case LEAT_E_ARGUMENT: .usage
      case LEAT_E_MEMORY: .system
      case LEAT_E_IO, LEAT_E_FULL, LEAT_E_SQLITE, LEAT_E_GONE: .inputOutput
      case LEAT_E_NOT_FOUND: .noInput
      case LEAT_E_BUSY, LEAT_E_FENCED: .tryAgain
      case LEAT_E_READ_ONLY: .noPermission
      case LEAT_E_EXISTS: .cantCreate
      case LEAT_E_TOO_LATE: .software
      default: .data
      }
  }
}
