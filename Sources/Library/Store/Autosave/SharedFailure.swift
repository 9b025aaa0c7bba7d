// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// A failure that the writer leaves for other threads. Whether there is one can be read at any
/// time; the failure itself is read and written under the lock of the rounds.
@safe struct SharedFailure {
  /// A failure with its message, as it stays in memory.
  struct Kept {
    let failure: Failure
    let message: Message
  }

  /// 1 if there is a failure.
  private let word: AtomicWord
  private let kept: UnsafeMutablePointer<Kept>

  init(_ word: AtomicWord, _ kept: UnsafeMutableRawPointer) {
    self.word = word
    unsafe self.kept = kept.assumingMemoryBound(to: Kept.self)
  }

  var isSet: Bool { word.load() != 0 }

  /// Under the lock.
  func throwIfSet(_ explanation: Explanation) throws(Failure) {
    guard isSet else { return }
    throw unsafe explanation.failure(
      kept.pointee.failure.code, kept.pointee.message, sqliteCode: kept.pointee.failure.sqliteCode)
  }

  /// Takes a failure that was just caught, and its message from the explanation. Under the lock.
  func set(_ new: Failure?, _ explanation: Explanation) {
    if let new { unsafe kept.initialize(to: Kept(failure: new, message: explanation.message)) }
    word.store(new == nil ? 0 : 1)
  }
}

extension Failure {
  /// Whether the cause is the disk, the system or the store as a whole, so that nothing else can be
  /// written either. Otherwise it is the one stream.
  var concernsAll: Bool {
    switch code {
    case LEAT_E_FULL, LEAT_E_IO, LEAT_E_BUSY, LEAT_E_MEMORY, LEAT_E_READ_ONLY, LEAT_E_FENCED,
      LEAT_E_NOT_STORE, LEAT_E_GONE, LEAT_E_UNSUPPORTED:
      true
    default: false
    }
  }
}
