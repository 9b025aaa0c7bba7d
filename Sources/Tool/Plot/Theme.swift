// SPDX-License-Identifier: MIT

/// The colours in which a chart is drawn.
public enum Theme: String, Sendable, CaseIterable {
  /// Light or dark, as the reader's system prefers: one file has both.
  case auto
  case light
  case dark
}

/// The colours of one theme.
///
/// Text has a contrast of at least 4.5 with the background, and lines of at least 3. Traces differ
/// for readers who see no red or no green, too. Only kills are red.
struct Palette {
  var background: String
  var text: String
  var muted: String
  var grid: String
  var axis: String
  var kill: String
  var resume: String
  var replay: String
  var series: [String]

  static let light = Palette(
    background: "#ffffff", text: "#1f2328", muted: "#59636e", grid: "#e4e8ec", axis: "#8c959f",
    kill: "#cf222e", resume: "#1a7f37", replay: "#9a6700",
    series: [
      "#0969a8", "#d07300", "#8a70fc", "#4a9c99", "#9f2d6a", "#2f3d28", "#032aa7", "#4c1f64",
    ])

  static let dark = Palette(
    background: "#0d1117", text: "#e6edf3", muted: "#9198a1", grid: "#252b33", axis: "#6e7681",
    kill: "#ff6a61", resume: "#3fb950", replay: "#d29922",
    series: [
      "#58b2f5", "#f0a03c", "#84f3d8", "#7472f4", "#d5dc03", "#93c29e", "#9387b6", "#cc6526",
    ])

  /// The colours as CSS, for elements inside `scope`.
  func rules(_ scope: String) -> String {
    var rules = [
      (".bg", "fill:\(background)"), ("text", "fill:\(text)"), (".mu", "fill:\(muted)"),
      (".gr", "stroke:\(grid)"), (".ax", "stroke:\(axis)"), (".ra", "fill:\(grid)"),
      (".ck", "stroke:\(muted)"), (".ki", "stroke:\(kill)"), (".kf", "fill:\(kill)"),
      (".kx", "stroke:\(background)"), (".re", "stroke:\(resume)"), (".rf", "fill:\(resume)"),
      (".rp", "fill:\(replay)"), (".th", "stroke:\(text)"),
    ]
    for (index, colour) in series.enumerated() {
      rules.append((".s\(index)", "stroke:\(colour)"))
    }
    return rules.map { "\(scope) \($0){\($1)}" }.joined()
  }
}

extension Theme {
  /// The selector of a chart, so that the style affects nothing else.
  static let scope = ".leat-plot"

  /// The same in all themes. It has no variables and no shorthands, since some SVG viewers know
  /// little CSS.
  private static let structure = """
    \(scope) text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;\
    font-size:12px}\(scope) .ti{font-size:17px;font-weight:600}\(scope) .pa{font-weight:600}\
    \(scope) .sm{font-size:11px}\(scope) .en{text-anchor:end}\(scope) .mi{text-anchor:middle}\
    \(scope) .tr{fill:none;stroke-width:1.3;stroke-linejoin:round;stroke-linecap:round}\
    \(scope) .ov{stroke-opacity:.4;stroke-width:1}\
    \(scope) .gr,\(scope) .ax{fill:none;stroke-width:1}\(scope) .sw{stroke-width:3}\(scope) .pt{stroke-width:4}\
    \(scope) .ki{stroke-width:1.5}\(scope) .re{stroke-width:1.5;stroke-dasharray:3 3}\
    \(scope) .kx{stroke-width:1.5;stroke-linecap:round}\(scope) .ck{stroke-width:1}\
    \(scope) .ra{fill-opacity:.6}\(scope) .rp{fill-opacity:.25}\
    \(scope) .th{stroke-width:1;stroke-dasharray:6 4;stroke-opacity:.7}
    """

  /// The style sheet of an SVG file.
  var css: String {
    switch self {
    case .light: Self.structure + Palette.light.rules(Self.scope)
    case .dark: Self.structure + Palette.dark.rules(Self.scope)
    case .auto:
      Self.structure + Palette.light.rules(Self.scope)
        + "@media(prefers-color-scheme:dark){\(Palette.dark.rules(Self.scope))}"
    }
  }

  /// The style sheet of a page whose root element may name a theme: `data-theme="dark"`.
  static var pageCSS: String {
    structure + Palette.light.rules(scope)
      + "@media(prefers-color-scheme:dark){"
      + Palette.dark.rules(":root:not([data-theme=light]) \(scope)") + "}"
      + Palette.dark.rules(":root[data-theme=dark] \(scope)")
  }
}
