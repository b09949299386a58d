// A username and a password in a header, as the plugins of the Basic scheme and its like get them.

import PluginKit
import Wire

enum UserPassword {
    /// Reads `<scheme> <base64 of name:password>`. The scheme is `wanted`, with a small or a capital first letter
    /// unless `anyCase`; it may stand anywhere, since Kong searches for it. nil when there is no name.
    static func read(
        _ header: [UInt8], scheme wanted: String, anyCase: Bool = false
    ) -> (name: [UInt8], password: [UInt8])? {
        guard let encoded = HeaderScheme.value(header, after: Array(wanted.utf8), anyCase: anyCase),
            let decoded = Base64.decode(encoded), let colon = decoded.firstIndex(of: Ascii.colon), colon > 0
        else { return nil }
        return (Array(decoded[..<colon]), Array(decoded[(colon + 1)...]))
    }
}

enum HeaderScheme {
    /// What follows the scheme and blanks in a header; nil when the scheme isn't there or nothing follows.
    ///
    /// - Parameter needsBlank: whether a blank must follow the scheme.
    static func value(
        _ header: [UInt8], after scheme: [UInt8], anyCase: Bool = false, needsBlank: Bool = false
    ) -> ArraySlice<UInt8>? {
        guard header.count > scheme.count else { return nil }
        for start in 0..<(header.count - scheme.count) {
            guard matches(header[start..<(start + scheme.count)], scheme, anyCase: anyCase) else { continue }
            let rest = header[(start + scheme.count)...]
            let value = rest.drop(while: Ascii.isBlank)
            if value.isEmpty || needsBlank && value.startIndex == rest.startIndex { continue }
            return value
        }
        return nil
    }

    private static func matches(_ text: ArraySlice<UInt8>, _ scheme: [UInt8], anyCase: Bool) -> Bool {
        for (place, (byte, wanted)) in zip(text, scheme).enumerated() {
            let isFree = anyCase || place == 0
            if byte != wanted, !(isFree && Ascii.lowercased(byte) == Ascii.lowercased(wanted)) { return false }
        }
        return true
    }
}

extension HeaderName {
    static let authorization: HeaderName = "Authorization"
    static let proxyAuthorization: HeaderName = "Proxy-Authorization"
}
