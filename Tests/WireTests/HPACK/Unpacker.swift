// A decoder as the tests use it: blocks as text or bytes, fields as text.

import Wire

struct Unpacker {
    private var decoder: HPACKDecoder
    private var fields: FieldBlock

    init(tableBytes: Int = 4096, limit: Int = 64 << 10) {
        decoder = HPACKDecoder(tableBytes: tableBytes)
        fields = FieldBlock(limit: limit)
    }

    var tableSize: Int { decoder.tableSize }

    mutating func outcome(_ block: [UInt8]) -> HPACKDecoder.Outcome {
        decoder.decode(block.span, into: &fields)
    }

    mutating func outcome(_ hexadecimal: String) -> HPACKDecoder.Outcome {
        outcome(Self.bytes(hexadecimal))
    }

    /// The fields of a block; nil when it is refused.
    mutating func take(_ block: [UInt8]) -> [String]? {
        guard outcome(block) == .complete else { return nil }
        return fields.fields.map { "\(text($0.name)): \(text($0.value))" }
    }

    mutating func take(_ hexadecimal: String) -> [String]? {
        take(Self.bytes(hexadecimal))
    }

    private func text(_ slice: Slice) -> String {
        // Each byte is a character, so that nothing is lost.
        String(String.UnicodeScalarView(fields.bytes[slice.range].map { Unicode.Scalar($0) }))
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
        }
    }
}
