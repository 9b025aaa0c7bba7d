// SPDX-License-Identifier: MIT

import LeatBytes
import LeatKernel

/// Writes weights into a model's block in the order in which the kernels read them. The block is
/// zero before, and what fills up panels and rows stays so.
@safe struct ImageWriter: ~Copyable {
  private let base: UnsafeMutableRawPointer

  init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

  /// The one place that computes addresses here. Safe: offsets come from the planner, which sized
  /// the block for them.
  private func floats(at offset: Int) -> UnsafeMutablePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }

  func write(_ header: ModelHeader) {
    unsafe base.assumingMemoryBound(to: ModelHeader.self).initialize(to: header)
  }

  func write(_ record: LSTMRecord, at index: Int) {
    let offset = ModelImage.recordsOffset + index * MemoryLayout<LSTMRecord>.stride
    unsafe (base + offset).assumingMemoryBound(to: LSTMRecord.self).initialize(to: record)
  }

  func write(_ record: LinearRecord, at index: Int, behind lstmCount: Int) {
    let offset =
      ModelImage.recordsOffset + lstmCount * MemoryLayout<LSTMRecord>.stride
      + index * MemoryLayout<LinearRecord>.stride
    unsafe (base + offset).assumingMemoryBound(to: LinearRecord.self).initialize(to: record)
  }

  func writeNormalizer(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture, at offset: Int
  ) {
    let size = architecture.inputSize
    let means = WeightReader(file, architecture.inputMean)
    let deviations = WeightReader(file, architecture.inputDeviation)
    let target = unsafe floats(at: offset)
    for element in 0..<size {
      unsafe target[element] = means[element]
      unsafe target[size + element] = deviations[element]
    }
  }

  func writeWeights(_ file: borrowing Safetensors, _ plan: LSTMPlan, _ record: LSTMRecord) {
    writeColumns(file, plan.inputWeight, plan, record, from: 0, count: plan.inputSize)
    writeColumns(
      file, plan.hiddenWeight, plan, record, from: plan.inputSize, count: plan.outputSize)
    if plan.hasBias {
      let input = WeightReader(file, plan.inputBias)
      let hidden = WeightReader(file, plan.hiddenBias)
      let target = unsafe floats(at: record.bias)
      for gate in 0..<4 {
        for unit in 0..<plan.hiddenSize {
          let row = gate * plan.hiddenSize + unit
          unsafe target[unit / 8 * 32 + gate * 8 + unit % 8] = input[row] + hidden[row]
        }
      }
    }
    if plan.isProjected {
      writeRows(file, plan.projection, plan.outputSize, plan.hiddenSize, at: record.projection)
    }
    if plan.hasInitialState {
      let hidden = WeightReader(file, plan.initialHidden)
      let cell = WeightReader(file, plan.initialCell)
      let target = unsafe floats(at: record.initialState)
      for element in 0..<plan.outputSize {
        unsafe target[element] = hidden[plan.row * plan.outputSize + element]
      }
      for element in 0..<plan.hiddenSize {
        unsafe target[plan.outputSize + element] = cell[plan.row * plan.hiddenSize + element]
      }
    }
  }

  /// Puts the columns of a [4 * hidden_size, count] matrix into the panels as k = `first` and on.
  private func writeColumns(
    _ file: borrowing Safetensors, _ index: Int, _ plan: LSTMPlan, _ record: LSTMRecord,
    from first: Int, count: Int
  ) {
    let source = WeightReader(file, index)
    let target = unsafe floats(at: record.weights)
    let width = plan.inputSize + plan.outputSize
    let panels = (plan.hiddenSize + 7) / 8
    for gate in 0..<4 {
      for unit in 0..<plan.hiddenSize {
        let panel = unit / 8
        // An odd last panel stands alone.
        let isPaired = panel | 1 < panels
        let stride = isPaired ? 64 : 32
        let start =
          panel / 2 * 64 * width + (isPaired ? panel % 2 * 32 : 0) + gate * 8 + unit % 8
        let row = (gate * plan.hiddenSize + unit) * count
        for column in 0..<count {
          unsafe target[start &+ (first &+ column) &* stride] = source[row &+ column]
        }
      }
    }
  }

  func writeWeights(_ file: borrowing Safetensors, _ plan: LinearPlan, _ record: LinearRecord) {
    writeRows(file, plan.weight, plan.outputSize, plan.inputSize, at: record.weights)
    guard plan.bias >= 0 else { return }
    let bias = WeightReader(file, plan.bias)
    let target = unsafe floats(at: record.bias)
    for element in 0..<plan.outputSize { unsafe target[element] = bias[element] }
  }

  /// A matrix row by row, each filled up to a multiple of 8.
  private func writeRows(
    _ file: borrowing Safetensors, _ index: Int, _ rows: Int, _ columns: Int, at offset: Int
  ) {
    let source = WeightReader(file, index)
    let target = unsafe floats(at: offset)
    let stride = ImagePlanner.roundUp(columns)
    for row in 0..<rows {
      for column in 0..<columns {
        unsafe target[row &* stride &+ column] = source[row &* columns &+ column]
      }
    }
  }
}
