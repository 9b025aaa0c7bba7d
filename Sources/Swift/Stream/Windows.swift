// SPDX-License-Identifier: MIT

internal import CLeat

/// The windows of a windowed stream.
public struct Windows: Hashable, Sendable {
  /// The samples of a window.
  public let length: Int
  /// The samples from the beginning of a window to that of the next, and from an output to the next.
  public let hop: Int

  public init(length: Int, hop: Int = 1) { (self.length, self.hop) = (length, hop) }

  /// The bytes of a windowed stream.
  func streamSize(of model: Model) throws(LeatError) -> Int {
    guard let window = UInt32(exactly: length), window > 0 else {
      throw LeatError(.argument, "window: found \(length), expected 1 to \(UInt32.max)")
    }
    guard let hop = UInt32(exactly: hop), hop > 0, hop <= window else {
      throw LeatError(.argument, "hop: found \(self.hop), expected 1 to the window, \(window)")
    }
    let size = unsafe leat_window_size(model.handle, window, hop)
    guard size > 0 else {
      throw LeatError(.memory, "a window of \(window) and a hop of \(hop): no memory holds it")
    }
    return size
  }
}

/// A windowed stream is for models that were trained on windows of samples, each from the initial
/// state, and of whose outputs only a window's last was used. After the first `length` samples, and
/// then after each `hop` samples, it puts out what a stream puts out that began with the last `length`
/// samples: the same bits. It can be used wherever a stream can.
extension ModelStream {
  /// Makes a windowed stream at position 0. It takes as much memory as `length / hop` streams, rounded
  /// up, and a sample takes as long as a step of a batch of so many.
  ///
  /// - Parameter windows: a length from 1, a hop from 1 to the length
  /// - Throws: `.argument`, `.memory`
  public init(of model: Model, windows: Windows) throws(LeatError) {
    self.init(try StreamMemory(of: model, windows: windows))
  }

  /// nil when it is a stream without windows, in which each sample has an output.
  public var windows: Windows? {
    var hop: UInt32 = 0
    let window = unsafe leat_stream_window(handle, &hop)
    return window == 0 ? nil : Windows(length: Int(window), hop: Int(hop))
  }

  /// How many samples have an output, of those with numbers in a range. Samples before a windowed
  /// stream's last reset have none.
  public func outputCount(in positions: Range<UInt64>) -> UInt64 {
    unsafe leat_stream_outputs(
      handle, positions.lowerBound, positions.upperBound - positions.lowerBound)
  }

  /// Whether the sample with this number has an output: always, when the stream has no windows.
  public func hasOutput(at position: UInt64) -> Bool {
    unsafe leat_stream_outputs(handle, position, 1) == 1
  }
}
