// SPDX-License-Identifier: MIT

import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Has Python read what only Python can: the files of PyTorch and Keras. The program that it runs is
/// part of the tool. It imports nothing from the working directory, where a downloaded model may
/// have brought modules with it.
struct PythonConverter {
  /// The interpreter: a name that is looked for in PATH, or a path.
  let python: String

  /// What Python can read.
  enum Framework: String {
    case pytorch, keras

    /// Python's program: see Python/start.py.
    var program: String {
      let own =
        switch self {
        case .pytorch: [PackageResources.pytorch_file_py]
        case .keras: [PackageResources.keras_configuration_py, PackageResources.keras_model_py]
        }
      let parts = [PackageResources.start_py] + own + [PackageResources.end_py]
      return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n\n")
    }
  }

  /// - Parameter options: of Python/start.py
  func convert(_ path: String, framework: Framework, options: [String]) throws -> Conversion {
    let folder = try TemporaryFolder()
    let (result, log) = (folder.path + "/result", folder.path + "/log")
    keepOutWorkingDirectory()
    let status = try run([python, "-c", framework.program, path, result] + options, log: log)
    guard status == 0 else {
      if let reason = try? InputFile.bytes(result), !reason.isEmpty,
        let status = ExitStatus(rawValue: status)
      {
        throw ToolError(
          status, "\(path): \(Text.printable(String(decoding: reason, as: UTF8.self)))")
      }
      let said = String(decoding: (try? InputFile.bytes(log)) ?? [], as: UTF8.self)
      throw ToolError(
        .unavailable, "\(python) failed, status \(status): \(Text.printable(last(lines: 5, said)))")
    }
    return try conversion(SafetensorsFile(path: result), framework.rawValue)
  }

  private func last(lines: Int, _ text: String) -> String {
    text.split(separator: "\n").suffix(lines).joined(separator: " | ")
  }

  private func conversion(_ file: SafetensorsFile, _ framework: String) throws -> Conversion {
    var result = Conversion()
    result.tensors = file.tensors
    let metadata = file.metadata ?? [:]
    let decoder = JSONDecoder()
    result.notes = try decoder.decode([String].self, from: Data((metadata["notes"] ?? "[]").utf8))
    result.parts = try decoder.decode(
      [Conversion.Part].self, from: Data((metadata["parts"] ?? "[]").utf8))
    result.metadata["leat.layers"] = metadata["leat.layers"]
    result.metadata["source.format"] = framework
    result.metadata["source.producer"] = metadata["producer"]
    result.metadata["source.producer_version"] = metadata["producer_version"]
    return result
  }

  // MARK: - The process

  /// Python 3.11 and newer don't look for modules in the working directory when PYTHONSAFEPATH is
  /// set; for older ones start.py does it. An entry of PYTHONPATH that is empty or relative is the
  /// working directory, or in it, and Python imports from there before any program runs.
  private func keepOutWorkingDirectory() {
    unsafe setenv("PYTHONSAFEPATH", "1", 1)
    guard let folders = unsafe getenv("PYTHONPATH").map({ unsafe String(cString: $0) }) else {
      return
    }
    let absolute = folders.split(separator: ":").filter { $0.hasPrefix("/") }
    unsafe setenv("PYTHONPATH", absolute.joined(separator: ":"), 1)
  }

  /// - Returns: the exit status
  private func run(_ arguments: [String], log: String) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { word in unsafe free(word) } }
    var process = pid_t()
    let failure = unsafe posix_spawnp(&process, python, &actions, nil, &words, environ)
    guard failure == 0 else {
      throw ToolError(
        .unavailable,
        "this needs Python: \(python): \(unsafe String(cString: strerror(failure))); install "
          + "python3, or name it with --python")
    }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw ToolError(.system, "waitpid: \(Descriptor.lastError)") }
    }
    // As WIFEXITED and WEXITSTATUS have it.
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }
}

/// A folder for as long as this lives.
private final class TemporaryFolder {
  let path: String

  init() throws {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/leat.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw ToolError(.cantCreate, "\(parent): \(Descriptor.lastError)")
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in ["result", "log"] { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }
}
