// SPDX-License-Identifier: MIT

/// Samples that are taken in together, their outputs, and what of their lines is written beside.
@safe public final class SampleBlock {
  public let inputSize: Int
  public let outputSize: Int
  /// The most samples.
  public let capacity: Int
  /// [count][input_size]
  public let inputs: UnsafeMutablePointer<Float>
  /// [count][output_size]
  public let outputs: UnsafeMutablePointer<Float>
  /// [count], Unix seconds; of an input without a time column, undefined.
  public let times: UnsafeMutablePointer<Double>
  /// [count][carried]: text of the columns that are carried through, in the input's buffer.
  let carriedText: UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>
  let carriedCount: Int
  /// Samples in it.
  public internal(set) var count = 0

  /// - Parameter carried: columns that are carried through
  public init(inputSize: Int, outputSize: Int, carried: Int, capacity: Int) {
    (self.inputSize, self.outputSize, self.capacity) = (inputSize, outputSize, capacity)
    carriedCount = carried
    unsafe inputs = .allocate(capacity: capacity * inputSize)
    unsafe outputs = .allocate(capacity: capacity * outputSize)
    unsafe times = .allocate(capacity: capacity)
    unsafe carriedText = .allocate(capacity: max(1, capacity * carried))
  }

  deinit {
    unsafe inputs.deallocate()
    unsafe outputs.deallocate()
    unsafe times.deallocate()
    unsafe carriedText.deallocate()
  }

  public func removeAll() { count = 0 }
}
