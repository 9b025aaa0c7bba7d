// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// A failure that the writer leaves for other threads. Whether there is one can be read at any
/// time; the failure itself is read and written under the lock of the rounds.
@safe struct SharedFailure {
  /// 1 if there is a failure.
  private let word: AtomicWord
  private let failure: UnsafeMutablePointer<StoreFailure>

  init(_ word: AtomicWord, _ failure: UnsafeMutableRawPointer) {
    self.word = word
    unsafe self.failure = failure.assumingMemoryBound(to: StoreFailure.self)
  }

  var isSet: Bool { word.load() != 0 }

  /// Under the lock.
  func throwIfSet() throws(StoreFailure) {
    if isSet { throw unsafe failure.pointee }
  }

  /// Under the lock.
  func set(_ new: StoreFailure?) {
    if let new { unsafe failure.initialize(to: new) }
    word.store(new == nil ? 0 : 1)
  }
}

extension StoreFailure {
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
