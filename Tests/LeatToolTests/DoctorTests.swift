// SPDX-License-Identifier: MIT

import Testing

@testable import LeatTool

private let table = """
  27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
  30 27 0:27 / /dev/shm rw - tmpfs tmpfs rw,size=64k
  31 27 8:17 / /var/lib rw,noatime shared:2 master:3 - xfs /dev/sdb1 rw,nobarrier
  32 31 0:40 /data /var/lib/my\\040pumps rw - nfs4 server:/data rw,vers=4.2
  33 27 8:33 / /srv rw - ext4 /dev/sdc1 rw
  34 33 8:34 / /srv rw - ext4 /dev/sdc2 rw,barrier=0
  """

@Test(arguments: [
  ("/home/x/state.db", "/"), ("/dev/shm/state.db", "/dev/shm"), ("/dev/shmx/state.db", "/"),
  ("/var/lib/state.db", "/var/lib"), ("/var/library/state.db", "/"),
  ("/var/lib/my pumps/state.db", "/var/lib/my pumps"), ("/srv", "/srv"),
])
func aPathLiesOnTheLongestMountPoint(path: String, point: String) throws {
  #expect(try #require(Mount.holding(path, in: table)).point == point)
}

@Test func aMountCoversWhatWasMountedThereBefore() throws {
  #expect(try #require(Mount.holding("/srv/state.db", in: table)).device == "8:34")
}

@Test func linesThatArentMountsAreNone() {
  #expect(Mount.holding("/x", in: "") == nil)
  #expect(Mount(line: "27 1 254:0 / / rw,relatime - ext4") == nil)
  #expect(Mount(line: "27 1 254:0 / / rw,relatime shared:1 master:2 no:3 dash:4") == nil)
}

private func levels(of path: String) throws -> [Finding.Level] {
  FileSystemFindings.all(of: try #require(Mount.holding(path, in: table))).map(\.level)
}

@Test func fileSystemsAreJudgedByWhatTheyKeep() throws {
  #expect(try levels(of: "/state.db") == [.ok])
  #expect(try levels(of: "/dev/shm/state.db") == [.problem])
  #expect(try levels(of: "/var/lib/my pumps/state.db") == [.problem])
}

@Test func mountOptionsThatLoseFlushesAreProblems() throws {
  #expect(try levels(of: "/var/lib/state.db") == [.ok, .problem])
  #expect(try levels(of: "/srv/state.db") == [.ok, .problem])
}

@Test(
  arguments: [
    ("overlay", .warning), ("fuse.sshfs", .problem), ("cifs", .problem), ("9p", .problem),
    ("btrfs", .ok), ("zfs", .ok), ("newfs", .warning), ("squashfs", .warning),
  ] as [(String, Finding.Level)])
func eachTypeHasItsLevel(type: String, level: Finding.Level) throws {
  let mount = try #require(Mount(line: "1 0 0:1 / / rw - \(type) source rw"))
  #expect(FileSystemFindings.all(of: mount).map(\.level) == [level])
}

@Test(arguments: [
  (3_037_000, true), (3_044_005, true), (3_044_006, false), (3_045_000, true), (3_050_006, true),
  (3_050_007, false), (3_051_000, true), (3_051_002, true), (3_051_003, false), (3_053_000, false),
])
func theBugOfTheWALIsKnownByVersion(version: Int, isThere: Bool) {
  #expect(SQLiteFindings.bugs(of: version).contains { $0.topic == "WAL-reset bug" } == isThere)
}

@Test func theWithdrawnSQLiteIsNamed() {
  #expect(SQLiteFindings.bugs(of: 3_052_000).map(\.topic) == ["withdrawn"])
}
