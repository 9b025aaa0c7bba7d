// SPDX-License-Identifier: MIT

import Foundation

/// The Swift sources of the package: which folder each file is in, which names it declares for
/// others, and which it uses.
///
/// Names are found by their spelling, without a compiler: types and functions at the left margin that
/// aren't private. A name that two folders of one module declare tells nothing, and is left out.
struct SourceTree {
  struct File {
    /// Below Sources/, such as "Library/Core/Stream".
    let folder: String
    let name: String
    let imports: Set<String>
    let declared: Set<String>
    let used: Set<String>
  }

  let files: [File]

  init() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
    files =
      try paths
      .filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }
      .map { path in
        let text = try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
        return File(path: path, text)
      }
  }

  /// What the files of a folder import.
  ///
  /// - Parameter others: folders in it that are modules by themselves
  func imports(of folder: String, without others: [String]) -> Set<String> {
    let nested = others.filter { $0.hasPrefix(folder + "/") }
    return files.filter { file in
      let path = file.folder + "/"
      return path.hasPrefix(folder + "/") && !nested.contains { path.hasPrefix($0 + "/") }
    }
    .reduce(into: []) { $0.formUnion($1.imports) }
  }

  /// Which folders of a module use names of which others, with an example.
  func uses(in module: Module) -> [String: [String: String]] {
    let nested = Module.all.filter { $0.folder.hasPrefix(module.folder + "/") }
    let files = files.compactMap { file in
      module.holds(file.folder) && !nested.contains { $0.holds(file.folder) }
        ? module.folder(of: file.folder).map { ($0, file) } : nil
    }
    var places: [String: Set<String>] = [:]
    for (folder, file) in files {
      for name in file.declared { places[name, default: []].insert(folder) }
    }
    var uses: [String: [String: String]] = [:]
    for (folder, file) in files {
      for name in file.used.sorted() {
        guard let found = places[name], found.count == 1, let place = found.first, place != folder
        else { continue }
        uses[folder, default: [:]][place] = "\(name) in \(file.name)"
      }
    }
    return uses
  }
}

extension SourceTree.File {
  init(path: String, _ text: String) {
    folder = (path as NSString).deletingLastPathComponent
    name = (path as NSString).lastPathComponent
    // Without comments, and without the words of simple strings.
    let code = text.replacing(/\/\/.*/, with: "").replacing(/"[^"\\\n]*"/, with: "\"\"")
    let importing = #/^\x20*(?:@\w+\x20|(?:internal|public)\x20)*import\x20(\w+)/#
    imports = Set(
      code.matches(of: importing.anchorsMatchLineEndings()).map { String($0.1) })
    let declaration =
      #/
      ^(?:(?:public|package|internal|final|indirect|@\w+(?:\([^)]*\))?)\x20)*
      (?:struct|enum|class|protocol|typealias|func|let|var)\x20(\w+)
      /#
    declared = Set(
      code.matches(of: declaration.anchorsMatchLineEndings()).map { String($0.1) }
        // Such functions are called through their C declarations.
        .filter { !$0.hasPrefix("leat") })
    // Members are left out: many types have those of one name.
    used = Set(
      code.matches(of: /\.?\b[A-Za-z_]\w*/).map { String($0.0) }.filter { !$0.hasPrefix(".") })
  }
}
