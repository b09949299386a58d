// Baggage in Jaeger's headers: `uberctx-NAME: value`, percent-encoded. It goes on with the trace, encoded anew.

import NIOCore
import PluginKit
import Wire

enum Baggage {
    private static let prefix: StaticString = "uberctx-"

    /// Puts the baggage of a trace that goes on into the form in which Kong passes it on. A name that comes more than
    /// once stays as it is.
    static func normalize(_ request: ExchangeRequest) {
        let buffer = request.bytes
        let bytes = buffer.readableBytesUInt8Span
        let fields = request.head.fields
        for index in 0..<fields.endIndex {
            let field = fields[index]
            guard field.known == .other, field.name.count >= prefix.utf8CodeUnitCount,
                bytes.extracting(field.name.range).extracting(first: prefix.utf8CodeUnitCount)
                    .equalsIgnoringCase(prefix)
            else { continue }
            let name = HeaderName(bytes: request.copy(field.name).map(Ascii.lowercased))
            let values = request.headerValues(name)
            guard values.count == 1, let value = values.first else { continue }
            let encoded = encoded(PercentText.decoded(value.span, 0..<value.count))
            if encoded != value { request.edits.set(name, encoded) }
        }
    }

    /// OpenResty's `ngx.escape_uri`.
    private static func encoded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for byte in text {
            if isPlain(byte) {
                result.append(byte)
            } else {
                result.append(Ascii.percent)
                result.append(digit(byte >> 4))
                result.append(digit(byte & 15))
            }
        }
        return result
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "!"), UInt8(ascii: "'"),
            UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
