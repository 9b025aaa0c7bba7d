// SPDX-License-Identifier: MIT

/// librsvg and cairo, which draw PNG. They are loaded for it; SVG and HTML need neither.
///
/// Every call is safe: the functions have the types of librsvg's and cairo's headers, the libraries
/// are never closed, and no object outlives `png`.
@safe struct PNGRenderer {
  private typealias NewHandle =
    @convention(c) (UnsafePointer<UInt8>, UInt, UnsafeMutablePointer<OpaquePointer?>?) ->
    OpaquePointer?
  private typealias Draw =
    @convention(c) (
      OpaquePointer, OpaquePointer, UnsafePointer<Double>, UnsafeMutablePointer<OpaquePointer?>?
    ) -> CInt
  private typealias Release = @convention(c) (OpaquePointer) -> Void
  private typealias NewSurface = @convention(c) (CInt, CInt, CInt) -> OpaquePointer
  private typealias NewContext = @convention(c) (OpaquePointer) -> OpaquePointer
  private typealias SetScale = @convention(c) (OpaquePointer, Double, Double) -> Void
  private typealias Status = @convention(c) (OpaquePointer) -> CInt
  private typealias Sink =
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, CUnsignedInt) -> CInt
  private typealias Write =
    @convention(c) (OpaquePointer, Sink, UnsafeMutableRawPointer?) -> CInt

  private let newHandle: NewHandle
  private let draw: Draw
  private let release: Release
  private let newSurface: NewSurface
  private let newContext: NewContext
  private let setScale: SetScale
  private let write: Write
  private let status: Status
  private let destroyContext: Release
  private let destroySurface: Release

  /// - Throws: `PlotError` that names the Debian package when a library is missing
  init() throws {
    let rsvg = try SharedLibrary("librsvg-2.so.2", package: "librsvg2-2")
    let cairo = try SharedLibrary("libcairo.so.2", package: "libcairo2")
    let objects = try SharedLibrary("libgobject-2.0.so.0", package: "libglib2.0-0")
    unsafe newHandle = try rsvg.function("rsvg_handle_new_from_data", NewHandle.self)
    unsafe draw = try rsvg.function("rsvg_handle_render_document", Draw.self)
    unsafe release = try objects.function("g_object_unref", Release.self)
    unsafe newSurface = try cairo.function("cairo_image_surface_create", NewSurface.self)
    unsafe newContext = try cairo.function("cairo_create", NewContext.self)
    unsafe setScale = try cairo.function("cairo_scale", SetScale.self)
    unsafe write = try cairo.function("cairo_surface_write_to_png_stream", Write.self)
    unsafe status = try cairo.function("cairo_surface_status", Status.self)
    unsafe destroyContext = try cairo.function("cairo_destroy", Release.self)
    unsafe destroySurface = try cairo.function("cairo_surface_destroy", Release.self)
  }

  /// - Parameter density: dots to a pixel
  func png(_ svg: [UInt8], width: Int, height: Int, density: Int) throws -> [UInt8] {
    guard max(width, height) * density <= 32767 else {
      throw PlotError(
        "found a picture of \(width * density) x \(height * density) dots, expected at most 32767 a"
          + " side for PNG; write SVG or HTML")
    }
    guard let handle = unsafe newHandle(svg, UInt(svg.count), nil) else {
      throw PlotError("librsvg can't read the drawing")
    }
    defer { unsafe release(handle) }
    // 0 is CAIRO_FORMAT_ARGB32.
    let surface = unsafe newSurface(0, CInt(width * density), CInt(height * density))
    defer { unsafe destroySurface(surface) }
    guard unsafe status(surface) == 0 else {
      throw PlotError("no memory for \(width * density) x \(height * density) dots")
    }
    let context = unsafe newContext(surface)
    defer { unsafe destroyContext(context) }
    unsafe setScale(context, Double(density), Double(density))
    // An RsvgRectangle: x, y, width and height.
    let viewport = [0, 0, Double(width), Double(height)]
    guard unsafe draw(handle, context, viewport, nil) != 0 else {
      throw PlotError("librsvg can't draw the chart")
    }
    var bytes: [UInt8] = []
    let sink: Sink = { closure, data, length in
      // Safe: the closure is `bytes` below, and cairo's data has that length.
      unsafe closure?.assumingMemoryBound(to: [UInt8].self).pointee
        .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
      return 0
    }
    let result = unsafe withUnsafeMutablePointer(to: &bytes) { unsafe write(surface, sink, $0) }
    guard result == 0 else { throw PlotError("cairo can't write the PNG (its status \(result))") }
    return bytes
  }
}
