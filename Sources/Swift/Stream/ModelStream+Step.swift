// SPDX-License-Identifier: MIT

internal import CLeat

extension ModelStream {
  /// Takes in one sample and puts out one output.
  ///
  /// - Parameters:
  ///   - input: `[inputSize]`
  ///   - output: `[outputSize]`
  /// - Returns: whether there was an output: false when the stream is a windowed one and no window
  ///   ends with this sample, and then `output` is untouched
  /// - Throws: `.input` when a value is NaN, infinite or beyond `inputLimit`; `.size`. The stream
  ///   is as it was.
  @discardableResult
  public mutating func step(
    _ input: Span<Float>, into output: inout MutableSpan<Float>
  ) throws(LeatError) -> Bool {
    try requireCounts(1, input.count, output.count)
    let handle = unsafe handle
    let code = try unsafe check(input, &output) {
      unsafe leat_stream_step(handle, $0, $1, $2)
    }
    return code == LEAT_OK
  }

  /// The same for arrays.
  @discardableResult
  public mutating func step(
    _ input: [Float], into output: inout [Float]
  ) throws(LeatError) -> Bool {
    var outputs = output.mutableSpan
    return try step(input.span, into: &outputs)
  }

  /// Takes in the sample if it is the stream's next one. For sources that repeat what
  /// they sent.
  ///
  /// - Parameters:
  ///   - input: `[inputSize]`
  ///   - position: the sample's number in the sequence, counted from 0
  ///   - output: `[outputSize]`
  /// - Returns: whether it was taken in; false when it had been taken in before, and `output` is
  ///   untouched. It is untouched also where a windowed stream has no output: ``hasOutput(at:)``
  /// - Throws: `.position` when samples before it are missing; as ``step(_:into:)``
  public mutating func step(
    _ input: Span<Float>, at position: UInt64, into output: inout MutableSpan<Float>
  ) throws(LeatError) -> Bool {
    try requireCounts(1, input.count, output.count)
    let handle = unsafe handle
    let code = try unsafe check(input, &output) {
      unsafe leat_stream_step_at(handle, position, $0, $1, $2)
    }
    return code != LEAT_SKIPPED
  }

  /// The same for arrays.
  public mutating func step(
    _ input: [Float], at position: UInt64, into output: inout [Float]
  ) throws(LeatError) -> Bool {
    var outputs = output.mutableSpan
    return try step(input.span, at: position, into: &outputs)
  }

  /// Takes in as many samples as there are in `inputs`: the same bits as a step for each. All
  /// inputs are checked before the first is taken in.
  ///
  /// - Parameters:
  ///   - inputs: `[steps][inputSize]`
  ///   - outputs: `[steps][outputSize]`; of a sample without an output it is untouched
  /// - Throws: as ``step(_:into:)``
  public mutating func run(
    _ inputs: Span<Float>, into outputs: inout MutableSpan<Float>
  ) throws(LeatError) {
    let steps = inputs.count / model.inputSize
    try requireCounts(steps, inputs.count, outputs.count)
    let handle = unsafe handle
    try unsafe check(inputs, &outputs) { unsafe leat_stream_run(handle, steps, $0, $1, $2) }
  }

  /// The same for arrays.
  public mutating func run(
    _ inputs: [Float], into outputs: inout [Float]
  ) throws(LeatError) {
    var span = outputs.mutableSpan
    try run(inputs.span, into: &span)
  }

  private func requireCounts(_ steps: Int, _ inputs: Int, _ outputs: Int) throws(LeatError) {
    if inputs != steps * model.inputSize {
      throw .wrongCount("input", found: inputs, expected: max(steps, 1) * model.inputSize)
    }
    if outputs != steps * model.outputSize {
      throw .wrongCount("output", found: outputs, expected: steps * model.outputSize)
    }
  }
}
