// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import CProcessor
import LeatSupport
import LeatKernel

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
  guard let block = unsafe streamHandle(stream) else {
    return unsafe stepWindow(stream, position, input, output, error)
  }
  guard position != block.header.position else {
    return unsafe runStream(stream, 1, input, output, error)
  }
  let awaited = block.header.position
  if position < awaited { return LEAT_SKIPPED }
  return unsafe reportGap(position, awaited, error)
}

/// The same for a pointer that isn't a stream without windows.
@inline(never)
private func stepWindow(
  _ stream: OpaquePointer?, _ position: UInt64, _ input: UnsafePointer<Float>?,
  _ output: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<leat_error>?
) -> Int32 {
  let awaited = unsafe eitherHandle(stream)?.header.position ?? position
  if position < awaited { return LEAT_SKIPPED }
  if position > awaited { return unsafe reportGap(position, awaited, error) }
  return unsafe explain(stream, 1, input, output, error, ("input", "output"))
}

@inline(never)
private func reportGap(
  _ position: UInt64, _ awaited: UInt64, _ error: UnsafeMutablePointer<leat_error>?
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    throw explanation.failure(
      LEAT_E_POSITION, "sample \(position), expected sample \(awaited)")
  }
}

@_cdecl("leat_stream_run") @implementation
public func leat_stream_run(
  _ stream: OpaquePointer!, _ steps: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe runStream(stream, steps, inputs, outputs, error, ("inputs", "outputs"))
}

/// Steps a single stream: all checks, then the kernel.
@inline(__always)
private func runStream(
  _ stream: OpaquePointer?, _ steps: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<leat_error>?,
  _ names: (StaticString, StaticString) = ("input", "output")
) -> Int32 {
  let environment = leat_processor_enter()
  defer { leat_processor_leave(environment) }
  return unsafe couldRun(stream, steps, inputs, outputs)
    ? LEAT_OK : explain(stream, steps, inputs, outputs, error, names)
}

/// Steps a stream without windows, unless a check fails.
@inline(__always)
func couldRun(
  _ stream: OpaquePointer?, _ steps: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?
) -> Bool {
  guard let block = unsafe streamHandle(stream), unsafe isArray(inputs), unsafe isArray(outputs),
    let inputs = unsafe inputs, let outputs = unsafe outputs,
    let count = sampleFloats(steps, block.model), steps <= block.samplesLeft,
    unsafe areWithinLimit(inputs, count: count, block.model)
  else { return false }
  unsafe block.run(steps, block.model, inputs, outputs)
  return true
}

/// Steps a windowed stream, or says which check of `couldRun` failed.
@inline(never)
private func explain(
  _ stream: OpaquePointer?, _ steps: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<leat_error>?,
  _ names: (StaticString, StaticString)
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    let functions = unsafe windowFunctions(stream)
    if unsafe functions == nil { _ = unsafe try openStream(stream, explanation) }
    try unsafe checkPointer(inputs, names.0, explanation)
    try unsafe checkPointer(outputs, names.1, explanation)
    if let functions = unsafe functions {
      return unsafe functions.pointee.run(stream, steps, inputs, outputs, error)
    }
    let block = unsafe try openStream(stream, explanation)
    throw unsafe stepFailure(steps, inputs, block.model, left: block.samplesLeft, explanation)
  }
}

/// Says why samples can't be taken in. `left` is how many the position allows.
func stepFailure(
  _ steps: Int, _ inputs: UnsafePointer<Float>?, _ model: borrowing ModelHandle, left: UInt64,
  _ explanation: Explanation
) -> Failure {
  guard let count = sampleFloats(steps, model), let inputs = unsafe inputs else {
    return tooManySamples(steps, explanation)
  }
  guard steps <= left else {
    return explanation.failure(
      LEAT_E_POSITION,
      "\(steps) samples, expected at most \(left): the position would be too large")
  }
  return unsafe inputFailure(inputs, count: count, model, explanation)
}

func tooManySamples(_ count: Int, _ explanation: Explanation) -> Failure {
  explanation.failure(
    LEAT_E_ARGUMENT, "\(UInt(bitPattern: count)) samples, expected no more than an array holds")
}

/// The floats of `count` inputs, or nil when no array can hold so many inputs or outputs.
@inline(__always)
func sampleFloats(_ count: Int, _ model: borrowing ModelHandle) -> Int? {
  let (inputs, inputsOverflow) = count.multipliedReportingOverflow(
    by: model.header.inputSize)
  let (outputs, outputsOverflow) = count.multipliedReportingOverflow(
    by: model.header.outputSize)
  guard count >= 0, !inputsOverflow, !outputsOverflow, max(inputs, outputs) <= Int.max / 4 else {
    return nil
  }
  return inputs
}
