// Copies header lines from one message to the next. Lines that nobody changes and that lie next to each other are
// copied as one block: most heads come down to two or three copies.

import NIOCore
import PluginKit
import Wire

/// A set of well-known headers, one bit each.
struct HeaderMask {
    let bits: UInt64

    init(_ headers: KnownHeader...) {
        bits = headers.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    @inline(__always)
    func contains(_ known: KnownHeader) -> Bool {
        bits & (1 &<< UInt64(known.rawValue)) != 0
    }
}

enum HeaderCopy {
    /// Appends to `out` the fields of a head but those in `mask` and those that `edits` hide.
    static func append(
        _ fields: HeaderList, of head: borrowing Span<UInt8>, without mask: HeaderMask, _ edits: borrowing HeaderEdits,
        to out: inout ByteBuffer
    ) {
        var run = 0..<0
        let isEdited = !edits.isEmpty
        for index in 0..<fields.count {
            let field = fields[index]
            if mask.contains(field.known) { continue }
            if isEdited, edits.hides(head.extracting(field.name.range), field.known) { continue }
            guard isCanonical(field, head) else {
                flush(&run, head, &out)
                rewrite(field, head, &out)
                continue
            }
            let line = Int(field.name.start)..<Int(field.value.end) + 2
            if line.lowerBound == run.upperBound {
                run = run.lowerBound..<line.upperBound
            } else {
                flush(&run, head, &out)
                run = line
            }
        }
        flush(&run, head, &out)
    }

    /// Whether the line is already as it should be sent: `Name: value` and the line end.
    @inline(__always)
    private static func isCanonical(_ field: HeaderField, _ head: borrowing Span<UInt8>) -> Bool {
        let end = Int(field.value.end)
        return field.value.start == field.name.end &+ 2 && head[Int(field.value.start) - 1] == UInt8(ascii: " ")
            && end + 1 < head.count && head[end] == UInt8(ascii: "\r")
    }

    @inline(__always)
    private static func flush(_ run: inout Range<Int>, _ head: borrowing Span<UInt8>, _ out: inout ByteBuffer) {
        guard !run.isEmpty else { return }
        out.writeBytes(head.extracting(run).bytes)
        run = 0..<0
    }

    private static func rewrite(_ field: HeaderField, _ head: borrowing Span<UInt8>, _ out: inout ByteBuffer) {
        out.writeBytes(head.extracting(field.name.range).bytes)
        out.writeStaticString(": ")
        out.writeBytes(head.extracting(field.value.range).bytes)
        out.writeStaticString("\r\n")
    }
}
