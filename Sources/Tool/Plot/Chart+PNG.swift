// SPDX-License-Identifier: MIT

extension Chart {
  /// The chart as a PNG file with two dots to a pixel: `svg`, drawn by librsvg.
  ///
  /// librsvg is loaded when this is called.
  ///
  /// - Parameter theme: light or dark; `auto` is light here
  /// - Throws: `PlotError` when librsvg is not installed or fails
  public func png(width: Int = 960, height: Int? = nil, theme: Theme = .light) throws -> [UInt8] {
    let drawing = Drawing(self, width: Double(max(240, width)), height: height.map(Double.init))
    let css = (theme == .auto ? Theme.light : theme).css
    let renderer = try PNGRenderer()
    return try renderer.png(
      Array(Chart.svg(drawing, style: "<style>\(css)</style>\n").utf8),
      width: Int(drawing.layout.width.rounded(.up)),
      height: Int(drawing.layout.height.rounded(.up)), density: 2)
  }
}
