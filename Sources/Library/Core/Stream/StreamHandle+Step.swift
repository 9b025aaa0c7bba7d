// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import CProcessor
import LeatSupport
import LeatKernel

/// Whether `count` inputs are all within the model's limit, and none is NaN.
@inline(__always)
func areWithinLimit(
  _ inputs: UnsafePointer<Float>, count: Int, _ model: borrowing ModelHandle
) -> Bool {
  // Safe: a model is made only with a limit above 0.
  unsafe leatcore_are_within(inputs, count, model.header.inputLimit) != 0
}

/// Names the first input that is beyond the limit. `prefix` is the beginning of the message.
func inputFailure(
  _ inputs: UnsafePointer<Float>, count: Int, _ model: borrowing ModelHandle,
  _ explanation: Explanation, _ prefix: Message = ""
) -> Failure {
  let limit = model.header.inputLimit
  let inputSize = model.header.inputSize
  var index = 0
  while index < count - 1, unsafe inputs[index].magnitude <= limit { index += 1 }
  return explanation.failure(
    LEAT_E_INPUT,
    "\(prefix)input[\(index / inputSize)][\(index % inputSize)] is \(unsafe inputs[index]), expected a magnitude of at most \(limit)"
  )
}

extension StreamHandle {
  /// How many samples remain before the greatest position.
  @inline(__always)
  var samplesLeft: UInt64 {
    // Safe: a stream's position is never beyond the greatest.
    UInt64(Int64.max) &- header.position
  }

  /// Steps through samples that were checked, with the stream's kernels.
  @inline(__always)
  func run(
    _ steps: Int, _ model: borrowing ModelHandle, _ inputs: UnsafePointer<Float>,
    _ outputs: UnsafeMutablePointer<Float>
  ) {
    // Safe: a model is made only with sets that have it.
    unsafe header.kernels.pointee.run.unsafelyUnwrapped(
      model.pointer, pointer, steps, inputs, outputs)
  }
}

/// Steps each stream of a batch through one sample. Streams and samples were checked. `areMarked`: the
/// streams are marked as those of a batch, and the marks are to be removed. All that is done to the
/// streams of a pass is done while they are in the first caches.
func stepBatch(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelHandle,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>, areMarked: Bool = false
) {
  let most = model.streamsPerPass
  // Safe: memory holds all these streams, none of them twice.
  let areFar = count &* model.header.streamSize > streamsInCaches
  var first = 0
  while first < count {
    let pass = min(most, count &- first)
    let next = first &+ pass
    if areFar { unsafe prefetch(streams + next, min(pass, count &- next), model) }
    if areMarked { unsafe mark(streams + first, pass, isInBatch: false) }
    unsafe stepPass(
      streams + first, pass, model, inputs + first &* model.header.inputSize,
      outputs + first &* model.header.outputSize)
    first = next
  }
}

/// Bytes of streams that the second cache may hold.
private let streamsInCaches = 1 << 19

/// Brings blocks to the second cache.
private func prefetch(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelHandle
) {
  for index in 0..<count {
    var line = 0
    while line < model.header.streamSize {
      // Safe: the streams were checked.
      unsafe leatcore_prefetch(UnsafeRawPointer(streams[index].unsafelyUnwrapped) + line)
      line &+= 64
    }
  }
}

/// Steps the streams of one pass. Kernels take three streams at once: one or two that remain would
/// cost as much, and step alone, unless reading the weights again costs more.
private func stepPass(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelHandle,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) {
  let most = model.isFar && count > 1 ? count : count - count % 3
  let together = unsafe stepTogether(streams, most, model, inputs, outputs)
  for index in together..<count {
    if let stream = unsafe streamHandle(streams[index]) {
      unsafe stream.run(
        1, model, inputs + index &* model.header.inputSize,
        outputs + index &* model.header.outputSize)
    }
  }
}

/// Returns how many streams it has stepped: `count`, or 0 if the kernels have no step for a batch,
/// or differ between the streams.
private func stepTogether(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelHandle,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) -> Int {
  guard count > 0, let first = unsafe streamHandle(streams[0]) else { return 0 }
  let kernels = unsafe first.header.kernels
  guard let runBatch = unsafe kernels.pointee.run_batch else { return 0 }
  for index in 1..<count {
    guard let stream = unsafe streamHandle(streams[index]),
      unsafe stream.header.kernels == kernels
    else { return 0 }
  }
  unsafe runBatch(model.pointer, streams, count, inputs, outputs)
  return count
}
