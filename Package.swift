// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
//
// One source, two builds. `swift build` and `swift test` are full Swift: the tool and the tests.
// `swift build --traits Embedded --scratch-path .build-embedded` compiles what ships, as Embedded
// Swift that cannot allocate. The Makefile does both and makes the C libraries.

import PackageDescription

let embedded = BuildSettingCondition.when(traits: ["Embedded"])

// Tests/Targets builds the core for other processors than this one, and says so in LEAT_TARGET.
let target = Context.environment["LEAT_TARGET"]

// On 32 bits the standard library's conversions of 64-bit integers drag in code that allocates,
// and that nothing calls: there, Tests/Targets looks at what the linked library needs.
let noAllocations = target?.hasPrefix("cortex-m") == true ? [] : ["-no-allocations"]

let shipped: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableExperimentalFeature("Embedded", embedded),
  .unsafeFlags(["-wmo", "-Xfrontend", "-function-sections"] + noAllocations, embedded),
]

// All but the kernels: errors and checks are most of the code, and none of it is hot.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], embedded)]

// The kernels are always optimised: unoptimised SIMD is a hundred times slower, and the tests
// step a lot.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]

#if arch(x86_64)
  // AVX2 and FMA; LeatKernelFused is entered only where the processor has both.
  let fusedInstructions: [SwiftSetting] =
    target == nil ? [.unsafeFlags(["-Xcc", "-march=haswell"])] : []
  // And AVX-512 with vectors of 256 bits, in LeatKernelWide.
  let wideInstructions: [SwiftSetting] =
    target == nil
    ? [.unsafeFlags(["-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=256"])] : []
#else
  let fusedInstructions: [SwiftSetting] = []
  let wideInstructions: [SwiftSetting] = []
#endif

// The libraries need no package; nothing is fetched to build them alone.
let isLibrariesOnly = Context.environment["LEAT_LIBRARIES_ONLY"] != nil

// The tool's parts: each knows nothing of the others.
let fullSwiftTargets: [Target] = [
  .target(
    name: "LeatModelFiles",
    dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
    exclude: ["ONNX/onnx.proto"],
    swiftSettings: [.strictMemorySafety()]),
  .target(name: "LeatSamples", swiftSettings: [.strictMemorySafety(), .unsafeFlags(["-O"])]),
  .target(
    name: "LeatPlot",
    resources: [
      "data.js", "drawing.js", "elements.js", "input.js", "page.css", "pointing.js", "ticks.js",
      "view.js",
    ].map { .embedInCode("Resources/\($0)") },
    swiftSettings: [.strictMemorySafety()]),
  .executableTarget(
    name: "LeatTool",
    dependencies: [
      "CLeat", "CSQLite", "Leat", "LeatHosted", "LeatStore", "LeatModelFiles", "LeatSamples",
      "LeatPlot",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    resources: [
      "start.py", "pytorch_file.py", "keras_configuration.py", "keras_model.py", "end.py",
    ].map { .embedInCode("Convert/Python/\($0)") },
    swiftSettings: [.strictMemorySafety()]),
  .testTarget(
    name: "LeatTests", dependencies: ["CLeat", "Leat", "LeatBytes", "LeatKernel"],
    path: "Tests/LeatTests"),
  .testTarget(
    name: "LeatToolTests",
    dependencies: ["LeatTool", "LeatModelFiles", "LeatSamples", "LeatPlot"],
    path: "Tests/LeatToolTests"),
]

let package = Package(
  name: "leat",
  products: [
    .library(name: "LeatArchive", type: .static, targets: ["Leat", "LeatHosted"]),
    .library(name: "LeatCoreArchive", type: .static, targets: ["Leat"]),
    .library(name: "LeatStoreArchive", type: .static, targets: ["LeatStore"]),
  ] + (isLibrariesOnly ? [] : [.executable(name: "leat", targets: ["LeatTool"])]),
  traits: [
    .trait(name: "Embedded", description: "Compile what ships, as Embedded Swift.")
  ],
  dependencies: isLibrariesOnly
    ? []
    : [
      .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
      .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
  targets: [
    // C interfaces, as Swift sees them.
    .systemLibrary(name: "CLeat", path: "Include"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
    .systemLibrary(name: "CShims"),

    // The core: no allocation, no operating system.
    .target(name: "LeatBytes", dependencies: ["CLeat"], swiftSettings: shipped + small),
    .target(
      name: "LeatKernel", dependencies: ["CLeat", "CShims"], swiftSettings: shipped + optimised),
    .target(
      name: "LeatKernelExact", dependencies: ["CLeat", "CShims", "LeatKernel"],
      swiftSettings: shipped + optimised),
    .target(
      name: "LeatKernelFused", dependencies: ["CLeat", "CShims", "LeatKernel"],
      swiftSettings: shipped + optimised + fusedInstructions),
    .target(
      name: "LeatKernelWide", dependencies: ["CLeat", "CShims", "LeatKernel"],
      swiftSettings: shipped + optimised + wideInstructions),
    .target(
      name: "Leat",
      dependencies: [
        "CLeat", "CShims", "LeatBytes", "LeatKernel", "LeatKernelExact", "LeatKernelFused",
        "LeatKernelWide",
      ],
      swiftSettings: shipped + small),

    // Around it: files, and the store.
    .target(
      name: "LeatHosted", dependencies: ["CLeat", "CShims", "LeatBytes", "Leat"],
      swiftSettings: shipped + small),
    .target(
      name: "LeatStore", dependencies: ["CLeat", "CShims", "CSQLite", "LeatBytes"],
      swiftSettings: shipped + small),

  ] + (isLibrariesOnly ? [] : fullSwiftTargets),
  swiftLanguageModes: [.v6]
)
