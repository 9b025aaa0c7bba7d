// SPDX-License-Identifier: MIT

/// A name for a model that C and C++ allow, in lower and upper case. It is made of the file's name,
/// or given by the user.
struct CName {
  let lower: String
  let upper: String

  /// - Throws: when the given name isn't allowed in C
  init(_ given: String?, orOf path: String) throws {
    if let given {
      guard CName.isIdentifier(given) else {
        throw ToolError(
          .usage,
          "--name: found '\(Text.printable(given))', expected letters, digits and '_' of ASCII, a "
            + "letter first, no two '_' together, and no word of C or C++")
      }
      lower = given
    } else {
      lower = CName.identifier(of: FileIdentity.parts(of: path).name)
    }
    upper = lower.uppercased()
  }

  /// A file's name without its last suffix, with "_" for other characters.
  private static func identifier(of file: String) -> String {
    let stem = file.lastIndex(of: ".").map { $0 > file.startIndex ? file[..<$0] : file[...] }
    var name = ""
    for scalar in (stem ?? file[...]).unicodeScalars {
      let character = isLetter(scalar) || isDigit(scalar) ? Character(scalar) : "_"
      if character == "_" && (name.isEmpty || name.last == "_") { continue }
      name.append(character)
    }
    name = name.lowercased()
    while name.last == "_" { name.removeLast() }
    return isIdentifier(name) ? name : name.isEmpty ? "model" : "model_\(name)"
  }

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, isLetter(first) else { return false }
    // "__" is reserved in C++.
    return !name.contains("__") && !words.contains(name.lowercased())
      && name.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) || $0 == "_" }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    "a"..."z" ~= scalar || "A"..."Z" ~= scalar
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

  /// Words of C and C++: a name may contain them, but not be one.
  private static let words: Set<String> = [
    "alignas", "alignof", "and", "asm", "auto", "bool", "break", "case", "catch", "char", "class",
    "compl", "concept", "const", "constexpr", "continue", "decltype", "default", "delete", "do",
    "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend",
    "goto", "if", "inline", "int", "leat", "long", "mutable", "namespace", "new", "noexcept", "not",
    "nullptr", "operator", "or", "private", "protected", "public", "register", "requires",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "template",
    "this", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using",
    "virtual", "void", "volatile", "while", "xor",
  ]
}
