// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import LeatTool

/// A folder with a file, a folder and links, for as long as this lives.
private final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "leat-\(UUID().uuidString)"
    let files = FileManager.default
    try files.createDirectory(atPath: path + "/inner", withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/there"))
    try files.linkItem(atPath: path + "/there", toPath: path + "/hard")
    for (link, target) in [
      ("soft", "there"), ("loop", "loop"), ("dangling", "new"), ("chain", "inner/../dangling"),
      ("absolute", path + "/new"), ("folder", "."),
    ] {
      try files.createSymbolicLink(atPath: "\(path)/\(link)", withDestinationPath: target)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Test(
  arguments: [
    ("there", "there"), ("there", "./there"), ("there", "inner/../there"), ("there", "hard"),
    ("there", "soft"), ("soft", "hard"), ("there", "folder/soft"),
    // What is not there yet.
    ("new", "new"), ("new", ".//new"), ("new", "inner/../new"), ("new", "dangling"),
    ("new", "chain"), ("new", "absolute"), ("absolute", "folder/dangling"),
  ])
func aFileIsTheSameHoweverItIsSpelt(name: String, other: String) throws {
  let folder = try Folder()
  #expect(FileIdentity.isSame("\(folder.path)/\(name)", "\(folder.path)/\(other)"))
  #expect(FileIdentity.isSame("\(folder.path)/\(other)", "\(folder.path)/\(name)"))
}

@Test(
  arguments: [
    ("there", "new"), ("new", "inner/new"), ("new", "New"), ("loop", "new"), ("inner", "inner"),
    // Two spellings of é are two names.
    ("\u{e9}", "e\u{301}"), ("nowhere/x", "nowhere/x"),
  ])
func andOthersAreNot(name: String, other: String) throws {
  let folder = try Folder()
  #expect(!FileIdentity.isSame("\(folder.path)/\(name)", "\(folder.path)/\(other)"))
}

@Test func pathsFromHere() throws {
  let here = FileManager.default.currentDirectoryPath
  #expect(FileIdentity.isSame("not-there", "\(here)/not-there"))
  #expect(FileIdentity.isSame("/not-there", "//not-there"))
  // Devices may be used twice.
  #expect(!FileIdentity.isSame("/dev/null", "/dev/null"))
}

@Test func theFilesOfAStoreThatIsALink() throws {
  let folder = try Folder()
  let files = StoreFiles(of: folder.path + "/soft").paths
  #expect(files.contains { FileIdentity.isSame($0, folder.path + "/there-wal") })
  #expect(files.contains { FileIdentity.isSame($0, folder.path + "/inner/../soft-lock.new") })
  // One that is to be made where a link leads.
  let new = StoreFiles(of: folder.path + "/dangling").paths
  #expect(new.contains { FileIdentity.isSame($0, folder.path + "/new-wal") })
}
