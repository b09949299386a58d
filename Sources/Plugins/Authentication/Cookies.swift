// Single cookies of a request, found as nginx finds them.

import PluginKit
import Wire

enum Cookies {
    /// The value of the first cookie of that name, whose letters may be large or small.
    ///
    /// - Parameter name: in small letters.
    static func value(of name: [UInt8], in headers: [[UInt8]]) -> [UInt8]? {
        for header in headers {
            for cookie in header.split(separator: Ascii.semicolon) {
                let text = cookie.drop(while: Ascii.isBlank)
                guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { continue }
                if text[..<equals].map(Ascii.lowercased) == name { return Array(text[(equals + 1)...]) }
            }
        }
        return nil
    }
}

extension HeaderName {
    static let cookie: HeaderName = "Cookie"
}
