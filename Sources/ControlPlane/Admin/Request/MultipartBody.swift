// The parts of a multipart/form-data body (RFC 7578). Kong keeps only the last part of a name; a part
// that says it is JSON is decoded as such, a file part counts with its content.

enum MultipartBody {
    /// The parts of a body; nil where the content type names no boundary.
    static func parts(of body: [UInt8], contentType: String) -> [MultipartPart]? {
        guard let boundary = boundary(of: contentType) else { return nil }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [MultipartPart] = []
        var position = body[...].firstRange(of: delimiter)?.upperBound ?? body.endIndex
        while position < body.endIndex, !body[position...].starts(with: "--".utf8) {
            let end = body[position...].firstRange(of: Array("\r\n".utf8) + delimiter)
            if let part = part(body[position..<(end?.lowerBound ?? body.endIndex)]) {
                parts.append(part)
            }
            position = end?.upperBound ?? body.endIndex
        }
        return keepLast(parts)
    }

    private static func keepLast(_ parts: [MultipartPart]) -> [MultipartPart] {
        var kept: [MultipartPart] = []
        for part in parts {
            if let index = kept.firstIndex(where: { $0.name == part.name }) {
                kept[index] = part
            } else if kept.count < FormArguments.limit {
                kept.append(part)
            }
        }
        return kept
    }

    private static func boundary(of contentType: String) -> String? {
        guard let range = contentType.firstRange(of: "boundary=") else { return nil }
        return parameterValue(contentType[range.upperBound...])
    }

    /// A parameter's value up to its closing quote, or up to the next semicolon.
    private static func parameterValue(_ text: Substring) -> String? {
        let value =
            text.hasPrefix("\"") ? text.dropFirst().prefix { $0 != "\"" } : text.prefix { $0 != ";" && $0 != " " }
        return value.isEmpty ? nil : String(value)
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> MultipartPart? {
        let blankLine = Array("\r\n\r\n".utf8)
        guard let gap = bytes.firstRange(of: blankLine) else { return nil }
        let head = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self)
        var name: String?
        var isJSON = false
        for line in head.split(whereSeparator: \.isNewline) {
            let lowered = line.lowercased()
            if lowered.hasPrefix("content-disposition:") {
                name =
                    line.firstRange(of: " name=").flatMap { parameterValue(line[$0.upperBound...]) }
                    ?? line.firstRange(of: ";name=").flatMap { parameterValue(line[$0.upperBound...]) }
            } else if lowered.hasPrefix("content-type:") {
                isJSON = lowered.contains("application/json")
            }
        }
        return name.map { MultipartPart(name: $0, isJSON: isJSON, content: Array(bytes[gap.upperBound...])) }
    }
}
