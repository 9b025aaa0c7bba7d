// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
//
// A package of somebody else's. Tests/Swift/run.sh copies it out of the tree, puts the address of a
// tagged repository for ADDRESS, and the README's program into Sources/pump.

import PackageDescription

let leat = Target.Dependency.product(name: "Leat", package: "leat")

let package = Package(
  name: "consumer",
  dependencies: [.package(url: "ADDRESS", from: "0.1.0", traits: [])],
  targets: [
    .executableTarget(name: "pump", dependencies: [leat]),
    .executableTarget(name: "allocations", dependencies: [leat]),
    .executableTarget(name: "steps", dependencies: [leat]),
  ]
)
