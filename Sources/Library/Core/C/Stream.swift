// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatSupport
import LeatKernel

@_cdecl("leat_stream_size") @implementation
public func leat_stream_size(_ model: OpaquePointer!) -> Int {
  guard let image = unsafe modelImage(model) else { return 0 }
  return unsafe image.header.pointee.streamSize
}

@_cdecl("leat_stream_init") @implementation
public func leat_stream_init(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ model: OpaquePointer!,
  _ stream: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    try unsafe checkBlock(memory, memory_size)
    let image = unsafe try openModel(model)
    try unsafe checkPointer(stream, "stream")
    let size = unsafe image.header.pointee.streamSize
    guard memory_size >= size else {
      throw Failure(
        LEAT_E_SIZE, "memory of \(memory_size) bytes: a stream of this model needs \(size)")
    }
    unsafe StreamBlock(memory).reset(image, image.header.pointee.best)
    unsafe stream.pointee = OpaquePointer(memory)
    return LEAT_OK
  }
}

@_cdecl("leat_stream_reset") @implementation
public func leat_stream_reset(
  _ stream: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream)
    unsafe block.reset(block.model, block.header.pointee.kernels)
    return LEAT_OK
  }
}

@_cdecl("leat_stream_step") @implementation
public func leat_stream_step(
  _ stream: OpaquePointer!, _ input: UnsafePointer<Float>!,
  _ output: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe runStream(stream, 1, input, output, error)
}

@_cdecl("leat_stream_step_at") @implementation
public func leat_stream_step_at(
  _ stream: OpaquePointer!, _ position: UInt64, _ input: UnsafePointer<Float>!,
  _ output: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  guard let block = unsafe streamBlock(stream),
    unsafe position != block.header.pointee.position
  else {
    return unsafe runStream(stream, 1, input, output, error)
  }
  let awaited = unsafe block.header.pointee.position
  if position < awaited { return LEAT_SKIPPED }
  return unsafe Failure(
    LEAT_E_POSITION, "sample \(position): the stream waits for sample \(awaited)"
  ).report(to: error)
}

@_cdecl("leat_stream_run") @implementation
public func leat_stream_run(
  _ stream: OpaquePointer!, _ steps: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe runStream(stream, steps, inputs, outputs, error, ("inputs", "outputs"))
}

/// The way of every sample of a single stream: all checks, then the kernel.
@inline(__always)
private func runStream(
  _ stream: OpaquePointer?, _ steps: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<leat_error>?,
  _ names: (StaticString, StaticString) = ("input", "output")
) -> Int32 {
  let environment = leat_processor_enter()
  defer { leat_processor_leave(environment) }
  guard let block = unsafe streamBlock(stream), unsafe isArray(inputs), unsafe isArray(outputs),
    let inputs = unsafe inputs, let outputs = unsafe outputs,
    let count = sampleFloats(steps, block.model), steps <= room(block),
    unsafe areWithinLimit(inputs, count: count, block.model)
  else {
    return unsafe explain(stream, steps, inputs, outputs, names).report(to: error)
  }
  unsafe take(steps, block.model, block, inputs, outputs)
  return LEAT_OK
}

/// Says which of the checks of `runStream` failed.
@inline(never)
private func explain(
  _ stream: OpaquePointer?, _ steps: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ names: (StaticString, StaticString)
) -> Failure {
  do throws(Failure) {
    let block = unsafe try openStream(stream)
    try unsafe checkPointer(inputs, names.0)
    try unsafe checkPointer(outputs, names.1)
    guard let count = sampleFloats(steps, block.model), let inputs = unsafe inputs else {
      return tooManySamples(steps)
    }
    guard steps <= room(block) else {
      return Failure(
        LEAT_E_POSITION, "\(steps) samples more would take the position beyond \(Int64.max)")
    }
    return unsafe inputFailure(inputs, count: count, block.model)
  } catch {
    return error
  }
}

private func tooManySamples(_ count: Int) -> Failure {
  Failure(LEAT_E_ARGUMENT, "\(UInt(bitPattern: count)) samples: no array holds so many")
}

/// The floats in `count` samples, or nil when no array can hold as many inputs or outputs.
@inline(__always)
private func sampleFloats(_ count: Int, _ model: borrowing ModelImage) -> Int? {
  let (inputs, inputsOverflow) = unsafe count.multipliedReportingOverflow(
    by: model.header.pointee.inputSize)
  let (outputs, outputsOverflow) = unsafe count.multipliedReportingOverflow(
    by: model.header.pointee.outputSize)
  guard count >= 0, !inputsOverflow, !outputsOverflow, max(inputs, outputs) <= Int.max / 4 else {
    return nil
  }
  return inputs
}

@_cdecl("leat_batch_step") @implementation
public func leat_batch_step(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    try unsafe checkPointer(streams, "streams")
    try unsafe checkPointer(inputs, "inputs")
    try unsafe checkPointer(outputs, "outputs")
    guard count != 0 else { return LEAT_OK }
    let image = unsafe try openStream(streams[0]).model
    let inputSize = unsafe image.header.pointee.inputSize
    guard sampleFloats(count, image) != nil, count <= Int.max / 8
    else { throw tooManySamples(count) }
    var marked = 0
    do throws(Failure) {
      while marked < count {
        // Safe: sampleFloats has shown that no index overflows.
        try unsafe checkInBatch(streams[marked], marked, inputs + marked &* inputSize, image)
        marked &+= 1
      }
    } catch {
      unsafe unmark(streams, marked)
      throw error
    }
    unsafe takeBatch(streams, count, image, inputs, outputs)
    unsafe unmark(streams, count)
    return LEAT_OK
  }
}

/// Checks one stream of a batch and its sample, and marks it.
private func checkInBatch(
  _ stream: OpaquePointer?, _ index: Int, _ input: UnsafePointer<Float>,
  _ model: borrowing ModelImage
) throws(Failure) {
  guard let block = unsafe streamBlock(stream) else {
    throw Failure(
      LEAT_E_ARGUMENT, "streams[\(index)]: expected one that leat_stream_init returned")
  }
  guard unsafe block.model.header == model.header else {
    throw Failure(LEAT_E_MISMATCH, "streams[\(index)] is not of the model that streams[0] is of")
  }
  guard unsafe !block.header.pointee.isInBatch else {
    throw Failure(LEAT_E_ARGUMENT, "streams[\(index)] stands in the batch twice")
  }
  guard room(block) > 0 else {
    throw Failure(LEAT_E_POSITION, "streams[\(index)] is at the greatest position, \(Int64.max)")
  }
  let inputSize = unsafe model.header.pointee.inputSize
  guard unsafe areWithinLimit(input, count: inputSize, model) else {
    let failure = unsafe inputFailure(input, count: inputSize, model)
    throw Failure(failure.code, "streams[\(index)]: \(failure.message)")
  }
  unsafe block.header.pointee.isInBatch = true
}

private func unmark(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
  for index in 0..<count {
    if let block = unsafe streamBlock(streams[index]) {
      unsafe block.header.pointee.isInBatch = false
    }
  }
}

@_cdecl("leat_stream_position") @implementation
public func leat_stream_position(_ stream: OpaquePointer!) -> UInt64 {
  guard let block = unsafe streamBlock(stream) else { return 0 }
  return unsafe block.header.pointee.position
}

@_cdecl("leat_stream_set_position") @implementation
public func leat_stream_set_position(
  _ stream: OpaquePointer!, _ position: UInt64, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream)
    guard position <= UInt64(Int64.max) else {
      throw Failure(LEAT_E_ARGUMENT, "position \(position): expected at most \(Int64.max)")
    }
    unsafe block.header.pointee.position = position
    return LEAT_OK
  }
}

@_cdecl("leat_stream_model") @implementation
public func leat_stream_model(_ stream: OpaquePointer!) -> OpaquePointer! {
  guard let block = unsafe streamBlock(stream) else { return nil }
  return unsafe OpaquePointer(block.header.pointee.model)
}

@_cdecl("leat_stream_get_state") @implementation
public func leat_stream_get_state(
  _ stream: OpaquePointer!, _ recurrent: UInt32, _ h: UnsafeMutablePointer<Float>!,
  _ c: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream)
    let state = try openState(block.model, recurrent)
    if unsafe h != nil { try unsafe checkPointer(h, "h") }
    if unsafe c != nil { try unsafe checkPointer(c, "c") }
    if let h = unsafe h {
      unsafe h.update(from: block.floats(at: state.hidden), count: state.hiddenSize)
    }
    if let c = unsafe c {
      unsafe c.update(from: block.floats(at: state.cell), count: state.cellSize)
    }
    return LEAT_OK
  }
}

@_cdecl("leat_stream_set_state") @implementation
public func leat_stream_set_state(
  _ stream: OpaquePointer!, _ recurrent: UInt32, _ h: UnsafePointer<Float>!,
  _ c: UnsafePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    let block = unsafe try openStream(stream)
    let state = try openState(block.model, recurrent)
    if let h = unsafe h {
      try unsafe checkPointer(h, "h")
      try unsafe state.check(hidden: h, Int(recurrent))
    }
    if let c = unsafe c {
      try unsafe checkPointer(c, "c")
      try unsafe state.check(cell: c, Int(recurrent))
    }
    if let h = unsafe h {
      let hidden = unsafe block.floats(at: state.hidden)
      for element in 0..<state.hiddenSize { unsafe hidden[element] = h[element].kept(Least.value) }
    }
    if let c = unsafe c {
      let cell = unsafe block.floats(at: state.cell)
      for element in 0..<state.cellSize { unsafe cell[element] = c[element].kept(Least.cell) }
    }
    return LEAT_OK
  }
}
