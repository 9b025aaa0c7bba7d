// SPDX-License-Identifier: MIT

import CForks
import CLeat
import CLeatStore
import CThreads
import LeatSupport

/// What the block behind a `leat_autosave` begins with.
@safe struct AutosaveBlock {
  /// Tells an autosave from other memory, and is wiped at the end.
  var magic: UInt64 = AutosaveBlock.magic
  let store: OpaquePointer
  let options: AutosaveOptions
  let layout: AutosaveLayout
  /// 0 in a child that has this by fork(): an offer may not ask the system for its process.
  @safe let isOwn: UnsafeMutablePointer<UInt64>
  /// Under the monitor's lock.
  var shared = Shared()
  /// The writer's own: nothing can be written any more, for another process has the store now, or its
  /// file is gone.
  var isOver = false

  static let magic: UInt64 = 0x4c65_6174_4175_746f  // "LeatAuto"

  /// What threads tell each other.
  struct Shared {
    /// The first of the free slots' list.
    var firstFree: UInt32 = 0
    /// Rounds of writing, numbered from 1: the last that is asked for, that has begun, that has
    /// ended, and that ended with everything durable.
    var asked: UInt64 = 0
    var begun: UInt64 = 0
    var ended: UInt64 = 0
    var clean: UInt64 = 0
    /// A slot that the last round could not write for its own sake.
    var failingSlot: Int?
    var isStopping = false
  }
}

/// Where the parts of an autosave's block lie, in bytes from its start.
struct AutosaveLayout {
  let slots: Int
  let names: Int
  let dirty: Int
  let pending: Int
  let failing: Int
  let size: Int
  let nameCapacity: Int
  let wordCount: Int

  static var monitor: Int { SlotLayout.roundedUp(MemoryLayout<AutosaveBlock>.size, to: 64) }
  static var failureCode: Int {
    unsafe monitor + SlotLayout.roundedUp(MemoryLayout<leat_monitor>.size, to: 64)
  }
  static var slotLayout: Int { failureCode + 64 }
  static var failure: Int { slotLayout + 64 }
  static var lists: Int {
    failure + SlotLayout.roundedUp(MemoryLayout<Failure>.size, to: 64)
  }

  /// No sum here can overflow: there are at most `LEAT_AUTOSAVE_STREAM_MAX` slots.
  init(_ options: AutosaveOptions) {
    nameCapacity = SlotNames.capacity(for: options.streams)
    wordCount = (options.streams + 63) / 64
    slots = AutosaveLayout.lists
    names = slots + 8 * options.streams
    dirty = names + SlotLayout.roundedUp(4 * nameCapacity, to: 8)
    pending = dirty + 8 * wordCount
    failing = pending + 8 * wordCount
    size = failing + 8 * wordCount
  }
}

/// The handle of an autosave: its block's address, and nothing else.
@safe struct AutosaveHandle {
  private let block: UnsafeMutablePointer<AutosaveBlock>

  /// Takes the caller's pointer.
  @inline(__always)
  init(_ autosave: OpaquePointer?) throws(Failure) {
    try unsafe self.init(stopping: autosave)
    if isInherited { throw inherited() }
  }

  /// Takes the caller's pointer where a call may ask the system for its process: a kernel that doesn't
  /// wipe the word in a child is no reason to wait for a thread that isn't there.
  init(asking autosave: OpaquePointer?) throws(Failure) {
    try unsafe self.init(autosave)
    if store.isInherited { throw inherited() }
  }

  /// Takes the caller's pointer, in a child of the process that started the autosave as well.
  @inline(__always)
  private init(stopping autosave: OpaquePointer?) throws(Failure) {
    let isAligned =
      UInt(bitPattern: autosave) % UInt(MemoryLayout<AutosaveBlock>.alignment) == 0
    guard let autosave = unsafe autosave, isAligned,
      unsafe UnsafeMutablePointer<AutosaveBlock>(autosave).pointee.magic == AutosaveBlock.magic
    else { throw unsafe AutosaveHandle.notOne(autosave) }
    unsafe block = UnsafeMutablePointer<AutosaveBlock>(autosave)
  }

  @inline(__always)
  private var isInherited: Bool { unsafe leat_atomic_load(block.pointee.isOwn) == 0 }

  @inline(never)
  private func inherited() -> Failure {
    Failure(
      LEAT_E_ARGUMENT,
      """
      the autosave is of the process that started it, and was used by its child, process \
      \(leat_forks_process())
      """)
  }

  /// Gives up an autosave that this process has by fork(), and says whether it is one. The thread and
  /// all that was offered are the parent's, and stay there.
  static func abandonInherited(_ autosave: OpaquePointer?) throws(Failure) -> Bool {
    let autosave = try unsafe AutosaveHandle(stopping: autosave)
    guard autosave.isInherited || autosave.store.isInherited else { return false }
    autosave.store.holder = .nobody
    unsafe autosave.block.pointee.magic = 0
    return true
  }

  @inline(never)
  private static func notOne(_ autosave: OpaquePointer?) -> Failure {
    guard let autosave = unsafe autosave else {
      return Failure(LEAT_E_ARGUMENT, "autosave is NULL")
    }
    if UInt(bitPattern: autosave) % UInt(MemoryLayout<AutosaveBlock>.alignment) != 0 {
      return Failure(LEAT_E_ARGUMENT, "autosave is no leat_autosave: misaligned")
    }
    return Failure(LEAT_E_ARGUMENT, "autosave is no leat_autosave, or is stopped")
  }

  /// Takes the pointer that a thread was started with.
  init(running autosave: UnsafeMutableRawPointer) {
    unsafe block = autosave.assumingMemoryBound(to: AutosaveBlock.self)
  }

  /// Takes the memory for everything, and gives it back if there isn't enough.
  init(
    making store: OpaquePointer, _ options: AutosaveOptions
  ) throws(Failure) {
    let slotLayout = try SlotLayout(options)
    let layout = AutosaveLayout(options)
    guard let isOwn = unsafe leat_forks_make_word() else {
      throw Failure(LEAT_E_MEMORY, "no memory for a page")
    }
    let memory: UnsafeMutableRawPointer
    do throws(Failure) {
      unsafe memory = try SQLiteMemory.allocate(layout.size)
    } catch let failure {
      unsafe leat_forks_free_word(isOwn)
      throw failure
    }
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: layout.size)
    unsafe block = memory.bindMemory(to: AutosaveBlock.self, capacity: 1)
    unsafe block.initialize(
      to: AutosaveBlock(
        store: store, options: options, layout: layout, isOwn: isOwn))
    unsafe part(AutosaveLayout.slotLayout).initializeMemory(
      as: SlotLayout.self, to: slotLayout)
    do throws(Failure) {
      for index in 0..<options.streams {
        unsafe slotMemory[index] = try SQLiteMemory.allocate(
          slotLayout.slotSize + SlotLayout.line - 1)
        slot(index).initialize(
          nextFree: index + 1 < options.streams ? UInt32(index + 1) : .max)
      }
      let error = unsafe leat_monitor_init(monitor)
      if error != 0 { throw AutosaveHandle.noThread(error) }
    } catch let failure {
      freeMemory()
      throw failure
    }
  }

  static func noThread(_ number: Int32) -> Failure {
    let error = SystemError(number)
    return Failure(error.code, "cannot start a thread: \(error)")
  }

  /// Gives everything back. The handle and its pointer are of no use any more.
  func free() {
    unsafe leat_monitor_destroy(monitor)
    freeMemory()
  }

  private func freeMemory() {
    unsafe block.pointee.magic = 0
    unsafe leat_forks_free_word(block.pointee.isOwn)
    for index in 0..<options.streams { unsafe SQLiteMemory.free(slotMemory[index]) }
    unsafe SQLiteMemory.free(block)
  }

  var pointer: OpaquePointer { unsafe OpaquePointer(block) }
  var context: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(block) }

  var store: StoreHandle { unsafe StoreHandle(held: block.pointee.store) }
  var options: AutosaveOptions { unsafe block.pointee.options }
  var isOver: Bool {
    get { unsafe block.pointee.isOver }
    nonmutating set { unsafe block.pointee.isOver = newValue }
  }

  private func part(_ offset: Int) -> UnsafeMutableRawPointer { unsafe context + offset }

  private var slotMemory: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    unsafe part(block.pointee.layout.slots).assumingMemoryBound(
      to: UnsafeMutableRawPointer?.self)
  }

  private func words(_ offset: Int) -> UnsafeMutablePointer<UInt64> {
    unsafe part(offset).assumingMemoryBound(to: UInt64.self)
  }

  private var slotLayout: UnsafePointer<SlotLayout> {
    unsafe UnsafePointer(part(AutosaveLayout.slotLayout).assumingMemoryBound(to: SlotLayout.self))
  }

  /// `number` is less than `options.streams`.
  @inline(__always)
  func slot(_ number: Int) -> Slot {
    // Safe: all slots have their memory before anyone asks for one.
    unsafe Slot(in: slotMemory[number].unsafelyUnwrapped, slotLayout)
  }

  /// Those that have a copy newer than the writer's.
  var dirty: SharedSlotSet { unsafe SharedSlotSet(words(block.pointee.layout.dirty)) }
  /// The writer's own: those that it has to write.
  var pending: SlotSet { unsafe set(block.pointee.layout.pending) }
  /// The writer's own: those that it can't write, for their own sake.
  var failing: SlotSet { unsafe set(block.pointee.layout.failing) }

  private func set(_ offset: Int) -> SlotSet {
    unsafe SlotSet(words(offset), wordCount: block.pointee.layout.wordCount)
  }

  /// Under the monitor's lock.
  var names: SlotNames {
    unsafe SlotNames(
      part(block.pointee.layout.names).assumingMemoryBound(to: UInt32.self),
      capacity: block.pointee.layout.nameCapacity, of: self)
  }

  /// Under the monitor's lock.
  var shared: AutosaveBlock.Shared {
    get { unsafe block.pointee.shared }
    nonmutating set { unsafe block.pointee.shared = newValue }
  }

  var monitor: UnsafeMutablePointer<leat_monitor> {
    unsafe part(AutosaveLayout.monitor).assumingMemoryBound(to: leat_monitor.self)
  }

  /// The code of `failure`, or 0.
  var failureCode: AtomicWord { unsafe AtomicWord(words(AutosaveLayout.failureCode)) }

  /// Why the last round failed as a whole, if `failureCode` says so. Under the monitor's lock.
  var failure: UnsafeMutablePointer<Failure> {
    unsafe part(AutosaveLayout.failure).assumingMemoryBound(to: Failure.self)
  }

  /// Nothing that may wait is done under this lock.
  func locked<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe leat_monitor_lock(monitor)
    defer { unsafe leat_monitor_unlock(monitor) }
    return try body()
  }
}
