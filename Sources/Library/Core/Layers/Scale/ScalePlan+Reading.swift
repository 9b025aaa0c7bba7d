// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension ScalePlan {
  /// The `nn.BatchNorm1d` of tensor `module`. `size` is the size of what it reads, nil for a first
  /// layer.
  init(
    _ file: borrowing Safetensors, batchNorm module: Int, size: Int?
  ) throws(Failure) {
    self.module = TensorIndex(module)
    mean = file.findTensor(.runningMean, module)
    variance = file.findTensor(.runningVariance, module)
    factor = file.findTensor(.weight, module)
    shift = file.findTensor(.bias, module)
    guard mean.isPresent else { throw file.failure(module, "running_var without running_mean") }
    guard variance.isPresent else { throw file.failure(module, "running_mean without running_var") }
    guard factor.isPresent == shift.isPresent else {
      throw file.failure(
        (factor.isPresent ? factor : shift).index,
        "expected weight and bias, both or neither, of an nn.BatchNorm1d")
    }
    let shape = file.tensors[mean.index].shape
    self.size = size ?? Int(shape.sizes[0])
    try file.requireShape(mean, self.size)
    try file.requireShape(variance, self.size)
    if factor.isPresent {
      try file.requireShape(factor, self.size)
      try file.requireShape(shift, self.size)
    }
    let count = file.findTensor(.batchCount, module)
    if count.isPresent { file.markUsed(count) }
    epsilon = 0.00001
    guard let entry = file.argument("eps", ofModule: module) else { return }
    guard let value = Text(entry.value)?.decimal, value >= 0, value <= 1 else {
      throw file.explanation.failure(
        LEAT_E_MODEL, "metadata '\(entry.key)' is '\(entry.value)', expected a number of 0 to 1")
    }
    epsilon = value
  }

  /// The denormalizer of outputs of `size` elements.
  init(
    _ file: borrowing Safetensors, deviation: TensorIndex, mean: TensorIndex, size: Int
  ) throws(Failure) {
    factor = deviation
    shift = mean
    self.size = size
    try file.requireForEach(deviation, size)
    try file.requireForEach(mean, size)
  }
}
