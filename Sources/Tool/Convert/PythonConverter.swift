// SPDX-License-Identifier: MIT

import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Has Python read what has readers in Python: the files of PyTorch, and HDF5 of Keras.
///
/// The program that Python runs is part of the tool; it writes the tensors and metadata to a
/// safetensors file. It imports no modules from the working directory: they may have been downloaded
/// together with the model.
struct PythonConverter {
  /// The interpreter: a name to look for in PATH, or a path.
  let python: String

  /// The frameworks whose files Python reads.
  enum Framework: String {
    case pytorch, keras

    /// The program for Python: see Python/start.py.
    var program: String {
      let own =
        switch self {
        case .pytorch: [PackageResources.pytorch_file_py, PackageResources.torchscript_file_py]
        case .keras:
          [
            PackageResources.keras_file_py, PackageResources.keras_layer_py,
            PackageResources.keras_graph_py, PackageResources.keras_activations_py,
            PackageResources.keras_recurrent_py, PackageResources.keras_modules_py,
            PackageResources.keras_model_py,
          ]
        }
      let parts = [PackageResources.start_py] + own + [PackageResources.end_py]
      return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n\n")
    }
  }

  /// - Parameter options: of Python/start.py
  func convert(_ path: String, framework: Framework, options: [String]) throws -> Conversion {
    let folder = try TemporaryFolder(for: ["result", "log"])
    let (result, log) = (folder.path + "/result", folder.path + "/log")
    protectImports()
    let status: Int32
    do {
      status = try SystemProcess.run(
        [python, "-c", framework.program, path, result] + options, log: log)
    } catch SystemProcess.Failure.notStarted(let reason) {
      throw ToolError(
        .unavailable,
        "this needs Python: \(python): \(reason); install python3, or name it with --python")
    }
    guard status == 0 else {
      if let reason = try? InputFile.bytes(result), !reason.isEmpty,
        let status = ExitStatus(rawValue: status)
      {
        throw ToolError(
          status, "\(path): \(Text.printable(String(decoding: reason, as: UTF8.self)))")
      }
      let messages = String(decoding: (try? InputFile.bytes(log)) ?? [], as: UTF8.self)
        .split(separator: "\n").suffix(5).joined(separator: " | ")
      throw ToolError(
        .unavailable, "\(python) failed, status \(status): \(Text.printable(messages))")
    }
    return try conversion(SafetensorsFile(path: result), framework.rawValue)
  }

  private func conversion(_ file: SafetensorsFile, _ framework: String) throws -> Conversion {
    var result = Conversion()
    result.tensors = file.tensors
    let metadata = file.metadata ?? [:]
    let decoder = JSONDecoder()
    result.notes = try decoder.decode([String].self, from: Data((metadata["notes"] ?? "[]").utf8))
    result.parts = try decoder.decode(
      [Conversion.Part].self, from: Data((metadata["parts"] ?? "[]").utf8))
    // What Keras' layers say, and names don't: leat.MODULE.ARGUMENT.
    result.metadata = metadata.filter { $0.key.hasPrefix("leat.") }
    if let layers = metadata["leat.layers"] { result.set(layers: layers) }
    result.metadata["source.format"] = framework
    result.metadata["source.producer"] = metadata["producer"]
    result.metadata["source.producer_version"] = metadata["producer_version"]
    return result
  }

  /// Keeps Python from importing modules from the working directory.
  ///
  /// Python 3.11 and newer don't look there when PYTHONSAFEPATH is set; for older ones start.py
  /// removes it. Python also imports from the entries of PYTHONPATH before any program runs, and an
  /// empty or relative entry is in the working directory.
  private func protectImports() {
    SystemProcess.setEnvironment("PYTHONSAFEPATH", to: "1")
    guard let folders = SystemProcess.environment("PYTHONPATH") else { return }
    let absolute = folders.split(separator: ":").filter { $0.hasPrefix("/") }
    SystemProcess.setEnvironment("PYTHONPATH", to: absolute.joined(separator: ":"))
  }
}
