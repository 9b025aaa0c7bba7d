// SPDX-License-Identifier: MIT

import CThreads

/// The address of a word that several threads read and write. A thread that loads or exchanges a
/// value sees what was written before the store, exchange or setting of bits that made it.
@safe struct AtomicWord {
  private let address: UnsafeMutablePointer<UInt64>

  init(_ address: UnsafeMutablePointer<UInt64>) { unsafe self.address = address }

  func load() -> UInt64 { unsafe leat_atomic_load(address) }

  func store(_ value: UInt64) { unsafe leat_atomic_store(address, value) }

  func exchange(_ value: UInt64) -> UInt64 { unsafe leat_atomic_exchange(address, value) }

  func set(_ bits: UInt64) { unsafe leat_atomic_or(address, bits) }
}
