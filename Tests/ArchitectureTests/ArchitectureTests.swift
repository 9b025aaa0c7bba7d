// SPDX-License-Identifier: MIT

import Testing

/// Documentation/Design.md shows the parts and gives the reasons. These tests hold the sources to it.
@Suite struct ArchitectureTests {
  private let tree: SourceTree

  init() throws { tree = try SourceTree() }

  @Test("a module imports what is listed, and nothing else", arguments: Module.all)
  func imports(_ module: Module) {
    // The list leaves Swift's own modules out.
    let imports = tree.imports(of: module.folder, without: Module.all.map(\.folder))
      .subtracting(["Darwin", "Foundation", "FoundationEssentials", "Glibc", "Musl"])
    #expect(imports.sorted() == module.imports.sorted())
  }

  @Test("a folder uses what is listed, and only folders before it", arguments: Module.all)
  func folders(_ module: Module) {
    let uses = tree.uses(in: module)
    var before: Set<String> = []
    for folder in module.folders {
      let found = uses[folder.name] ?? [:]
      for (other, example) in found where !folder.uses.contains(other) {
        Issue.record("\(module.folder)/\(folder.name) uses \(other): \(example)")
      }
      for other in folder.uses where found[other] == nil {
        Issue.record("\(module.folder)/\(folder.name) doesn't use \(other)")
      }
      for other in folder.uses where !before.contains(other) {
        Issue.record("\(module.folder)/\(folder.name) uses \(other), which isn't before it")
      }
      before.insert(folder.name)
    }
  }

  @Test("every folder is listed")
  func complete() {
    for file in tree.files {
      let module = Module.all.filter { $0.holds(file.folder) }.max {
        $0.folder.count < $1.folder.count
      }
      #expect(module?.folder(of: file.folder) != nil, "\(file.folder)/\(file.name)")
    }
  }

  @Test("only System/ calls the operating system for the tool, and only SQLite/ calls SQLite")
  func calls() {
    let importing = { (module: String) in
      Set(tree.files.filter { $0.imports.contains(module) }.map(\.folder))
    }
    #expect(importing("CSQLite") == ["Library/Store/SQLite", "Tool/Doctor"])
    // Samples converts numbers with the C library, and Plot finds librsvg.
    #expect(
      importing("Glibc")
        == ["Tool/System", "Tool/Samples/Numbers", "Tool/Samples/CSV", "Tool/Plot"])
    #expect(
      importing("ArgumentParser").allSatisfy { $0 == "Tool" || $0.hasPrefix("Tool/Commands") })
    #expect(importing("CLeat").allSatisfy { !$0.hasPrefix("Tool") })
  }
}
