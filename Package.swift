// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
//
// One source, two builds. `swift build` and `swift test` are full Swift: the tool and the tests.
// `swift build --traits Embedded --scratch-path .build-embedded` compiles what ships, as Embedded
// Swift that cannot allocate. The Makefile does both and makes the C libraries.

import PackageDescription

let embedded = BuildSettingCondition.when(traits: ["Embedded"])

/// What Scripts/targets.sh says of a target; nothing of this machine.
func said(_ variable: String) -> String? { Context.environment["LEAT_\(variable)"] }

/// A C compiler's flags, for what Swift imports of C: they choose the instructions of Swift's code.
func flags(_ words: String) -> [String] {
  words.split(separator: " ").flatMap { ["-Xcc", String($0)] }
}

let machine = flags(said("MACHINE") ?? "")
let noAllocations = said("ALLOCATIONS") == "unchecked" ? [] : ["-no-allocations"]

#if arch(x86_64)
  let kernelsHere = "x86-64"
#elseif arch(arm64)
  let kernelsHere = "arm64"
#else
  let kernelsHere = ""
#endif

// What LeatKernelFMA, LeatKernelDot and LeatKernelAVX512 are compiled to. Each is entered only where
// the processor has such instructions.
let (fmaInstructions, dotInstructions, avx512Instructions) =
  switch said("KERNELS") ?? kernelsHere {
  // AVX2 and FMA; AVX-VNNI; and AVX-512 with its VNNI, where only our own vectors have 512 bits.
  case "x86-64":
    (
      "-march=haswell", "-march=haswell -mavxvnni",
      "-march=x86-64-v4 -mavx512vnni -mprefer-vector-width=256"
    )
  case "arm64": ("", "-march=armv8-a+dotprod", "")
  // Not NEON: it flushes subnormal numbers.
  case "arm": ("-mfpu=vfpv4-d16", "", "")
  // Every processor of this kind has the instruction, or none.
  default: ("", "", "")
  }

let shipped: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableExperimentalFeature("Embedded", embedded),
  .unsafeFlags(["-wmo", "-Xfrontend", "-function-sections"] + noAllocations + machine, embedded),
]

// All but the kernels: errors and checks are most of the code, and none of it is hot. A debug build
// optimises it too, because a program that steps is debugged with its library at full speed; its
// assertions stay.
let small: [SwiftSetting] = [
  .unsafeFlags(["-Osize"], embedded),
  .unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug)),
]

// The kernels are always optimised: unoptimised SIMD is a hundred times slower, and the tests
// step a lot.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]

/// On x86-64, loops whose length is known only at run time stay as they are written: an unrolled loop
/// counts its turns first, and most have few. A step of a small model takes 2 to 8 % less time, one of
/// 64 units or more up to 3 % more with AVX2, and the code is smaller.
let rolled =
  (said("KERNELS") ?? kernelsHere) == "x86-64" ? ["-Xllvm", "-unroll-runtime=false"] : []
let kernels: [SwiftSetting] = optimised + [.unsafeFlags(rolled)]

/// A part of what ships.
func library(
  _ name: String, _ folder: String, _ dependencies: [Target.Dependency],
  exclude: [String] = [], _ settings: [SwiftSetting]
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/Library/\(folder)", exclude: exclude,
    swiftSettings: shipped + settings)
}

let libraryTargets: [Target] = [
  // C interfaces, as Swift sees them.
  .systemLibrary(name: "CLeat", path: "Include"),
  .systemLibrary(
    name: "CSQLite", path: "Sources/Library/CSQLite",
    pkgConfig: said("TARGET") == nil ? "sqlite3" : nil),
  .systemLibrary(name: "CShims", path: "Sources/Library/CShims"),

  // The core: no allocation, no operating system.
  library("LeatSupport", "Support", ["CLeat", "CShims"], small),
  library(
    "LeatKernel", "Kernel", ["CLeat", "CShims", "LeatSupport"], exclude: ["Builds"], kernels),
  library(
    "LeatKernelSoftware", "Kernel/Builds/Software", ["CLeat", "CShims", "LeatKernel"], kernels),
  library(
    "LeatKernelFMA", "Kernel/Builds/FMA", ["CLeat", "CShims", "LeatKernel"],
    kernels + [.unsafeFlags(flags(fmaInstructions))]),
  library(
    "LeatKernelDot", "Kernel/Builds/Dot", ["CLeat", "CShims", "LeatKernel"],
    kernels + [.unsafeFlags(flags(dotInstructions))]),
  library(
    "LeatKernelAVX512", "Kernel/Builds/AVX512", ["CLeat", "CShims", "LeatKernel"],
    kernels + [.unsafeFlags(flags(avx512Instructions))]),
  library(
    "LeatCore", "Core",
    [
      "CLeat", "CShims", "LeatSupport", "LeatKernel", "LeatKernelSoftware", "LeatKernelFMA",
      "LeatKernelDot", "LeatKernelAVX512",
    ], small),

  // Around it: files, and the store.
  library("LeatHosted", "Hosted", ["CLeat", "CShims", "LeatSupport", "LeatCore"], small),
  library("LeatStore", "Store", ["CLeat", "CShims", "CSQLite", "LeatSupport"], small),
]

// The Swift API, over the C interface.
let swiftTargets: [Target] = [
  .target(
    name: "Leat", dependencies: ["CLeat", "CShims", "LeatCore", "LeatHosted", "LeatStore"],
    path: "Sources/Swift", swiftSettings: [.strictMemorySafety()] + optimised),
  .testTarget(name: "LeatTests", dependencies: ["Leat"], path: "Tests/LeatTests"),
  .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests"),
]

/// A product of another package. It is fetched for the tool alone: not to build the libraries, nor
/// for a package that uses the Swift API with `traits: []`.
func tool(_ product: String, _ package: String) -> Target.Dependency {
  .product(name: product, package: package, condition: .when(traits: ["Tool"]))
}

// The tool's parts: all may use LeatNotation, and otherwise each knows nothing of the others.
let toolTargets: [Target] = [
  .target(
    name: "LeatNotation", path: "Sources/Tool/Notation", swiftSettings: [.strictMemorySafety()]),
  .target(
    name: "LeatModelFiles",
    dependencies: [tool("SwiftProtobuf", "swift-protobuf")],
    path: "Sources/Tool/ModelFiles", exclude: ["ONNX/Protobuf/onnx.proto"],
    swiftSettings: [.strictMemorySafety()]),
  .target(
    name: "LeatSamples", dependencies: ["LeatNotation", "LeatSupport"],
    path: "Sources/Tool/Samples",
    swiftSettings: [.strictMemorySafety(), .unsafeFlags(["-O"])]),
  .target(
    name: "LeatPlot", dependencies: ["LeatNotation"], path: "Sources/Tool/Plot",
    resources: [
      "data.js", "drawing.js", "elements.js", "input.js", "page.css", "pointing.js", "ticks.js",
      "view.js",
    ].map { .embedInCode("Resources/\($0)") },
    swiftSettings: [.strictMemorySafety()]),
  .executableTarget(
    name: "LeatTool",
    dependencies: [
      "CSQLite", "Leat", "LeatModelFiles", "LeatSamples", "LeatPlot", "LeatNotation",
      tool("ArgumentParser", "swift-argument-parser"),
    ],
    path: "Sources/Tool", exclude: ["ModelFiles", "Samples", "Plot", "Notation"],
    resources: [
      "start.py", "pytorch_file.py", "torchscript_file.py", "keras_file.py", "keras_layer.py",
      "keras_graph.py", "keras_activations.py", "keras_recurrent.py", "keras_modules.py",
      "keras_model.py", "end.py",
    ].map { .embedInCode("Convert/Python/\($0)") },
    swiftSettings: [.strictMemorySafety()]),
  .testTarget(
    name: "LeatCoreTests",
    dependencies: ["CLeat", "CShims", "LeatCore", "LeatHosted", "LeatSupport", "LeatKernel"],
    path: "Tests/LeatCoreTests"),
  .testTarget(
    name: "LeatToolTests",
    dependencies: [
      "Leat", "LeatTool", "LeatModelFiles", "LeatSamples", "LeatPlot", "LeatNotation",
    ],
    path: "Tests/LeatToolTests"),
]

let package = Package(
  name: "leat",
  // InlineArray needs it. Nothing was tried there yet: see Documentation/Design.md.
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Leat", targets: ["Leat"]),
    .executable(name: "leat", targets: ["LeatTool"]),
    .library(name: "LeatArchive", type: .static, targets: ["LeatCore", "LeatHosted"]),
    .library(name: "LeatCoreArchive", type: .static, targets: ["LeatCore"]),
    .library(name: "LeatStoreArchive", type: .static, targets: ["LeatStore"]),
  ],
  traits: [
    .default(enabledTraits: ["Tool"]),
    .trait(name: "Tool", description: "The command leat, which needs two packages."),
    .trait(name: "Embedded", description: "Compile what ships, as Embedded Swift."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
  ],
  targets: libraryTargets + swiftTargets + toolTargets,
  swiftLanguageModes: [.v6]
)
