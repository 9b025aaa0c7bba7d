// SPDX-License-Identifier: MIT

import LeatPlot

/// The file that a picture is written to, and its format.
struct PlotFile {
  enum Theme: String, CaseIterable { case auto, light, dark }

  private enum Kind: String, CaseIterable { case svg, png, html }

  private let file: NewFile
  private let kind: Kind
  private let theme: Theme

  /// - Throws: when the name's suffix is none of a picture, or the file exists already
  init(path: String, theme: Theme, replaces: Bool, besides: [String]) throws {
    file = try NewFile(path: path, replaces: replaces, besides: besides)
    guard let kind = Kind.allCases.first(where: { path.hasSuffix(".\($0.rawValue)") }) else {
      throw ToolError(
        .usage, "--plot: found '\(path)', expected a name that ends in .svg, .png or .html")
    }
    (self.kind, self.theme) = (kind, theme)
    // PNG needs a library. If it is missing, the run ends now, not after hours of stepping.
    if kind == .png { _ = try Chart("", axis: .samples, panels: []).png() }
  }

  func write(_ chart: Chart) throws {
    let theme: LeatPlot.Theme =
      switch theme {
      case .auto: .auto
      case .light: .light
      case .dark: .dark
      }
    switch kind {
    case .svg: try file.write(chart.svg(theme: theme).utf8)
    case .png: try file.write(chart.png(theme: theme))
    case .html: try file.write(chart.html().utf8)
    }
  }
}
