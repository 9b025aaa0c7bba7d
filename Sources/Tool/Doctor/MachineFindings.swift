// SPDX-License-Identifier: MIT

import CLeat

/// The library, and the processor it runs on.
enum MachineFindings {
  static var all: [Finding] { [version, processor, kernel] }

  private static var version: Finding {
    let version = leat_version()
    return Finding(
      .ok, "leat",
      "\(version / 10000).\(version / 100 % 100).\(version % 100), states of version "
        + "\(LEAT_STATE_VERSION)")
  }

  private static var processor: Finding {
    // Other systems and processors have no such line.
    let lines = (try? InputFile.bytes("/proc/cpuinfo")) ?? []
    let line = String(decoding: lines, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("model name")
    }
    let name = line?.split(separator: ":").last?.drop { $0 == " " }
    return Finding(.ok, "processor", name.map(String.init) ?? "of a kind that doesn't say its name")
  }

  /// The best is chosen: why there is no better one, the processor's instructions say.
  private static var kernel: Finding {
    let kernels = Model.kernels
    let best = kernels.first ?? "none"
    let reason =
      switch best {
      case "x86-64-v4": "the processor has AVX-512"
      case "x86-64-v3": "the processor has AVX2 and FMA, and no AVX-512"
      case "x86-64": "the processor has no AVX2 or no FMA"
      case "neon": "an arm64 processor"
      case "fma": "the processor has fused multiply-add"
      default: "the processor has no fused multiply-add"
      }
    let others = kernels.dropFirst().joined(separator: ", ")
    let text = "\(best): \(reason)" + (others.isEmpty ? "" : "; it could run \(others), too")
    let isSlow = best == "portable" || best == "x86-64"
    return Finding(
      isSlow ? .warning : .ok, "kernel", text + (isSlow ? ": the same bits, far slower" : ""))
  }
}
