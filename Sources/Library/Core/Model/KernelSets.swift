// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatSupport
import LeatKernel

/// Which sets this processor can run. It is asked once: see `leat_processor_can`.
struct Processor {
  private let can = Int32(bitPattern: leat_processor_can())

  func canRun(_ set: UInt32) -> Bool {
    switch Int32(bitPattern: set) {
    case LEAT_SET_AVX512: can & Int32(LEAT_CAN_AVX512) != 0
    case LEAT_SET_DOT: can & Int32(LEAT_CAN_DOT) != 0
    case LEAT_SET_FMA: can & Int32(LEAT_CAN_FMA) != 0
    case LEAT_SET_SOFTWARE: true
    default: false
    }
  }
}

/// A list of kernel sets, best first: see leat_kernels.h.
@safe struct KernelSets: ~Copyable {
  private let list: UnsafePointer<leat_kernels>
  private let processor = Processor()

  init(_ list: UnsafePointer<leat_kernels>) { unsafe self.list = list }

  /// The sets that this processor can run, best first.
  func available(_ index: Int) -> UnsafePointer<leat_kernels>? {
    var rest = index
    var set = unsafe list
    while unsafe set.pointee.set != 0 {
      if unsafe processor.canRun(set.pointee.set) {
        if rest == 0 { return unsafe set }
        rest -= 1
      }
      unsafe set += 1
    }
    return nil
  }

  static func noneFits(_ explanation: Explanation) -> Failure {
    explanation.failure(
      LEAT_E_UNSUPPORTED, "kernels: expected a set of them that this processor can run")
  }

  private typealias Names = (dot: StaticString, fma: StaticString, software: StaticString)

  /// The name of a set on this processor.
  static func name(_ set: UInt32) -> UnsafePointer<CChar> {
    #if arch(x86_64)
      let avx512: StaticString = "x86-64-v4"
      let (dot, fma, software): Names = ("x86-64-v3-vnni", "x86-64-v3", "x86-64")
    #elseif arch(arm64)
      let avx512: StaticString = ""
      let (dot, fma, software): Names = ("neon-dotprod", "neon", "portable")
    #else
      let avx512: StaticString = ""
      let (dot, fma, software): Names = ("", "fma", "portable")
    #endif
    let name =
      switch Int32(bitPattern: set) {
      case LEAT_SET_AVX512: avx512
      case LEAT_SET_DOT: dot
      case LEAT_SET_FMA: fma
      default: software
      }
    return unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension UnsafePointer<leat_kernels> {
  /// Whether the set has the kernel of a layer: see `LayerPlan.kernel`.
  func hasLayer(at offset: Int) -> Bool {
    // Safe: the offset is that of a field.
    unsafe (UnsafeRawPointer(self) + offset).assumingMemoryBound(to: leat_kernel.self)
      .pointee.step != nil
  }

  func hasProjection(_ type: WeightType) -> Bool {
    switch type {
    case .float32: unsafe pointee.projection.f32 != nil
    case .float16: unsafe pointee.projection.f16 != nil
    case .bfloat16: unsafe pointee.projection.bf16 != nil
    case .int8: unsafe pointee.projection.i8 != nil
    }
  }

  func has(_ activation: Activation) -> Bool {
    switch activation {
    case .none: true
    case .relu: unsafe pointee.function.relu != nil
    case .sigmoid: unsafe pointee.function.sigmoid != nil
    case .tanh: unsafe pointee.function.tanh != nil
    case .softmax: unsafe pointee.function.softmax != nil
    case .leakyRelu: unsafe pointee.function.leaky_relu != nil
    case .elu: unsafe pointee.function.elu != nil
    case .gelu: unsafe pointee.function.gelu != nil
    case .geluTanh: unsafe pointee.function.gelu_tanh != nil
    case .silu: unsafe pointee.function.silu != nil
    case .softplus: unsafe pointee.function.softplus != nil
    case .softsign: unsafe pointee.function.softsign != nil
    case .hardSigmoid: unsafe pointee.function.hard_sigmoid != nil
    case .hardtanh: unsafe pointee.function.hardtanh != nil
    case .hardswish: unsafe pointee.function.hardswish != nil
    case .prelu: unsafe pointee.function.prelu != nil
    case .logSoftmax: unsafe pointee.function.log_softmax != nil
    }
  }
}
