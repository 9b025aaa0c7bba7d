// SPDX-License-Identifier: MIT

extension Chart {
  /// The part of a page's script that has the same rules as this module: where ticks are, and which
  /// buckets are drawn as one. The rest of the script needs it first.
  static let rules = PackageResources.ticks_js + PackageResources.data_js

  /// The chart as one HTML file that needs no other. It zooms, pans and shows the values at the
  /// pointer, in light and dark. Without scripts it is the picture that `svg` draws.
  ///
  /// A link can name the view: `#from=0&to=100` (x), `at=50` (points there), `theme=dark`.
  public func html() -> String {
    let drawing = Drawing(self, width: 960, height: nil)
    let scripts = [
      Chart.rules, PackageResources.elements_js, PackageResources.drawing_js,
      PackageResources.view_js, PackageResources.pointing_js, PackageResources.input_js,
    ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <title>\(Markup.escaped(drawing.chart.title))</title>
      <style>
      \(String(decoding: PackageResources.page_css, as: UTF8.self))\(Theme.pageCSS)
      </style>
      </head>
      <body>
      <main>
      <div id="leat-bar" hidden>
      <button id="leat-in" title="zoom in (+)" aria-label="zoom in">+</button>
      <button id="leat-out" title="zoom out (-)" aria-label="zoom out">\u{2212}</button>
      <button id="leat-all" title="all of it (0)">all</button>
      <output id="leat-range"></output>
      <button id="leat-theme" title="light or dark">light / dark</button>
      </div>
      <div id="leat-frame">
      <div id="leat-chart" data-summary="\(Markup.escaped(drawing.chart.summary))">
      \(Chart.svg(drawing, style: ""))</div>
      <div id="leat-tip" role="status" hidden></div>
      </div>
      <p class="keys">Drag to zoom in, wheel or + and \u{2212} to zoom, Shift and drag or arrows to \
      pan, double click or 0 for all of it. On a touch screen: pinch and swipe.</p>
      </main>
      <script id="leat-data" type="application/json">
      \(drawing.json)
      </script>
      <script>
      (() => {
      "use strict";
      \(scripts)
      })();
      </script>
      </body>
      </html>

      """
  }
}
