// What a client says of its signature, and the text that it must have signed.

import PluginKit
import Wire

/// `hmac username="...", algorithm="...", headers="...", signature="..."`, with the parameters in this order.
struct HMACSignature {
    /// What stands for `request-line` in the signed text.
    enum RequestLine {
        case whole
        /// The decoded path without the query.
        case pathOnly
    }

    let username: [UInt8]
    let algorithm: String
    /// The names of the signed headers, as written.
    let headers: [[UInt8]]
    /// In base64.
    let value: [UInt8]

    init?(_ header: [UInt8]) {
        guard var rest = HeaderScheme.value(header, after: Array("hmac".utf8)) else { return nil }
        var values: [[UInt8]] = []
        for name in ["username", "algorithm", "headers", "signature"] {
            guard let value = Self.take(name, from: &rest) else { return nil }
            values.append(value)
        }
        username = values[0]
        algorithm = String(decoding: values[1], as: UTF8.self)
        headers = values[2].split(separator: Ascii.space).map { Array($0) }
        value = values[3]
    }

    /// The lines that were signed: `name: value` of each header, and the request line.
    func text(_ request: ExchangeRequest, _ line: RequestLine) -> [UInt8] {
        var text: [UInt8] = []
        for (place, name) in headers.enumerated() {
            if place > 0 { text.append(Ascii.lineFeed) }
            let values = request.headerValues(HeaderName(bytes: name))
            if values.isEmpty, name == Array("request-line".utf8) {
                text += Self.requestLine(request, line)
            } else {
                text += name + [Ascii.colon]
                if !values.isEmpty { text += [Ascii.space] + values.joined(separator: Array(", ".utf8)) }
            }
        }
        return text
    }

    private static func requestLine(_ request: ExchangeRequest, _ line: RequestLine) -> [UInt8] {
        let target =
            switch line {
            case .whole: request.copy(request.head.target)
            case .pathOnly: decoded(request.copy(request.head.path))
            }
        let version = " HTTP/1.\(request.head.minorVersion)"
        return request.methodName + [Ascii.space] + target + Array(version.utf8)
    }

    /// A path without escapes; `+` is no blank in it.
    private static func decoded(_ path: [UInt8]) -> [UInt8] {
        let plus = UInt8(ascii: "+")
        let parts = path.split(separator: plus, omittingEmptySubsequences: false).map { Array($0) }
        return Array(parts.map { PercentText.decoded($0.span, $0.indices) }.joined(separator: [plus]))
    }

    /// Takes `name="value"` and the comma and blanks behind it; a value is not empty.
    private static func take(_ name: String, from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let quote = UInt8(ascii: "\"")
        let beginning = Array("\(name)=\"".utf8)
        guard rest.starts(with: beginning) else { return nil }
        let text = rest.dropFirst(beginning.count)
        guard let end = text.firstIndex(of: quote), end > text.startIndex else { return nil }
        rest = text[(end + 1)...]
        if rest.first == Ascii.comma { rest = rest.dropFirst().drop(while: Ascii.isBlank) }
        return Array(text[..<end])
    }
}
