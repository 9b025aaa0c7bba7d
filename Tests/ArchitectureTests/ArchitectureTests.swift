// SPDX-License-Identifier: MIT

import Testing

/// Documentation/Design.md shows the parts and says why they are so. This holds them so.
@Suite struct ArchitectureTests {
  private let tree: SourceTree

  init() throws { tree = try SourceTree() }

  /// What each module imports, of the package's own.
  private static let modules: KeyValuePairs<String, [String]> = [
    "Library/Support": ["CLeat"],
  ]

  @Test("modules import what Design.md says, and nothing else")
  func modules() {
    let own = { (name: String) in name.hasPrefix("Leat") || name.hasPrefix("C") && name.dropFirst().first?.isUppercase == true }
    for (folder, allowed) in ArchitectureTests.modules {
      let nested = ArchitectureTests.modules.map(\.key).filter { $0.hasPrefix(folder + "/") }
      let imports = tree.files
        .filter { file in
          (file.folder + "/").hasPrefix(folder + "/")
            && !nested.contains { (file.folder + "/").hasPrefix($0 + "/") }
        }
        .reduce(into: Set<String>()) { $0.formUnion($1.imports.filter(own)) }
      #expect(imports.sorted() == allowed.sorted(), "\(folder)")
    }
  }

  @Test("folders of a module use those that are listed before them, and no others", arguments: folders)
  func folders(_ module: [Folder]) {
    let found = tree.uses(among: module.map(\.name))
    var before: Set<String> = []
    for folder in module {
      let uses = found[folder.name] ?? [:]
      for (other, example) in uses where !folder.uses.contains(other) {
        Issue.record("\(folder.name) uses \(other): \(example)")
      }
      for other in folder.uses where uses[other] == nil {
        Issue.record("\(folder.name) doesn't use \(other), as the list says")
      }
      for other in folder.uses where !before.contains(other) {
        Issue.record("\(folder.name) uses \(other), which isn't listed before it")
      }
      before.insert(folder.name)
    }
  }
}
