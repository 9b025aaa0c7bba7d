// SPDX-License-Identifier: MIT

/// What a reader must remember of each stream of an input with keys, by the stream's number: as much
/// as its rules need.
public struct StreamMemories: Equatable, Sendable {
  /// The time of the last sample, infinite before the first; empty unless times are watched.
  public var times: [Double] = []
  /// [streams][input_size]: the inputs of the last sample, infinite before the first; empty unless
  /// bad values are replaced.
  public var inputs: [Float] = []

  public init() {}

  public var isEmpty: Bool { times.isEmpty && inputs.isEmpty }

  /// Makes room for some streams, and forgets what isn't needed or can't be right.
  ///
  /// - Parameters:
  ///   - inputSize: 0 unless bad values are replaced
  ///   - limit: the largest magnitude of an input
  mutating func prepare(streams: Int, hasTimes: Bool, inputSize: Int, limit: Float) {
    Self.resize(&times, to: hasTimes ? streams : 0, filling: .infinity)
    if inputSize > 0 && inputs.count % inputSize != 0 { inputs = [] }
    Self.resize(&inputs, to: streams * inputSize, filling: .infinity)
    for index in inputs.indices where !(inputs[index].magnitude <= limit) {
      inputs[index] = .infinity
    }
  }

  private static func resize<Value>(_ values: inout [Value], to count: Int, filling: Value) {
    if values.count > count { values = [] }
    values += repeatElement(filling, count: count - values.count)
  }

  mutating func addStream(hasTimes: Bool, inputSize: Int) {
    if hasTimes { times.append(.infinity) }
    inputs += repeatElement(.infinity, count: inputSize)
  }

  func lastTime(of stream: Int) -> Double? {
    let time = times[stream]
    return time == .infinity ? nil : time
  }

  func hasInputs(of stream: Int, inputSize: Int) -> Bool {
    inputs[stream * inputSize..<(stream + 1) * inputSize].allSatisfy { $0 != .infinity }
  }

  /// Remembers a sample.
  ///
  /// - Parameter inputs: empty unless bad values are replaced
  mutating func remember(
    _ stream: Int, time: Double?, inputs: UnsafeBufferPointer<Float>
  ) {
    if let time { times[stream] = time }
    let first = stream * inputs.count
    for index in inputs.indices { self.inputs[first + index] = unsafe inputs[index] }
  }
}
