// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

// Tests/Swift/run.sh puts the repository's address here.
let package = Package(
  name: "consumer",
  dependencies: [.package(url: "LEAT_URL", from: "0.1.0", traits: [])],
  targets: [
    .executableTarget(name: "consumer", dependencies: [.product(name: "Leat", package: "leat")])
  ]
)
