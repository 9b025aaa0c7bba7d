// SPDX-License-Identifier: MIT

internal import CLeat

extension Batch {
  /// Takes in one sample on each of some streams: the same bits as a step on each. All are checked
  /// before the first is stepped.
  ///
  /// - Parameters:
  ///   - streams: indexes in the batch, none of them twice; each below `count`, else this traps, as
  ///     an array does
  ///   - inputs: `[streams][inputSize]`
  ///   - outputs: `[streams][outputSize]`
  /// - Throws: `.argument` when an index comes twice; as ``step(_:into:)-(Span<Float>,_)``
  public mutating func step(
    _ streams: Span<Int>, _ inputs: Span<Float>, into outputs: inout MutableSpan<Float>
  ) throws(LeatError) {
    try requireCounts(streams.count, inputs.count, outputs.count)
    if streams.count == 0 { return }
    let chosen = unsafe choose(streams)
    let count = streams.count
    try unsafe check(inputs, &outputs) { unsafe leat_batch_step(chosen, count, $0, $1, $2) }
  }

  /// The same for arrays.
  public mutating func step(
    _ streams: [Int], _ inputs: [Float], into outputs: inout [Float]
  ) throws(LeatError) {
    var span = outputs.mutableSpan
    try step(streams.span, inputs.span, into: &span)
  }
}
