// SPDX-License-Identifier: MIT

import Leat

/// Checks the library and the processor.
enum MachineFindings {
  static var all: [Finding] { [version, processor, kernel] }

  private static var version: Finding {
    Finding(.ok, "leat", "\(Version.library), states of version \(Version.state)")
  }

  private static var processor: Finding {
    // Only Linux on x86 has this line.
    let lines = (try? InputFile.bytes("/proc/cpuinfo")) ?? []
    let line = String(decoding: lines, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("model name")
    }
    let name = line?.split(separator: ":").last?.drop { $0 == " " }
    return Finding(.ok, "processor", name.map(String.init) ?? "not known by name")
  }

  /// The best kernel that the processor can run, and why there is no better one.
  private static var kernel: Finding {
    let kernels = ModelStream.availableKernels
    let best = kernels.first ?? "none"
    let reason =
      switch best {
      case "x86-64-v4": "the processor has AVX-512 with VNNI"
      case "x86-64-v3-vnni": "the processor has AVX2, FMA and AVX-VNNI, and no AVX-512"
      case "x86-64-v3": "the processor has AVX2 and FMA, and no AVX-VNNI"
      case "x86-64": "the processor has no AVX2 or no FMA"
      case "neon-dotprod": "an arm64 processor with dot products of bytes"
      case "neon": "an arm64 processor without dot products of bytes"
      case "fma": "the processor has fused multiply-add"
      default: "the processor has no fused multiply-add"
      }
    let others = kernels.dropFirst().joined(separator: ", ")
    let text = "\(best): \(reason)" + (others.isEmpty ? "" : "; it can also run \(others)")
    let isSlow = best == "portable" || best == "x86-64"
    return Finding(
      isSlow ? .warning : .ok, "kernel", text + (isSlow ? ": the same bits, but far slower" : ""))
  }
}
