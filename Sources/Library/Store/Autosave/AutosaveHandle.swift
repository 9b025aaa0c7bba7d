// SPDX-License-Identifier: MIT
//
// An autosave takes copies of streams from the threads that step them, and saves them on its own
// thread, so that stepping never waits for the disk.
//
// A slot holds one stream's name and three copies of the stream (`Slot`). The offering thread
// writes one of them, the writer reads another, and the third is ready in between. Each side
// exchanges its copy for the ready one by one atomic exchange. So neither side waits for the other,
// and of several offers the latest is saved. An offer that made a copy ready enters its slot in a
// shared set of bits.
//
// The writer works in rounds (`AutosaveRounds`, `AutosaveWriter`): it takes all slots out of that
// set and saves their ready copies in one transaction. Then it stores each slot's durable position
// for other threads. A failure is stored as well (`SharedFailure`), and the next offer reports it.
//
// All memory is allocated at the start: one block with everything but the slots (`AutosaveBlock`),
// and the memory of each slot.

import CForks
import CLeat
import CThreads
import LeatSupport

/// The handle of an autosave, during one call or on the writer's thread: the address of its block,
/// and the explanation of the call or of the thread.
@safe struct AutosaveHandle {
  private let address: UnsafeMutablePointer<AutosaveBlock>
  let explanation: Explanation

  /// Takes the caller's pointer.
  @inline(__always)
  init(_ autosave: OpaquePointer?, _ explanation: Explanation) throws(Failure) {
    try unsafe self.init(inherited: autosave, explanation)
    if hasClearedWord { throw inherited() }
  }

  /// Takes the caller's pointer in a call that may ask the system for its process. If the kernel
  /// doesn't clear the word in a child, the child must still not wait for a thread that it doesn't
  /// have.
  init(asking autosave: OpaquePointer?, _ explanation: Explanation) throws(Failure) {
    try unsafe self.init(autosave, explanation)
    if store.isInherited { throw inherited() }
  }

  /// Takes the caller's pointer, also in a child of the process that started the autosave.
  @inline(__always)
  private init(
    inherited autosave: OpaquePointer?, _ explanation: Explanation
  ) throws(Failure) {
    let isAligned =
      UInt(bitPattern: autosave) % UInt(MemoryLayout<AutosaveBlock>.alignment) == 0
    guard let autosave = unsafe autosave, isAligned,
      unsafe UnsafeMutablePointer<AutosaveBlock>(autosave).pointee.magic == AutosaveBlock.magic
    else { throw unsafe AutosaveHandle.noAutosave(autosave, explanation) }
    unsafe address = UnsafeMutablePointer<AutosaveBlock>(autosave)
    self.explanation = explanation
  }

  @inline(__always)
  private var hasClearedWord: Bool { unsafe leat_atomic_load(block.isOwn) == 0 }

  @inline(never)
  private func inherited() -> Failure {
    explanation.failure(
      LEAT_E_ARGUMENT,
      """
      the autosave is of the process that started it, and was used by its child, process \
      \(leat_forks_process())
      """)
  }

  @inline(never)
  private static func noAutosave(
    _ autosave: OpaquePointer?, _ explanation: Explanation
  ) -> Failure {
    guard let autosave = unsafe autosave else {
      return explanation.failure(LEAT_E_ARGUMENT, "autosave is NULL")
    }
    if UInt(bitPattern: autosave) % UInt(MemoryLayout<AutosaveBlock>.alignment) != 0 {
      return explanation.failure(LEAT_E_ARGUMENT, "autosave is no leat_autosave: misaligned")
    }
    return explanation.failure(LEAT_E_ARGUMENT, "autosave is no leat_autosave, or is stopped")
  }

  /// Closes an autosave that this process has by fork(); returns false for one that it started. The
  /// thread and all that was offered are the parent's.
  static func closeInherited(
    _ autosave: OpaquePointer?, _ explanation: Explanation
  ) throws(Failure) -> Bool {
    let autosave = try unsafe AutosaveHandle(inherited: autosave, explanation)
    guard autosave.hasClearedWord || autosave.store.isInherited else { return false }
    autosave.store.block.holder = .nobody
    autosave.block.magic = 0
    return true
  }

  /// Takes the pointer that the writer's thread was started with.
  init(running autosave: UnsafeMutableRawPointer, _ explanation: Explanation) {
    unsafe address = autosave.assumingMemoryBound(to: AutosaveBlock.self)
    self.explanation = explanation
  }

  /// Allocates all memory. On failure nothing remains allocated.
  init(
    making store: OpaquePointer, _ options: AutosaveOptions, _ explanation: Explanation
  ) throws(Failure) {
    let slotLayout = try SlotLayout(options, explanation)
    let layout = AutosaveLayout(options)
    guard let isOwn = unsafe leat_forks_make_word() else {
      throw explanation.failure(LEAT_E_MEMORY, "no memory for a page")
    }
    let memory: UnsafeMutableRawPointer
    do throws(Failure) {
      unsafe memory = try SQLiteMemory.allocate(layout.size, explanation)
    } catch let failure {
      unsafe leat_forks_free_word(isOwn)
      throw failure
    }
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: layout.size)
    unsafe address = memory.bindMemory(to: AutosaveBlock.self, capacity: 1)
    unsafe address.initialize(
      to: AutosaveBlock(
        store: store, options: options, layout: layout, slotLayout: slotLayout, isOwn: isOwn))
    self.explanation = explanation
    do throws(Failure) {
      try slots.initialize()
      let error = rounds.initialize()
      if error != 0 { throw AutosaveHandle.noThread(error, explanation) }
    } catch let failure {
      freeMemory()
      throw failure
    }
  }

  static func noThread(_ error: Int32, _ explanation: Explanation) -> Failure {
    let error = SystemError(error)
    return explanation.failure(error.code, "cannot start a thread: \(error)")
  }

  /// Frees everything. The handle must not be used any more.
  func free() {
    rounds.destroy()
    freeMemory()
  }

  private func freeMemory() {
    block.magic = 0
    unsafe leat_forks_free_word(block.isOwn)
    slots.free()
    unsafe SQLiteMemory.free(address)
  }

  var pointer: OpaquePointer { unsafe OpaquePointer(address) }
  var context: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(address) }

  var block: AutosaveBlock {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(address) }
    @inline(__always) nonmutating unsafeMutableAddress { unsafe address }
  }

  var store: StoreHandle { unsafe StoreHandle(held: block.store, explanation) }
  var options: AutosaveOptions { block.options }

  // The parts of the block. Safe: `AutosaveLayout` gives each its place in the memory.

  private func place<Part>(_ offset: Int, of: Part.Type) -> UnsafeMutablePointer<Part> {
    unsafe (context + offset).assumingMemoryBound(to: Part.self)
  }

  var slots: Slots {
    @inline(__always) get {
      unsafe Slots(
        place(block.layout.slots, of: UnsafeMutableRawPointer?.self), block.slotLayout,
        count: options.streams, explanation)
    }
  }

  /// Under the lock of the rounds.
  var directory: SlotDirectory {
    unsafe SlotDirectory(
      place(block.layout.names, of: UInt32.self), capacity: block.layout.nameCapacity,
      firstFree: place(block.layout.firstFree, of: UInt32.self), slots)
  }

  var rounds: AutosaveRounds {
    unsafe AutosaveRounds(context + AutosaveLayout.monitor, context + AutosaveLayout.rounds)
  }

  /// Why the last round failed as a whole.
  var failure: SharedFailure {
    unsafe SharedFailure(
      AtomicWord(place(AutosaveLayout.hasFailure, of: UInt64.self)),
      context + AutosaveLayout.failure)
  }

  /// The slots whose ready copy is newer than the writer's.
  var dirty: SharedSlotSet {
    unsafe SharedSlotSet(place(block.layout.dirty, of: UInt64.self))
  }
  /// For the writer: the slots that it must write.
  var pending: SlotSet { slotSet(block.layout.pending) }
  /// For the writer: the slots that it can't write, by a failure of that stream alone.
  var failing: SlotSet { slotSet(block.layout.failing) }

  private func slotSet(_ offset: Int) -> SlotSet {
    unsafe SlotSet(place(offset, of: UInt64.self), wordCount: block.layout.wordCount)
  }
}
