// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension Failure {
  /// Whether the disk, the system or the store as a whole is to blame, so that nothing else can be
  /// written either. Otherwise it's the one stream.
  var concernsAll: Bool {
    switch code {
    case LEAT_E_FULL, LEAT_E_IO, LEAT_E_BUSY, LEAT_E_MEMORY, LEAT_E_READ_ONLY, LEAT_E_FENCED,
      LEAT_E_NOT_STORE, LEAT_E_GONE, LEAT_E_UNSUPPORTED:
      true
    default: false
    }
  }
}

extension AutosaveHandle {
  /// Throws what the last round failed with as a whole, if it did.
  func throwFailure() throws(Failure) {
    try locked { () throws(Failure) in
      if failureCode.load() != 0 { throw unsafe failure.pointee }
    }
  }

  /// Throws why a slot's stream can't be written, if that is so.
  func throwFailure(of slot: Slot) throws(Failure) {
    try locked { () throws(Failure) in
      if slot.failureCode.load() != 0 { throw unsafe slot.failure.pointee }
    }
  }

  /// The writer's: keeps what a round failed with, or that it didn't.
  func setFailure(_ new: Failure?) {
    try? locked { () throws(Failure) in
      if let new { unsafe failure.initialize(to: new) }
      failureCode.store(new == nil ? 0 : 1)
    }
  }

  /// The writer's: keeps why a slot's stream can't be written, or that it can be.
  func setFailure(_ new: Failure?, of slot: Slot) {
    try? locked { () throws(Failure) in
      if let new { unsafe slot.failure.initialize(to: new) }
      slot.failureCode.store(new == nil ? 0 : 1)
    }
  }
}
