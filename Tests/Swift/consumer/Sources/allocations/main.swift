// SPDX-License-Identifier: MIT
//
// Counts what steps and offers allocate, with Tests/C/interpose_malloc.c as LD_PRELOAD.
// usage: allocations MODEL STORE

import Foundation
import Leat

/// Blocks that were made so far: the first figure of what interpose_malloc.h declares.
let blocksMade = dlsym(nil, "allocations")!.assumingMemoryBound(to: UInt.self)

let model = try Model(path: CommandLine.arguments[1])
let store = try Store(path: CommandLine.arguments[2])
var stream = try ModelStream(of: model)
var batch = try Batch(of: model, count: 7)
// No commit is in the middle of it: the thread that writes may allocate.
let autosave = try Autosave(
  to: store, models: [model], streams: 1, cursorSize: 8, everyMilliseconds: 3_600_000)
let slot = try autosave.add("pump")
let cursor = [UInt8](repeating: 1, count: 8)
// The thread also allocates when it starts, which may be while steps are counted.
var known: UInt
repeat {
  known = blocksMade.pointee
  usleep(300_000)
} while blocksMade.pointee != known

let sample = [Float](repeating: 0.25, count: model.inputSize)
var output = [Float](repeating: 0, count: model.outputSize)
let samples = [Float](repeating: 0.25, count: 7 * model.inputSize)
var outputs = [Float](repeating: 0, count: 7 * model.outputSize)

/// Prints how many blocks 1,000 rounds made.
@MainActor func count(_ name: String, _ round: () throws -> Void) throws {
  let before = blocksMade.pointee
  for _ in 0..<1000 { try round() }
  // Before print's own.
  let made = blocksMade.pointee - before
  print(name, made)
}

try count("step") { try stream.step(sample, into: &output) }
try count("step at") { _ = try stream.step(sample, at: stream.position, into: &output) }
try count("run") { try stream.run(samples, into: &outputs) }
try count("batch") { try batch.step(samples, into: &outputs) }
try count("offer") { try autosave.offer(stream, to: slot, cursor: cursor) }
// The count would see one.
try count("array") { outputs = [Float](repeating: Float(stream.position), count: outputs.count) }
