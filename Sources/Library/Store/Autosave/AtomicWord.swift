// SPDX-License-Identifier: MIT

import CThreads

/// The address of a word that several threads read and write. What was written before a store, an
/// exchange or a setting of bits is seen by who has loaded or exchanged its result.
@safe struct AtomicWord {
  private let address: UnsafeMutablePointer<UInt64>

  init(_ address: UnsafeMutablePointer<UInt64>) { unsafe self.address = address }

  func load() -> UInt64 { unsafe leat_atomic_load(address) }

  func store(_ value: UInt64) { unsafe leat_atomic_store(address, value) }

  func exchange(_ value: UInt64) -> UInt64 { unsafe leat_atomic_exchange(address, value) }

  func set(_ bits: UInt64) { unsafe leat_atomic_or(address, bits) }
}
