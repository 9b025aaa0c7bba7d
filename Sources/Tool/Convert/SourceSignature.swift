// SPDX-License-Identifier: MIT

/// Recognizes files by their first bytes: a file may have a wrong name, and a download may be
/// something else than the model.
enum SourceSignature {
  /// The format that the first bytes show; nil if they don't.
  ///
  /// - Throws: for a kind of file that no model of Leat's sources is in
  static func format(of path: String) throws -> SourceFormat? {
    if FileStatus(of: path)?.kind == .folder {
      guard FileStatus(of: path + "/saved_model.pb") != nil else { return nil }
      throw ToolError(.data, "\(path): \(savedModel(path))")
    }
    let head = try InputFile.head(path, count: 512)
    if let kind = foreignKind(head, path) { throw ToolError(.data, "\(path): \(kind)") }
    if head.count > 8, head[8] == UInt8(ascii: "{"), head[4..<8].allSatisfy({ $0 == 0 }) {
      return .safetensors
    }
    if head.starts(with: [0x89] + Array("HDF".utf8)) { return .keras }
    // A pickle of protocol 2 to 5, as torch.save() wrote it before version 1.6.
    if head.count > 2, head[0] == 0x80, (2...5).contains(head[1]) { return .pytorch }
    return try zipFormat(head, path)
  }

  private static func savedModel(_ folder: String) -> String {
    "is a SavedModel of TensorFlow: save the model in Keras as .keras, or convert it to ONNX: "
      + "python3 -m tf2onnx.convert --saved-model \(folder) --output model.onnx"
  }

  private static func foreignKind(_ head: [UInt8], _ path: String) -> String? {
    if head.starts(with: "version https://git-lfs.".utf8) {
      return "is a pointer of Git LFS, which stands for the file: `git lfs pull` fetches it"
    }
    let text = String(decoding: head, as: UTF8.self).lowercased()
      .drop { $0 == "\u{feff}" || $0.isWhitespace }
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
      return "is a web page (HTML) in the place of a model: download the file itself"
    }
    if head.starts(with: [0x1f, 0x8b]) {
      return "is compressed by gzip: unpack it with `gzip -d`, or with `tar -xzf` if it is a tar"
    }
    if head.count >= 8, head[4..<8].elementsEqual("TFL3".utf8) {
      return "is a model of TensorFlow Lite: convert the .keras, .h5 or .onnx that it was made from"
    }
    if path.split(separator: "/").last == "saved_model.pb" {
      return savedModel(path.contains("/") ? String(path.dropLast("/saved_model.pb".count)) : ".")
    }
    if head.starts(with: "PK\u{5}\u{6}".utf8) { return "is an empty zip archive" }
    return nil
  }

  /// By the name of a zip archive's first entry; nil where only the other entries tell.
  private static func zipFormat(_ head: [UInt8], _ path: String) throws -> SourceFormat? {
    guard head.starts(with: "PK\u{3}\u{4}".utf8), head.count > 30 else { return nil }
    let end = 30 + Int(head[26]) + 256 * Int(head[27])
    guard end <= head.count else { return nil }
    let first = String(decoding: head[30..<end], as: UTF8.self)
    if first.hasSuffix("/data.pkl") { return .pytorch }
    if ["metadata.json", "config.json", "model.weights.h5"].contains(first) { return .keras }
    // Python reads the other entries of these.
    let name = path.lowercased()
    if [".pt", ".pth", ".ckpt", ".keras"].contains(where: name.hasSuffix) { return nil }
    throw ToolError(
      .data,
      "\(path): is a zip archive, of which the first file is '\(Text.printable(first))', and not a "
        + "model: if a model is in it, unpack it first")
  }
}
