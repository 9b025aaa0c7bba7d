// SPDX-License-Identifier: MIT

import LeatKernel
import LeatSupport

/// Where the parts of a windowed stream's block are, in bytes from its start:
///
///     StreamHeader | a stream for each window that can be in progress | room for one pass: the
///     streams' addresses, a copy of the sample for each, their outputs
///
/// The room holds nothing from one step to the next.
struct WindowLayout {
  /// The most windows in progress: W / H, rounded up.
  let streams: Int
  let streamSize: Int
  /// The most streams that are stepped together.
  let streamsPerPass: Int
  let addresses: Int
  let samples: Int
  let outputs: Int
  let size: Int

  static var firstStream: Int { StreamHandle.headerSize }

  /// nil when there are no such windows, or no memory can hold them.
  init?(_ model: borrowing ModelHandle, window: UInt32, hop: UInt32) {
    guard hop >= 1, hop <= window,
      let streams = Int(exactly: WindowLayout.streams(window: window, hop: hop))
    else { return nil }
    // Without a kernel for a batch, each stream is stepped alone.
    let perPass =
      unsafe model.header.best.pointee.run_batch == nil
      ? 1 : min(streams, LeatKernel.streamsPerPass)
    let streamSize = model.header.streamSize
    // Safe: a stream's block has room for a sample and an output.
    let sampleSize = 4 &* model.header.inputSize
    let outputSize = 4 &* model.header.outputSize
    let addressSize = unsafe MemoryLayout<OpaquePointer?>.size
    guard
      let addresses = WindowLayout.sum(WindowLayout.firstStream, streams, streamSize),
      let samples = WindowLayout.sum(addresses, perPass, addressSize),
      let outputs = WindowLayout.sum(samples, perPass, sampleSize),
      let end = WindowLayout.sum(outputs, perPass, outputSize), end <= Int.max - 63
    else { return nil }
    self.streams = streams
    self.streamSize = streamSize
    streamsPerPass = perPass
    self.addresses = addresses
    self.samples = samples
    self.outputs = outputs
    size = end.roundedUp(toMultipleOf: 64)
  }

  private static func sum(_ offset: Int, _ count: Int, _ size: Int) -> Int? {
    let (product, overflowed) = count.multipliedReportingOverflow(by: size)
    let (sum, overflowedToo) = offset.addingReportingOverflow(product)
    return overflowed || overflowedToo ? nil : sum
  }

  static func streams(window: UInt32, hop: UInt32) -> UInt64 {
    (UInt64(window) + UInt64(hop) - 1) / UInt64(hop)
  }
}
