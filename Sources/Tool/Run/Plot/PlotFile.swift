// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatPlot

/// Where a picture goes, and of which kind it is.
struct PlotFile {
  enum Theme: String, ExpressibleByArgument, CaseIterable { case auto, light, dark }

  private enum Kind: String, CaseIterable { case svg, png, html }

  private let place: NewFile
  private let kind: Kind
  private let theme: Theme

  /// - Throws: when the name's ending tells of no kind, or there is a file already
  init(path: String, theme: Theme, replaces: Bool, besides: [String]) throws {
    place = try NewFile(path: path, replaces: replaces, besides: besides)
    guard let kind = Kind.allCases.first(where: { path.hasSuffix(".\($0.rawValue)") }) else {
      throw ToolError(
        .usage, "--plot: found '\(path)', expected a name that ends in .svg, .png or .html")
    }
    (self.kind, self.theme) = (kind, theme)
    // Not after hours of stepping: whether it can be drawn at all.
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
    case .svg: try place.write(chart.svg(theme: theme).utf8)
    case .png: try place.write(chart.png(theme: theme))
    case .html: try place.write(chart.html().utf8)
    }
  }
}
