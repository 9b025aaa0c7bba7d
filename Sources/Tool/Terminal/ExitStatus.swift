// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore

/// What the tool exits with when it fails, as sysexits.h has it.
enum ExitStatus: Int32 {
  case usage = 64
  /// A model, state, store or sample that isn't what it should be.
  case data = 65
  case noInput = 66
  /// Something that the work needs isn't on this machine.
  case unavailable = 69
  case software = 70
  case system = 71
  case cantCreate = 73
  case inputOutput = 74
  /// It may go better later: another process holds the store.
  case tryAgain = 75
  case noPermission = 77

  /// What a code of the library says about whose fault it is.
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
