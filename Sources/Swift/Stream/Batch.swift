// SPDX-License-Identifier: MIT

internal import CLeat

/// Streams of one model that take in one sample each per call.
///
/// A weight that is loaded serves several streams, so a batch is faster than its streams one by one,
/// with the same bits. A batch owns its streams; one thread uses it at a time.
///
/// In C it is `leat_batch_step()` and `leat_batch_step_at()` with an array of streams; Swift's arrays
/// can't hold these.
@safe public struct Batch: ~Copyable {
  private(set) var handles: [OpaquePointer?] = unsafe []
  private var memories: [StreamMemory] = []
  /// Memory for the handles of some of them.
  private var chosen: [OpaquePointer?] = unsafe []

  /// Makes a batch of no streams.
  public init() {}

  /// Makes a batch of new streams, as `ModelStream.init(of:)` makes them.
  ///
  /// - Throws: `.memory`
  public init(of model: Model, count: Int) throws(LeatError) {
    for _ in 0..<max(count, 0) { append(try ModelStream(of: model)) }
  }

  /// The models of its streams, one for each.
  var models: some Sequence<Model> { memories.lazy.map(\.model) }

  /// How many streams it has.
  public var count: Int { memories.count }

  /// Adds a stream, as the last.
  public mutating func append(_ stream: consuming ModelStream) {
    unsafe handles.append(stream.handle)
    memories.append(stream.memory)
  }

  /// Takes a stream out; those after it move up.
  ///
  /// - Parameter index: below `count`, else this traps, as an array does
  public mutating func remove(at index: Int) -> ModelStream {
    unsafe handles.remove(at: index)
    return ModelStream(memories.remove(at: index))
  }

  /// Uses one of the streams: to load it, to save it, to look at its position.
  ///
  /// - Parameter index: below `count`, else this traps, as an array does
  public mutating func withStream<Result: ~Copyable, Failure: Error>(
    at index: Int, _ body: (inout ModelStream) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var stream = ModelStream(memories[index])
    // The stream may have been exchanged for another.
    defer {
      unsafe handles[index] = stream.handle
      memories[index] = stream.memory
    }
    return try body(&stream)
  }

  /// Takes in one sample on each stream: the same bits as a step on each. All are checked before
  /// the first is stepped.
  ///
  /// - Parameters:
  ///   - inputs: `[count][inputSize]`
  ///   - outputs: `[count][outputSize]`; that of a windowed stream without an output is untouched
  /// - Throws: `.mismatch` when the streams are not all of one model, or have not all the same
  ///   windows; as `ModelStream.step`
  public mutating func step(
    _ inputs: Span<Float>, into outputs: inout MutableSpan<Float>
  ) throws(LeatError) {
    try requireCounts(count, inputs.count, outputs.count)
    let count = count
    if count == 0 { return }
    let handles = unsafe handles
    try unsafe check(inputs, &outputs) { unsafe leat_batch_step(handles, count, $0, $1, $2) }
  }

  /// The same for arrays.
  public mutating func step(
    _ inputs: [Float], into outputs: inout [Float]
  ) throws(LeatError) {
    var span = outputs.mutableSpan
    try step(inputs.span, into: &span)
  }

  /// What became of one stream's sample.
  public enum Sample: Equatable, Sendable {
    /// It was taken in.
    case taken
    /// It was taken in, and has no output, because its stream is a windowed one.
    case takenWithoutOutput
    /// It had been taken in before; the stream's outputs are untouched.
    case skipped
    /// It wasn't taken in: `.position` when samples before it are missing, `.input` when a value is
    /// NaN, infinite or beyond the model's `inputLimit`.
    case refused(LeatError.Code)
  }

  /// Takes in one sample on each stream whose next one it is, by the rule of
  /// ``ModelStream/step(_:at:into:)-(Span<Float>,_,_)``: for streams at different positions. A sample
  /// that one stream refuses doesn't keep the others from theirs.
  ///
  /// - Parameters:
  ///   - inputs: `[count][inputSize]`
  ///   - positions: `[count]`, the number of each stream's sample, counted from 0
  ///   - outputs: `[count][outputSize]`
  /// - Throws: `.mismatch` when the streams are not all of one model
  public mutating func step(
    _ inputs: Span<Float>, at positions: Span<UInt64>, into outputs: inout MutableSpan<Float>
  ) throws(LeatError) -> [Sample] {
    try requireCounts(count, inputs.count, outputs.count)
    let count = count
    if positions.count != count {
      throw .wrongCount("positions", found: positions.count, expected: count)
    }
    if count == 0 { return [] }
    let handles = unsafe handles
    var results = [Int32](repeating: 0, count: count)
    _ = try unsafe positions.withUnsafeBufferPointer { positions throws(LeatError) in
      try unsafe check(inputs, &outputs) {
        unsafe leat_batch_step_at(handles, positions.baseAddress, count, $0, $1, &results, $2)
      }
    }
    return results.map { code in
      switch code {
      case LEAT_OK: .taken
      case LEAT_NO_OUTPUT: .takenWithoutOutput
      case LEAT_SKIPPED: .skipped
      default: .refused(LeatError.Code(rawValue: code))
      }
    }
  }

  /// The same for arrays.
  public mutating func step(
    _ inputs: [Float], at positions: [UInt64], into outputs: inout [Float]
  ) throws(LeatError) -> [Sample] {
    var span = outputs.mutableSpan
    return try step(inputs.span, at: positions.span, into: &span)
  }

  /// The handles of some streams.
  mutating func choose(_ streams: Span<Int>) -> [OpaquePointer?] {
    unsafe chosen.removeAll(keepingCapacity: true)
    for index in streams.indices { unsafe chosen.append(handles[streams[index]]) }
    return unsafe chosen
  }

  func requireCounts(_ count: Int, _ inputs: Int, _ outputs: Int) throws(LeatError) {
    let model = memories.first?.model
    let inputSize = model?.inputSize ?? 0
    let outputSize = model?.outputSize ?? 0
    if inputs != count * inputSize {
      throw .wrongCount("inputs", found: inputs, expected: count * inputSize)
    }
    if outputs != count * outputSize {
      throw .wrongCount("outputs", found: outputs, expected: count * outputSize)
    }
  }
}
