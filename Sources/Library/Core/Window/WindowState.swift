// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel
import LeatSupport

/// A windowed stream's state, whatever model it belongs to: a `StateView` with the samples of its
/// windows.
struct WindowState {
  let view: StateView
  let window: UInt32
  let hop: UInt32
  let taken: UInt64

  init(_ bytes: ByteView, _ explanation: Explanation, hasCRC32C: Bool) throws(Failure) {
    let version = try StateView.version(bytes, explanation, hasCRC32C: hasCRC32C)
    guard version == StateLayout.windowedVersion else {
      throw explanation.failure(
        LEAT_E_MISMATCH, "state of a stream without windows, expected one of a windowed stream")
    }
    let least = StateLayout.windowedSizes + 4
    guard bytes.count >= least else {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "state of \(bytes.count) bytes, expected at least \(least) of a windowed stream")
    }
    view = StateView(bytes, version, sizes: StateLayout.windowedSizes, explanation)
    window = bytes.littleEndian(at: StateLayout.window, as: UInt32.self)
    hop = bytes.littleEndian(at: StateLayout.hop, as: UInt32.self)
    taken = bytes.littleEndian(at: StateLayout.taken, as: UInt64.self)
    guard hop >= 1, hop <= window else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "state: found a window of \(window) and a hop of \(hop), expected 1 or more"
      )
    }
    // On a 32-bit machine there are numbers of streams that no buffer has the states of.
    try view.checkSizes(
      streams: Int(clamping: WindowLayout.streams(window: window, hop: hop)))
    try view.checkPosition(view.position)
    try view.checkPosition(taken)
  }
}

extension WindowHandle {
  var stateSize: Int {
    let model = block.model
    let ofOneStream = model.header.stateSize - StateLayout.size(layers: 0, floats: 0)
    let sizes = 8 * model.header.stateCount
    // Safe: smaller than the block.
    return StateLayout.windowedSizes + sizes + layout.streams * (ofOneStream - sizes) + 4
  }

  /// Writes the state to a buffer that holds `stateSize` bytes.
  func save(to buffer: UnsafeMutableRawPointer) {
    let model = block.model
    var writer = unsafe ByteWriter(buffer, capacity: stateSize)
    writer.writeStart(
      model, version: StateLayout.windowedVersion, position: block.header.position)
    writer.write(block.header.window)
    writer.write(block.header.hop)
    writer.write(taken)
    writer.writeSizes(model)
    let size = (stateSize - writer.count - 4) / layout.streams
    let open = OpenWindows(of: self, taken: taken)
    for index in 0..<layout.streams {
      if open.contains(index) {
        stream(index).writeValues(model, to: &writer)
      } else {
        for _ in 0..<size / 4 { writer.write(UInt32(0)) }
      }
    }
    writer.writeChecksum(model)
  }

  /// Checks that `copy` can load the state.
  func check(_ state: WindowState) throws(Failure) {
    let model = block.model
    guard state.window == block.header.window, state.hop == block.header.hop else {
      throw state.view.explanation.failure(
        LEAT_E_MISMATCH,
        "state of a window of \(state.window) and a hop of \(state.hop), expected a window of \(window) and a hop of \(hop)"
      )
    }
    try state.view.checkModel(model)
    let size = (stateSize - state.view.values - 4) / layout.streams
    let open = OpenWindows(of: self, taken: state.taken)
    for index in 0..<layout.streams {
      let start = state.view.values + index * size
      if open.contains(index) {
        _ = try state.view.checkValues(model, at: start)
      } else {
        try state.view.checkZero(start, start + size, stream: index)
      }
    }
  }

  /// Loads the bytes of a state that `check` accepted.
  func copy(from state: ByteView) {
    let model = block.model
    var offset = StateLayout.windowedSizes + 8 * model.header.stateCount
    for index in 0..<layout.streams {
      offset = stream(index).copyValues(model, from: state, at: offset)
    }
    block.header.position = state.littleEndian(at: StateLayout.position, as: UInt64.self)
    block.header.taken = state.littleEndian(at: StateLayout.taken, as: UInt64.self)
  }
}

extension StateView {
  fileprivate func checkZero(_ start: Int, _ end: Int, stream: Int) throws(Failure) {
    for offset in start..<end where bytes.byte(at: offset) != 0 {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "state: byte \(offset) is \(bytes.byte(at: offset)), expected 0: stream \(stream) is in no window"
      )
    }
  }
}
