// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatBytes
import LeatKernel

@_cdecl("leat_kernel_name") @implementation
public func leat_kernel_name(_ model: OpaquePointer!) -> UnsafePointer<CChar>! {
  guard let image = unsafe modelImage(model) else { return nil }
  return unsafe image.header.pointee.kernel.name
}

@_cdecl("leat_kernel_available") @implementation
public func leat_kernel_available(_ index: UInt32) -> UnsafePointer<CChar>! {
  guard let kernel = KernelChoice.available(Int(clamping: index)) else { return nil }
  return unsafe kernel.name
}

@_cdecl("leat_model_set_kernel") @implementation
public func leat_model_set_kernel(
  _ model: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe answering(error) { () throws(Failure) -> Int32 in
    let image = unsafe try openModel(model)
    guard let name = unsafe name else { throw Failure(LEAT_E_ARGUMENT, "name is NULL") }
    var index = 0
    while let kernel = KernelChoice.available(index) {
      if unsafe equal(kernel.name, name) {
        // Safe: a model's block was writable when it was made, and nobody else uses it now.
        unsafe UnsafeMutablePointer(mutating: image.header).pointee.kernel = kernel
        return LEAT_OK
      }
      index += 1
    }
    throw Failure(
      LEAT_E_ARGUMENT, "name: expected one that leat_kernel_available() gives on this processor")
  }
}

extension KernelChoice {
  /// The kernels that this processor can run, best first.
  static func available(_ index: Int) -> KernelChoice? {
    var rest = index
    let kernels: InlineArray<3, KernelChoice> = [.wide, .fused, .exact]
    for place in kernels.indices where kernels[place].canRun {
      if rest == 0 { return kernels[place] }
      rest -= 1
    }
    return nil
  }

  private var canRun: Bool {
    switch self {
    case .wide: leat_processor_has_wide_kernel() != 0
    case .fused: leat_processor_has_fused_kernel() != 0
    case .exact: leat_processor_may_lack_fused_kernel() != 0
    }
  }

  var name: UnsafePointer<CChar> {
    #if arch(x86_64)
      let names: (wide: StaticString, fused: StaticString, exact: StaticString) =
        ("x86-64-v4", "x86-64-v3", "x86-64")
    #elseif arch(arm64)
      let names: (wide: StaticString, fused: StaticString, exact: StaticString) =
        ("", "neon", "portable")
    #else
      let names: (wide: StaticString, fused: StaticString, exact: StaticString) =
        ("", "fma", "portable")
    #endif
    let name =
      switch self {
      case .wide: names.wide
      case .fused: names.fused
      case .exact: names.exact
      }
    return unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

/// Whether two strings that end with NUL are the same.
private func equal(_ a: UnsafePointer<CChar>, _ b: UnsafePointer<CChar>) -> Bool {
  var index = 0
  while unsafe a[index] == b[index] {
    if unsafe a[index] == 0 { return true }
    index += 1
  }
  return false
}
