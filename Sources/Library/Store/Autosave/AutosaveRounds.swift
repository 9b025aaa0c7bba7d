// SPDX-License-Identifier: MIT

import CThreads

/// The rounds of the writer, and how other threads wait for them: a lock with two conditions, and
/// the numbers of the rounds, from 1.
@safe struct AutosaveRounds {
  /// Under the lock.
  struct State {
    /// The last round that was requested, that began, that ended, and that ended with everything
    /// durable.
    var requested: UInt64 = 0
    var begun: UInt64 = 0
    var ended: UInt64 = 0
    var clean: UInt64 = 0
    /// A slot that the last round could not write.
    var failingSlot: Int?
    var isStopping = false
  }

  private let monitor: UnsafeMutablePointer<leat_monitor>
  private let address: UnsafeMutablePointer<State>

  init(_ monitor: UnsafeMutableRawPointer, _ state: UnsafeMutableRawPointer) {
    unsafe self.monitor = monitor.assumingMemoryBound(to: leat_monitor.self)
    unsafe address = state.assumingMemoryBound(to: State.self)
  }

  private var state: State {
    unsafeAddress { unsafe UnsafePointer(address) }
    nonmutating unsafeMutableAddress { unsafe address }
  }

  /// Returns 0 or an errno value.
  func initialize() -> Int32 {
    unsafe address.initialize(to: State())
    return unsafe leat_monitor_init(monitor)
  }

  func destroy() { unsafe leat_monitor_destroy(monitor) }

  /// Starts the thread. Returns 0 or an errno value.
  func startThread(
    stackSize: Int, _ context: UnsafeMutableRawPointer,
    _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  ) -> Int32 {
    unsafe leat_monitor_start(monitor, stackSize, body, context)
  }

  /// Nothing that can block is done under the lock.
  func locked<Result, Thrown>(
    _ body: () throws(Thrown) -> Result
  ) throws(Thrown) -> Result {
    unsafe leat_monitor_lock(monitor)
    defer { unsafe leat_monitor_unlock(monitor) }
    return try body()
  }

  // For the writer.

  /// Waits for the time of the next round, or until one is requested. Returns whether one was, or
  /// nil when the writer must end.
  func begin(at time: Int64) -> Bool? {
    locked {
      var isTime = false
      while !state.isStopping, state.requested <= state.begun, !isTime {
        isTime = unsafe leat_monitor_wait_work(monitor, time) == 0
      }
      if state.isStopping { return nil }
      let isRequested = state.requested > state.begun
      state.begun += 1
      return isRequested
    }
  }

  /// `isWritten` says whether the round did not fail as a whole.
  func end(isWritten: Bool, failingSlot: Int?) {
    locked {
      state.ended = state.begun
      state.failingSlot = failingSlot
      if isWritten, failingSlot == nil { state.clean = state.ended }
      unsafe leat_monitor_signal_done(monitor)
    }
  }

  // For other threads.

  /// Has the writer do a round that begins after this call, waits for its end, and returns its
  /// number.
  func finishOne() -> UInt64 {
    locked {
      let round = state.begun + 1
      state.requested = round
      unsafe leat_monitor_signal_work(monitor)
      while state.ended < round { unsafe leat_monitor_wait_done(monitor) }
      return round
    }
  }

  /// Whether this round or a later one ended with everything durable. Under the lock.
  func isClean(since round: UInt64) -> Bool { state.clean >= round }

  /// Under the lock.
  var failingSlot: Int? { state.failingSlot }

  /// Ends the writer, and waits for that.
  func stop() {
    locked {
      state.isStopping = true
      unsafe leat_monitor_signal_work(monitor)
    }
    unsafe leat_monitor_join(monitor)
  }
}
