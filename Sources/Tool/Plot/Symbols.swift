// SPDX-License-Identifier: MIT

/// The symbols of legends and of the strip of events.
enum Symbols {
  static func drawn(_ symbol: Legend.Symbol, x: Double, middle y: Double) -> String {
    switch symbol {
    case .title, .heading, .words: ""
    case .trace(let index):
      Markup.path(
        "M\(Markup.number(x)) \(Markup.number(y))h16",
        class: "tr sw s\(index % Chart.Panel.mostColours)")
    case .threshold: Markup.path("M\(Markup.number(x)) \(Markup.number(y))h16", class: "th")
    case .checkpoint:
      Markup.path("M\(Markup.number(x + 5)) \(Markup.number(y - 4))v8", class: "ck")
    case .kill: kill(x + 6, y)
    case .resume: resume(x + 6, y)
    case .replay: Markup.rectangle(x, y - 5, 16, 10, class: "rp")
    }
  }

  /// A disc with a cross.
  static func kill(_ x: Double, _ y: Double) -> String {
    "<circle class=\"kf\" cx=\"\(Markup.number(x))\" cy=\"\(Markup.number(y))\" r=\"6\"/>"
      + Markup.path(
        "M\(Markup.number(x - 2.5)) \(Markup.number(y - 2.5))l5 5m-5 0l5-5", class: "kx")
  }

  /// A triangle, as on a play button.
  static func resume(_ x: Double, _ y: Double) -> String {
    Markup.path("M\(Markup.number(x - 4)) \(Markup.number(y - 5.5))l10 5.5l-10 5.5z", class: "rf")
  }
}
