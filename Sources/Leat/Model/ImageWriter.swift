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
    let panels = PanelWriter(record)
    for gate in 0..<4 {
      for unit in 0..<plan.hiddenSize {
        let row = gate * plan.hiddenSize + unit
        unsafe panels.write(
          WeightReader(file, plan.inputWeight), row: row, gate: gate, unit: unit, part: .input,
          to: base)
        unsafe panels.write(
          WeightReader(file, plan.hiddenWeight), row: row, gate: gate, unit: unit, part: .hidden,
          to: base)
      }
    }
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
    if plan.isProjected { writeRows(file, plan.projection, record.projection) }
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

  func writeWeights(_ file: borrowing Safetensors, _ plan: LinearPlan, _ record: LinearRecord) {
    writeRows(file, plan.weight, record.matrix)
    guard plan.bias >= 0 else { return }
    let bias = WeightReader(file, plan.bias)
    let target = unsafe floats(at: record.matrix.bias)
    for element in 0..<plan.outputSize { unsafe target[element] = bias[element] }
  }

  /// A matrix row by row, each filled up to a multiple of 8.
  private func writeRows(_ file: borrowing Safetensors, _ index: Int, _ matrix: MatrixRecord) {
    let source = WeightReader(file, index)
    let stride = ImagePlanner.roundUp(matrix.columns)
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        unsafe source.copy(
          row &* matrix.columns &+ column, as: matrix.type, to: base + matrix.weights,
          at: row &* stride &+ column)
      }
      if matrix.type == .int8 {
        unsafe floats(at: matrix.scales)[row] = source.scale(ofRow: row)
      }
    }
  }
}

/// Where the weights of an LSTM layer's gates go: see `LSTMRecord.weights`.
struct PanelWriter {
  enum Part {
    case input, hidden
  }

  private let record: LSTMRecord
  private let panels: Int

  init(_ record: LSTMRecord) {
    self.record = record
    panels = (record.hiddenSize + 7) / 8
  }

  /// Writes one row of weight_ih or of weight_hh.
  func write(
    _ source: WeightReader, row: Int, gate: Int, unit: Int, part: Part,
    to base: UnsafeMutableRawPointer
  ) {
    let count = part == .input ? record.inputSize : record.outputSize
    let panel = unit / 8
    // An odd last panel stands alone.
    let isPaired = panel | 1 < panels
    // Integers stand two k together.
    let group = record.type == .int8 ? 2 : 1
    let inputGroups = (record.inputSize + group - 1) / group
    let width = inputGroups + (record.outputSize + group - 1) / group
    let stride = (isPaired ? 64 : 32) * group
    let start =
      panel / 2 * 64 * group * width + (part == .hidden ? inputGroups * stride : 0)
      + (isPaired ? panel % 2 * 32 * group : 0) + (gate * 8 + unit % 8) * group
    for column in 0..<count {
      unsafe source.copy(
        row &* count &+ column, as: record.type, to: base + record.weights,
        at: start &+ column / group &* stride &+ column % group)
    }
    if record.type == .int8 {
      let scales = unsafe base + record.quantized.scales
      let place = panel * 64 + (part == .hidden ? 32 : 0) + gate * 8 + unit % 8
      unsafe scales.storeBytes(
        of: source.scale(ofRow: row), toByteOffset: 4 * place, as: Float.self)
    }
  }
}

extension WeightReader {
  /// Copies one element to where the kernels read it. Safe: the planner sized the matrix.
  @inline(__always)
  fileprivate func copy(
    _ index: Int, as type: WeightType, to matrix: UnsafeMutableRawPointer, at place: Int
  ) {
    switch type {
    case .float32:
      unsafe matrix.storeBytes(of: self[index], toByteOffset: 4 &* place, as: Float.self)
    case .float16, .bfloat16:
      unsafe matrix.storeBytes(of: half(index), toByteOffset: 2 &* place, as: UInt16.self)
    case .int8: unsafe matrix.storeBytes(of: integer(index), toByteOffset: place, as: Int8.self)
    }
  }
}
