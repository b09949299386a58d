// Decodes what forms and query strings escape. Comparing decodes byte by byte, so that looking for a name costs
// no memory.

import Wire

/// Text with `%XX` and `+` in it, as ranges of some bytes.
package enum PercentText {
    /// Whether the decoded text is `plain`.
    package static func equals(_ text: Span<UInt8>, _ range: Range<Int>, _ plain: [UInt8]) -> Bool {
        // Decoding never makes a text longer.
        guard range.count >= plain.count else { return false }
        var decoder = PercentDecoder(range)
        for byte in plain where decoder.next(in: text) != byte { return false }
        return decoder.next(in: text) == nil
    }

    package static func decoded(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var decoder = PercentDecoder(range)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        while let byte = decoder.next(in: text) { bytes.append(byte) }
        return bytes
    }
}

private struct PercentDecoder {
    private var position: Int
    private let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func next(in text: Span<UInt8>) -> UInt8? {
        while let byte = take(text) {
            switch byte {
            case UInt8(ascii: "+"): return Ascii.space
            case Ascii.percent:
                // OpenResty: of a wrong escape the `%` is dropped, and a single right digit with it.
                guard let first = take(text) else { return nil }
                guard let high = Ascii.hexValue(first) else { return first }
                guard let second = take(text) else { return nil }
                guard let low = Ascii.hexValue(second) else { continue }
                return high << 4 | low
            default: return byte
            }
        }
        return nil
    }

    private mutating func take(_ text: Span<UInt8>) -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return text[position]
    }
}
