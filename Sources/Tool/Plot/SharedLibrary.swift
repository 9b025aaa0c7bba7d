// SPDX-License-Identifier: MIT

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A shared library, open until the process ends.
@safe struct SharedLibrary {
  private let handle: UnsafeMutableRawPointer
  private let name: String

  /// - Parameter package: Debian's, for the message when the library is missing
  init(_ name: String, package: String) throws {
    guard let handle = unsafe dlopen(name, RTLD_NOW) else {
      throw PlotError(
        "PNG needs \(name), which is not installed: apt-get install \(package) fonts-dejavu-core;"
          + " SVG and HTML need no library")
    }
    unsafe (self.handle, self.name) = (handle, name)
  }

  /// Safe when `type` is the type of the C function.
  @unsafe func function<Function>(_ symbol: String, _ type: Function.Type) throws -> Function {
    guard let address = unsafe dlsym(handle, symbol) else {
      throw PlotError("\(name) has no \(symbol): it is too old")
    }
    return unsafe unsafeBitCast(address, to: type)
  }
}
