// A multipart/form-data body (RFC 7578), taken apart into the ranges of its parts, so that a part can be read or cut
// out and the rest stays as it was sent.

import Wire

/// The named parts of a multipart form.
package struct MultipartForm: Sendable {
    private struct Part {
        let name: [UInt8]
        /// From the part's delimiter line up to the next one.
        let whole: Range<Int>
        let content: Range<Int>
    }

    private let bytes: [UInt8]
    private let parts: [Part]

    /// - Parameter contentType: the value of the Content-Type header; nil is returned when it names no boundary.
    package init?(_ bytes: [UInt8], contentType: [UInt8]) {
        guard let boundary = Self.boundary(contentType) else { return nil }
        self.bytes = bytes
        let lines = Self.delimiters(bytes, [Ascii.dash, Ascii.dash] + boundary)
        parts = zip(lines, lines.dropFirst()).compactMap { Self.part(bytes, $0, until: $1.lowerBound) }
    }

    /// The content of the last part of that name (Kong's reader keeps the last).
    package func value(of name: [UInt8]) -> [UInt8]? {
        parts.last { $0.name == name }.map { Array(bytes[$0.content]) }
    }

    /// Name and content of each part, in their order.
    package var contents: [(name: [UInt8], content: [UInt8])] {
        parts.map { ($0.name, Array(bytes[$0.content])) }
    }

    /// The body without the parts of that name; nil when there is none.
    package func removing(_ name: [UInt8]) -> [UInt8]? {
        let cut = parts.filter { $0.name == name }
        guard !cut.isEmpty else { return nil }
        var kept: [UInt8] = []
        var position = 0
        for part in cut {
            kept += bytes[position..<part.whole.lowerBound]
            position = part.whole.upperBound
        }
        return kept + bytes[position...]
    }

    /// The ranges of the lines that are the delimiter, the closing one included.
    private static func delimiters(_ bytes: [UInt8], _ delimiter: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: Ascii.lineFeed).map { $0 + 1 } ?? bytes.count
            if isDelimiter(bytes[start..<end], delimiter) { found.append(start..<end) }
            start = end
        }
        return found
    }

    private static func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool {
        guard line.starts(with: delimiter) else { return false }
        let rest = line.dropFirst(delimiter.count).filter { $0 > Ascii.space }
        return rest.isEmpty || rest == [Ascii.dash, Ascii.dash]
    }

    /// The part after a delimiter line: header lines, an empty line, content. nil without an empty line or a name.
    private static func part(_ bytes: [UInt8], _ delimiter: Range<Int>, until end: Int) -> Part? {
        var position = delimiter.upperBound
        var name: [UInt8]?
        while position < end {
            let next = bytes[position..<end].firstIndex(of: Ascii.lineFeed).map { $0 + 1 } ?? end
            let line = bytes[position..<next].filter { $0 != Ascii.carriageReturn && $0 != Ascii.lineFeed }
            position = next
            guard line.isEmpty else {
                name = name ?? fieldName(line)
                continue
            }
            let content = position..<contentEnd(bytes, position, end)
            return name.map { Part(name: $0, whole: delimiter.lowerBound..<end, content: content) }
        }
        return nil
    }

    /// Where the content ends: the line end before a delimiter belongs to the delimiter.
    private static func contentEnd(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        guard end > start, bytes[end - 1] == Ascii.lineFeed else { return end }
        let isPair = end - 2 >= start && bytes[end - 2] == Ascii.carriageReturn
        return isPair ? end - 2 : end - 1
    }

    private static func fieldName(_ line: [UInt8]) -> [UInt8]? {
        let prefix = Array("content-disposition:".utf8)
        guard line.map(Ascii.lowercased).starts(with: prefix) else { return nil }
        return parameter("name", of: Array(line.dropFirst(prefix.count)))
    }

    private static func boundary(_ contentType: [UInt8]) -> [UInt8]? {
        parameter("boundary", of: contentType).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The value of a parameter, quoted or not: `form-data; name="a"`.
    private static func parameter(_ wanted: StaticString, of value: [UInt8]) -> [UInt8]? {
        for piece in pieces(value).dropFirst() {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            guard Array(trimmed(piece[..<equals])).span.equalsIgnoringCase(wanted) else { continue }
            return unquoted(trimmed(piece[(equals + 1)...]))
        }
        return nil
    }

    /// Splits at semicolons outside of quotes.
    private static func pieces(_ value: [UInt8]) -> [ArraySlice<UInt8>] {
        var isQuoted = false
        return value.split(omittingEmptySubsequences: false) { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return byte == Ascii.semicolon && !isQuoted
        }
    }

    private static func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = slice.lastIndex { !Ascii.isBlank($0) }.map { $0 + 1 } ?? slice.startIndex
        return slice[..<end].drop(while: Ascii.isBlank)
    }

    private static func unquoted(_ slice: ArraySlice<UInt8>) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard slice.count > 1, slice.first == quote, slice.last == quote else { return Array(slice) }
        return Array(slice.dropFirst().dropLast())
    }
}
