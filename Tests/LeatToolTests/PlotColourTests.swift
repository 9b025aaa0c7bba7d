// SPDX-License-Identifier: MIT

import Testing

@testable import LeatPlot

#if canImport(Glibc)
  import Glibc
#else
  import Foundation
#endif

/// Red, green and blue as light, from 0 to 1.
private func light(_ colour: String) -> [Double] {
  let number = Int(colour.dropFirst(), radix: 16) ?? 0
  return [16, 8, 0].map { shift in
    let part = Double(number >> shift & 255) / 255
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
  }
}

/// As WCAG defines it, from 1 to 21.
private func contrast(_ one: String, _ other: String) -> Double {
  func luminance(_ colour: String) -> Double {
    zip(light(colour), [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 }
  }
  let (a, b) = (luminance(one), luminance(other))
  return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

@Test(arguments: [Palette.light, Palette.dark])
func everythingStandsOutFromTheBackground(palette: Palette) {
  for text in [palette.text, palette.muted] {
    #expect(contrast(text, palette.background) >= 4.5, "\(text)")
  }
  for line in [palette.kill, palette.resume, palette.axis] + palette.series {
    #expect(contrast(line, palette.background) >= 3, "\(line)")
  }
}

/// Light as it is seen without red, or without green: Machado, Oliveira and Fernandes, 2009.
private let sights: [[[Double]]] = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  [
    [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
  ],
]

private func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
  matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// In Oklab, in which equal distances look equal; black and white are 1 apart.
private func seen(_ colour: String, _ sight: [[Double]]) -> [Double] {
  let cones = product(
    [
      [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ], product(sight, light(colour)).map { max(0, $0) })
  return product(
    [
      [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.8086757660],
    ], cones.map { pow($0, 1 / 3) })
}

@Test(arguments: [Palette.light, Palette.dark])
func tracesDifferWithoutRedOrGreenToo(palette: Palette) {
  #expect(palette.series.count == Chart.Panel.mostColours)
  for sight in sights {
    let colours = palette.series.map { seen($0, sight) }
    for (index, colour) in colours.enumerated() {
      for (other, second) in colours.prefix(index).enumerated() {
        let distance = zip(colour, second).reduce(0) { $0 + pow($1.0 - $1.1, 2) }.squareRoot()
        #expect(distance > 0.09, "\(palette.series[index]) \(palette.series[other])")
      }
    }
  }
}
