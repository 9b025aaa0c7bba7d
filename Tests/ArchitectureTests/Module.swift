// SPDX-License-Identifier: MIT

import Testing

/// A module of the package, and the folders in it in an order in which each uses only those before
/// it.
struct Module: Sendable, CustomTestStringConvertible {
  struct Folder: Sendable {
    /// Below the module's folder; "." for its own files.
    let name: String
    /// Other folders of the module whose names it uses.
    let uses: Set<String>

    init(_ name: String, uses: Set<String> = []) { (self.name, self.uses) = (name, uses) }
  }

  /// Below Sources/.
  let folder: String
  let imports: Set<String>
  let folders: [Folder]

  init(_ folder: String, imports: Set<String>, _ folders: [Folder] = [Folder(".")]) {
    (self.folder, self.imports, self.folders) = (folder, imports, folders)
  }

  var testDescription: String { folder }

  func holds(_ path: String) -> Bool { path == folder || path.hasPrefix(folder + "/") }

  /// The name of the folder that a path of the module is in.
  func folder(of path: String) -> String? {
    folders.map(\.name).filter { name in
      name == "." ? path == folder : (path + "/").hasPrefix("\(folder)/\(name)/")
    }
    // A folder may hold others.
    .max { $0.count < $1.count }
  }

  static let all = [
    Module("Library/Support", imports: ["CLeat", "CProcessor", "CSHA256", "CUnaligned"]),
    Module(
      "Library/Kernel", imports: ["CLeat", "CVectors", "LeatSupport"],
      [
        Folder("Lanes"),
        Folder("Blocks", uses: ["Lanes"]),
        Folder(".", uses: ["Blocks", "Lanes"]),
        Folder("Layers/Activation", uses: ["Blocks", "Lanes"]),
        Folder("Layers/Sum", uses: ["Blocks", "Lanes", "Layers/Activation"]),
        Folder("Layers/Scale", uses: ["Blocks", "Lanes", "Layers/Activation"]),
        Folder("Layers/Recurrent", uses: ["Blocks", "Lanes"]),
        Folder("Layers/Linear", uses: ["Blocks", "Lanes", "Layers/Activation"]),
        Folder("Layers/RNN", uses: ["Blocks", "Lanes", "Layers/Recurrent"]),
        Folder("Layers/GRU", uses: ["Blocks", "Lanes", "Layers/Recurrent"]),
        Folder("Layers/LSTM", uses: ["Blocks", "Lanes", "Layers/Linear", "Layers/Recurrent"]),
        Folder(
          "Layers/General",
          uses: ["Blocks", "Lanes", "Layers/Activation", "Layers/Linear", "Layers/Recurrent"]),
      ]),
    Module("Library/Kernel/Builds/Software", imports: ["CLeat", "LeatKernel"]),
    Module("Library/Kernel/Builds/FMA", imports: ["CLeat", "LeatKernel"]),
    Module("Library/Kernel/Builds/Dot", imports: ["CLeat", "LeatKernel"]),
    Module("Library/Kernel/Builds/AVX512", imports: ["CLeat", "LeatKernel"]),
    Module(
      "Library/Core", imports: ["CInternal", "CLeat", "CProcessor", "LeatKernel", "LeatSupport"],
      [
        Folder("Stream"),
        Folder("Window", uses: ["Stream"]),
        Folder("Workspace"),
        Folder("Safetensors", uses: ["Workspace"]),
        Folder("Blocks", uses: ["Safetensors", "Workspace"]),
        Folder("Layers", uses: ["Blocks", "Safetensors", "Workspace"]),
        Folder("Model", uses: ["Blocks", "Layers", "Safetensors", "Stream", "Workspace"]),
        Folder("C", uses: ["Blocks", "Layers", "Model", "Stream", "Window"]),
      ]),
    Module(
      "Library/Hosted",
      imports: ["CHosted", "CInternal", "CLeat", "CLinux", "CProcessor", "LeatSupport"]),
    Module(
      "Library/Store",
      imports: [
        "CForks", "CHosted", "CLeat", "CLeatStore", "CSQLite", "CStoreFiles", "CThreads",
        "LeatSupport",
      ],
      [
        Folder("Files"),
        Folder("Streams"),
        Folder("SQLite", uses: ["Files"]),
        Folder("Memory", uses: ["SQLite"]),
        Folder("Tables", uses: ["SQLite", "Streams"]),
        Folder("Ownership", uses: ["Files", "SQLite", "Tables"]),
        Folder(".", uses: ["Files", "Ownership", "SQLite", "Streams", "Tables"]),
        Folder("Checkpoints", uses: [".", "SQLite", "Streams", "Tables"]),
        Folder("Opening", uses: [".", "Files", "Ownership", "SQLite", "Tables"]),
        Folder("Autosave", uses: [".", "Checkpoints", "Files", "SQLite", "Streams"]),
        Folder("Operations", uses: [".", "Files", "Opening", "SQLite", "Streams", "Tables"]),
        Folder(
          "C",
          uses: [
            ".", "Autosave", "Checkpoints", "Files", "Memory", "Operations", "Streams", "Tables",
          ]),
      ]),
    Module(
      "Swift", imports: ["CLeat", "CLeatStore", "CStoreFiles"],
      [
        Folder("Support"),
        Folder("Model", uses: ["Support"]),
        Folder("Stream", uses: ["Model", "Support"]),
        Folder("Store", uses: ["Model", "Stream", "Support"]),
      ]),
    Module("Tool/Notation", imports: []),
    Module("Tool/Plot", imports: ["LeatNotation"]),
    Module(
      "Tool/Samples", imports: ["LeatNotation", "LeatSupport"],
      [
        Folder("Buffers"),
        Folder("Keys"),
        Folder("Numbers"),
        Folder(".", uses: ["Buffers", "Keys"]),
        Folder("Columns", uses: [".", "Numbers"]),
        Folder("Cursor", uses: [".", "Buffers"]),
        Folder("Raw", uses: [".", "Buffers", "Keys"]),
        Folder("CSV", uses: [".", "Buffers", "Columns", "Keys", "Numbers"]),
      ]),
    Module(
      "Tool/ModelFiles", imports: ["SwiftProtobuf"],
      [
        Folder("."),
        Folder("Safetensors", uses: ["."]),
        Folder("Network", uses: [".", "Safetensors"]),
        Folder("StateDict", uses: [".", "Network", "Safetensors"]),
        Folder("JSON", uses: [".", "Network", "Safetensors", "StateDict"]),
        Folder("ONNX/Values", uses: [".", "Network"]),
        Folder("ONNX/Protobuf", uses: [".", "ONNX/Values", "Safetensors"]),
        Folder("ONNX/Evaluation", uses: [".", "Network", "ONNX/Protobuf", "ONNX/Values"]),
        Folder("ONNX", uses: [".", "Network", "ONNX/Evaluation"]),
      ]),
    Module(
      "Tool",
      imports: [
        "ArgumentParser", "CSQLite", "Leat", "LeatModelFiles", "LeatNotation", "LeatPlot",
        "LeatSamples",
      ],
      [
        Folder("Errors"),
        Folder("System", uses: ["Errors"]),
        Folder("Terminal", uses: ["System"]),
        Folder("Bench", uses: ["System", "Terminal"]),
        Folder("Files", uses: ["Errors", "System", "Terminal"]),
        Folder("Doctor", uses: ["Errors", "Files", "System", "Terminal"]),
        Folder("Embed", uses: ["Errors", "Files", "Terminal"]),
        Folder("Info", uses: ["Files", "System", "Terminal"]),
        Folder("Input", uses: ["Errors", "Files", "System"]),
        Folder("Compare", uses: ["Errors", "Files", "Input", "System", "Terminal"]),
        Folder("Run", uses: ["Errors", "Files", "Input", "System", "Terminal"]),
        Folder("Watch", uses: ["Errors", "Files", "Info", "System", "Terminal"]),
        Folder("Convert", uses: ["Compare", "Errors", "Files", "System", "Terminal"]),
        Folder("Quantize", uses: ["Compare", "Errors", "Files", "Terminal"]),
        Folder("Windows", uses: ["Compare", "Errors", "Terminal"]),
        Folder(
          "Commands",
          uses: [
            "Bench", "Compare", "Convert", "Doctor", "Embed", "Errors", "Files", "Info", "Quantize",
            "Run", "System", "Terminal", "Watch", "Windows",
          ]),
        Folder(".", uses: ["Commands", "Errors", "System", "Terminal"]),
      ]),
  ]
}
